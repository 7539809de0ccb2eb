import test from 'ava';
import fc from 'fast-check';
import { type GeneralJWS, generalVerify, importJWK } from 'jose';
import {
  canonicalBytes,
  type CryptoErrorCode,
  decodeBase64url,
  digestOf,
  encodeBase64url,
  generateSigningKey,
  type PublicJwk,
  readUnverifiedPayload,
  signBytes,
  type SigningKey,
  signStatement,
  type Statement,
  STATEMENT_MAX_SIGNATURES,
  statementDigest,
  utf8,
  verifyStatement,
} from '#crypto';
import { codeOf, flipped, refusal } from './conformance.ts';

const typ = 'grant+jws';
const alice = generateSigningKey();
const bob = generateSigningKey('ES256');
const carol = generateSigningKey();
const known = new Map([alice, bob].map((key) => [key.kid, key.public_jwk]));
const keyFor = (kid: string): PublicJwk | undefined => known.get(kid);
const payload = { v: 1, title: 'Arrêts de bus', n: [1, 2.5] };

function craft(header: unknown, body: Uint8Array | string, key: SigningKey): Statement {
  const protectedHeader = typeof header === 'string' ? header : encodeBase64url(canonicalBytes(header));
  const encoded = typeof body === 'string' ? body : encodeBase64url(body);
  return {
    payload: encoded,
    signatures: [
      { protected: protectedHeader, signature: encodeBase64url(signBytes(key, utf8(`${protectedHeader}.${encoded}`))) },
    ],
  };
}

test('a statement verifies and gives back payload, digest and signers', (t) => {
  const statement = signStatement(typ, payload, [alice, bob]);
  const verified = verifyStatement(statement, { typ, keyFor, threshold: 2 });
  t.deepEqual(verified.payload, payload);
  t.deepEqual(verified.kids, [alice.kid, bob.kid]);
  t.is(verified.digest, digestOf(canonicalBytes(payload)));
  t.is(statementDigest(statement), verified.digest);
  t.deepEqual(readUnverifiedPayload(statement), payload);
});

test('jose verifies our statements, key by key', async (t) => {
  for (const key of [alice, bob]) {
    const statement = signStatement(typ, payload, [key]);
    const jws: GeneralJWS = {
      payload: statement.payload,
      signatures: statement.signatures.map((signature) => ({ ...signature })),
    };
    const result = await generalVerify(jws, await importJWK({ ...key.public_jwk }, key.alg), { algorithms: [key.alg] });
    t.deepEqual(result.payload, canonicalBytes(payload));
    t.deepEqual(result.protectedHeader, { alg: key.alg, kid: key.kid, typ });
  }
});

test('one flipped bit in payload, protected header or signature is refused', async (t) => {
  const statement = signStatement(typ, payload, [alice]);
  const [signature] = statement.signatures;
  if (signature === undefined) return t.fail();
  const bytes = decodeBase64url(statement.payload);
  for (let at = 0; at < bytes.length; at++) {
    const altered = { ...statement, payload: encodeBase64url(flipped(bytes, at, at % 8)) };
    t.is(await codeOf(() => verifyStatement(altered, { typ, keyFor })), 'bad_signature');
  }
  const header = decodeBase64url(signature.protected);
  const headerCodes = new Set<CryptoErrorCode | undefined>();
  for (let at = 0; at < header.length; at++) {
    const altered = { ...statement, signatures: [{ ...signature, protected: encodeBase64url(flipped(header, at, at % 8)) }] };
    headerCodes.add(await codeOf(() => verifyStatement(altered, { typ, keyFor })));
  }
  t.false(headerCodes.has(undefined));
  const raw = decodeBase64url(signature.signature);
  for (let at = 0; at < raw.length; at++) {
    const altered = { ...statement, signatures: [{ ...signature, signature: encodeBase64url(flipped(raw, at, at % 8)) }] };
    t.is(await codeOf(() => verifyStatement(altered, { typ, keyFor })), 'bad_signature');
  }
});

const good = { alg: 'Ed25519', kid: alice.kid, typ };
const body = canonicalBytes(payload);
const refusedHeaders: readonly (readonly [string, unknown, CryptoErrorCode])[] = [
  ['alg none', { ...good, alg: 'none' }, 'algorithm_not_allowed'],
  ['alg HS256', { ...good, alg: 'HS256' }, 'algorithm_not_allowed'],
  ['alg EdDSA, deprecated', { ...good, alg: 'EdDSA' }, 'algorithm_not_allowed'],
  ['alg RS256', { ...good, alg: 'RS256' }, 'algorithm_not_allowed'],
  ['the algorithm of another kind of key', { ...good, alg: 'ES256' }, 'algorithm_not_allowed'],
  ['a key in the header', { ...good, jwk: alice.public_jwk }, 'header_not_allowed'],
  ['a key address', { ...good, jku: 'https://evil.example/keys' }, 'header_not_allowed'],
  ['a certificate address', { ...good, x5u: 'https://evil.example/cert' }, 'header_not_allowed'],
  ['critical extensions', { ...good, crit: ['exp'] }, 'header_not_allowed'],
  ['unencoded payload', { ...good, b64: false }, 'header_not_allowed'],
  ['no kid', { alg: 'Ed25519', typ }, 'header_not_allowed'],
  ['no typ', { alg: 'Ed25519', kid: alice.kid }, 'header_not_allowed'],
  ['a kid that is no text', { ...good, kid: 1 }, 'header_not_allowed'],
  ['an array', [good], 'header_not_allowed'],
  ['another type', { ...good, typ: 'revocation+jws' }, 'wrong_type'],
  ['the type in another case', { ...good, typ: 'Grant+jws' }, 'wrong_type'],
  ['an unknown key', { ...good, kid: carol.kid }, 'unknown_key'],
  ['members out of order', encodeBase64url(utf8(`{"typ":"${typ}","kid":"${alice.kid}","alg":"Ed25519"}`)), 'not_canonical'],
  [
    'a member twice',
    encodeBase64url(utf8(`{"alg":"none","alg":"Ed25519","kid":"${alice.kid}","typ":"${typ}"}`)),
    'duplicate_key',
  ],
  ['a blank in the base64', `${encodeBase64url(canonicalBytes(good))} `, 'malformed_base64url'],
  ['padding in the base64', `${encodeBase64url(canonicalBytes(good))}=`, 'malformed_base64url'],
  ['more than 512 bytes', encodeBase64url(canonicalBytes({ ...good, kid: 'x'.repeat(500) })), 'too_large'],
];
for (const [what, header, code] of refusedHeaders) {
  test(`a protected header with ${what} is refused`, (t) => {
    t.throws(() => verifyStatement(craft(header, body, alice), { typ, keyFor }), refusal(code));
  });
}

const refusedPayloads: readonly (readonly [string, Uint8Array | string, CryptoErrorCode])[] = [
  ['a name twice', utf8('{"a":1,"a":2}'), 'duplicate_key'],
  ['__proto__', utf8('{"__proto__":{}}'), 'forbidden_key'],
  ['a lone surrogate', utf8('"\\ud800"'), 'lone_surrogate'],
  ['1e400', utf8('[1e400]'), 'number_out_of_range'],
  ['NaN', utf8('NaN'), 'malformed_json'],
  ['a byte order mark', utf8('\ufeff{}'), 'malformed_utf8'],
  ['blanks', utf8('{ "a":1}'), 'not_canonical'],
  ['names out of order', utf8('{"b":1,"a":1}'), 'not_canonical'],
  ['33 levels', utf8('['.repeat(33) + ']'.repeat(33)), 'too_deep'],
  ['padding', `${encodeBase64url(utf8('{}'))}=`, 'malformed_base64url'],
  ['loose last bits', 'e31', 'malformed_base64url'],
  ['a line feed', 'e3\n0', 'malformed_base64url'],
];
for (const [what, text, code] of refusedPayloads) {
  test(`a correctly signed payload with ${what} is refused`, (t) => {
    t.throws(() => verifyStatement(craft(good, text, alice), { typ, keyFor }), refusal(code));
  });
}

test('the outer form is exact', (t) => {
  const statement = signStatement(typ, payload, [alice]);
  const [signature] = statement.signatures;
  for (const value of [
    null,
    'text',
    [],
    {},
    { payload: statement.payload },
    { ...statement, extra: 1 },
    { ...statement, payload: 1 },
    { ...statement, signatures: {} },
    { ...statement, signatures: [] },
    { ...statement, signatures: [{ ...signature, header: { kid: 'x' } }] },
    { ...statement, signatures: [null] },
    { ...statement, signatures: [{ protected: 'x' }] },
    { payload: statement.payload, ...signature },
    { ...statement, signatures: Array.from({ length: STATEMENT_MAX_SIGNATURES + 1 }, () => signature) },
  ]) {
    t.throws(() => verifyStatement(value, { typ, keyFor }), refusal('malformed_statement'));
  }
});

test('a threshold counts distinct keys, and one bad signature spoils the statement', (t) => {
  const one = signStatement(typ, payload, [alice]);
  const two = signStatement(typ, payload, [alice, bob]);
  t.throws(() => verifyStatement(one, { typ, keyFor, threshold: 2 }), refusal('threshold_not_met'));
  const twice = { ...one, signatures: [...one.signatures, ...one.signatures] };
  t.throws(() => verifyStatement(twice, { typ, keyFor, threshold: 2 }), refusal('repeated_key'));
  const [first, second] = two.signatures;
  if (first === undefined || second === undefined) return t.fail();
  for (const signatures of [
    [first, { ...second, signature: first.signature }],
    [{ ...first, signature: second.signature }, second],
  ]) {
    for (const threshold of [1, 2]) {
      t.throws(() => verifyStatement({ ...two, signatures }, { typ, keyFor, threshold }), refusal('bad_signature'));
    }
  }
  t.throws(() => verifyStatement(signStatement(typ, payload, [alice, carol]), { typ, keyFor }), refusal('unknown_key'));
  for (const threshold of [0, -1, 0.5, NaN]) {
    t.throws(() => verifyStatement(one, { typ, keyFor, threshold }), refusal('threshold_not_met'));
  }
});

test('a statement of one type cannot stand for another', (t) => {
  t.throws(() => verifyStatement(signStatement('revocation+jws', payload, [alice]), { typ, keyFor }), refusal('wrong_type'));
  for (const bad of ['', 'grant', 'JWT', 'grant+jwt', 'Grant+jws', 'a b+jws']) {
    t.throws(() => signStatement(bad, payload, [alice]), refusal('wrong_type'));
  }
});

test('the payload keeps to its limit, one byte more is refused', (t) => {
  const text = 'x'.repeat(98);
  const statement = signStatement(typ, text, [alice]);
  t.is(verifyStatement(statement, { typ, keyFor, maxBytes: 100 }).payload, text);
  t.throws(() => verifyStatement(statement, { typ, keyFor, maxBytes: 99 }), refusal('too_large'));
  t.throws(() => signStatement(typ, 'x'.repeat(1.5 * 1024 * 1024 - 1), [alice]), refusal('too_large'));
});

test('a key offered under another name is refused', (t) => {
  const statement = craft({ ...good, kid: carol.kid }, body, alice);
  t.throws(() => verifyStatement(statement, { typ, keyFor: () => alice.public_jwk }), refusal('unknown_key'));
});

test('signing refuses no key, one key twice, and what is not JSON', (t) => {
  t.throws(() => signStatement(typ, payload, []), refusal('malformed_statement'));
  t.throws(() => signStatement(typ, payload, [alice, alice]), refusal('repeated_key'));
  t.throws(() => signStatement(typ, { a: undefined }, [alice]), refusal('not_json'));
});

test('any JSON at all is refused as a statement without another failure', async (t) => {
  const jws = fc.record({
    payload: fc.string(),
    signatures: fc.array(fc.record({ protected: fc.string(), signature: fc.string() }), { maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.jsonValue(), jws),
      async (value) => (await codeOf(() => verifyStatement(value, { typ, keyFor }))) !== undefined,
    ),
  );
  t.pass();
});
