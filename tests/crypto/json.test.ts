import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {
  canonicalBytes,
  CryptoError,
  type CryptoErrorCode,
  decodeHex,
  encodeBase64url,
  encodeHex,
  JSON_MAX_DEPTH,
  parseCanonicalJson,
  parsePublicJwk,
  parseStrictJson,
  sha256,
  utf8,
  verifySignature,
} from '#crypto';
import { codeOf, conformance, refusal } from './conformance.ts';

conformance('jcs-cyberphone/testdata', 'the canonical form agrees with the six published pairs of RFC 8785', (t, folder) => {
  const names = readdirSync(join(folder, 'input'));
  t.is(names.length, 6);
  for (const name of names) {
    const value = parseStrictJson(readFileSync(join(folder, 'input', name)));
    const expected = new Uint8Array(readFileSync(join(folder, 'output', name)));
    t.deepEqual(canonicalBytes(value), expected, name);
    t.deepEqual(parseCanonicalJson(expected), value, name);
  }
});

conformance(
  'vc-eddsa-jcs-2022/TestVectors',
  'canonical form, digest and signature of the credential that W3C prints for eddsa-jcs-2022 are ours',
  (t, folder) => {
    const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, 'eddsa-jcs-2022', name)));
    const text = (name: string): string => new TextDecoder().decode(read(name)).trim();
    const { proof, ...credential } = parseStrictJson(read('signedJCS.json')) as { proof: Record<string, unknown> };
    const { proofValue: _value, ...options } = proof;
    const [document, configuration] = [canonicalBytes(credential), canonicalBytes(options)];
    t.deepEqual(document, utf8(text('canonDocJCS.txt')));
    t.deepEqual(configuration, utf8(text('proofCanonJCS.txt')));
    t.is(encodeHex(sha256(document)), text('docHashJCS.txt'));
    t.is(encodeHex(sha256(configuration)), text('proofHashJCS.txt'));
    t.is(text('proofHashJCS.txt') + text('docHashJCS.txt'), text('combinedHashJCS.txt'));
    const { publicKeyMultibase } = parseStrictJson(new Uint8Array(readFileSync(join(folder, 'keyPair.json')))) as { publicKeyMultibase: string };
    // Multibase: z, base58 of the two bytes that say Ed25519 and of the key.
    const jwk = parsePublicJwk({ kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(fromBase58(publicKeyMultibase.slice(1)).subarray(2)) });
    t.true(verifySignature(jwk, decodeHex(text('combinedHashJCS.txt')), decodeHex(text('sigHexJCS.txt'))));
    t.false(verifySignature(jwk, sha256(document, sha256(configuration)), decodeHex(text('sigHexJCS.txt'))));
    t.is(readdirSync(join(folder, 'eddsa-jcs-2022')).length, 9);
  },
);

function fromBase58(text: string): Uint8Array {
  let number = 0n;
  for (const c of text) number = number * 58n + BigInt('123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'.indexOf(c));
  return decodeHex(number.toString(16).padStart(68, '0'));
}

const refused: readonly (readonly [string, CryptoErrorCode, Uint8Array])[] = [
  ['a name twice', 'duplicate_key', utf8('{"a":1,"b":2,"a":1}')],
  ['a name twice, once escaped', 'duplicate_key', utf8('{"a":1,"\\u0061":1}')],
  ['a name twice deep inside', 'duplicate_key', utf8('[{"x":{"y":1,"y":2}}]')],
  ['__proto__', 'forbidden_key', utf8('{"__proto__":{"admin":true}}')],
  ['__proto__ escaped', 'forbidden_key', utf8('{"__pr\\u006fto__":1}')],
  ['constructor', 'forbidden_key', utf8('{"constructor":1}')],
  ['prototype', 'forbidden_key', utf8('[{"prototype":1}]')],
  ['a byte order mark', 'malformed_utf8', new Uint8Array([0xef, 0xbb, 0xbf, 0x31])],
  ['invalid UTF-8', 'malformed_utf8', new Uint8Array([0x22, 0xc0, 0x80, 0x22])],
  ['a surrogate in UTF-8', 'malformed_utf8', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ['a lone high surrogate', 'lone_surrogate', utf8('"\\ud800"')],
  ['a lone low surrogate in a name', 'lone_surrogate', utf8('{"\\udc00":1}')],
  ['a number beyond doubles', 'number_out_of_range', utf8('1e400')],
  ['a negative number beyond doubles', 'number_out_of_range', utf8('[-1e400]')],
  ['NaN', 'malformed_json', utf8('NaN')],
  ['Infinity', 'malformed_json', utf8('Infinity')],
  ['a leading zero', 'malformed_json', utf8('01')],
  ['a leading plus', 'malformed_json', utf8('+1')],
  ['a bare point', 'malformed_json', utf8('1.')],
  ['a comma too many in an array', 'malformed_json', utf8('[1,]')],
  ['a comma too many in an object', 'malformed_json', utf8('{"a":1,}')],
  ['a comment', 'malformed_json', utf8('1/**/')],
  ['single quotes', 'malformed_json', utf8("{'a':1}")],
  ['a raw line feed in a string', 'malformed_json', utf8('"a\nb"')],
  ['an unknown escape', 'malformed_json', utf8('"\\x41"')],
  ['half an escape', 'malformed_json', utf8('"\\u00"')],
  ['a string that does not end', 'malformed_json', utf8('"abc')],
  ['an array that does not end', 'malformed_json', utf8('[1')],
  ['nothing', 'malformed_json', utf8('')],
  ['blanks', 'malformed_json', utf8(' \n')],
  ['two values', 'malformed_json', utf8('1 2')],
  ['a blank that JSON does not know', 'malformed_json', utf8('\u00a01')],
];
for (const [what, code, bytes] of refused) {
  test(`strict JSON refuses ${what}`, (t) => {
    t.throws(() => parseStrictJson(bytes), refusal(code));
  });
}

test('strict JSON keeps to its limits of size and depth, one more is refused', (t) => {
  const nested = (depth: number): Uint8Array => utf8('['.repeat(depth) + ']'.repeat(depth));
  t.notThrows(() => parseStrictJson(nested(JSON_MAX_DEPTH)));
  t.throws(() => parseStrictJson(nested(JSON_MAX_DEPTH + 1)), refusal('too_deep'));
  t.throws(() => parseStrictJson(nested(100_000), { maxBytes: 1e6 }), refusal('too_deep'));
  t.notThrows(() => parseStrictJson(utf8('"abcdefgh"'), { maxBytes: 10 }));
  t.throws(() => parseStrictJson(utf8('"abcdefghi"'), { maxBytes: 10 }), refusal('too_large'));
});

test('strict JSON reads every JSON value as JSON.parse does', (t) => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      let mine: unknown;
      try {
        mine = parseStrictJson(utf8(text));
      } catch (error) {
        // The generator may make a reserved name; JSON.parse takes it, we refuse it.
        return error instanceof CryptoError && error.code === 'forbidden_key';
      }
      t.deepEqual(mine, JSON.parse(text));
      return true;
    }),
  );
});

test('no bytes at all make the strict parser fail in another way than by a refusal', async (t) => {
  const tokens = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '\\u',
    'd800',
    'a',
    '0',
    '-',
    '1e9',
    'true',
    'null',
    ' ',
    '\u0000',
    'é',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(tokens, { maxLength: 30 }), async (parts) => {
      const text = parts.join('');
      const code = await codeOf(() => parseStrictJson(utf8(text)));
      // What we accept, JSON.parse accepts with the same value; what we call malformed, it refuses too.
      if (code === undefined) return JSON.stringify(JSON.parse(text)) === JSON.stringify(parseStrictJson(utf8(text)));
      if (code === 'malformed_json') t.throws(() => JSON.parse(text));
      return true;
    }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 60 }),
      async (bytes) => (await codeOf(() => parseStrictJson(bytes))) !== 'not_json',
    ),
  );
  t.pass();
});

test('canonical JSON accepts one text per value and refuses the others', (t) => {
  t.deepEqual(parseCanonicalJson(utf8('{"a":[1,2.5,"é"],"b":null}')), { a: [1, 2.5, 'é'], b: null });
  for (const text of [
    '{"b":1,"a":1}',
    '{ "a":1}',
    '{"a":1}\n',
    '1.0',
    '1e2',
    '-0',
    '"\\u0061"',
    '"\\/"',
    '10000000000000000000000',
    '"\\u00e9"',
  ]) {
    t.throws(() => parseCanonicalJson(utf8(text)), refusal('not_canonical'), text);
  }
});

test('canonical bytes of any JSON value read back as that value', (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6, noUnicodeString: false }), (value) => {
      const code = (() => {
        try {
          return canonicalBytes(value);
        } catch (error) {
          if (error instanceof CryptoError && error.code === 'not_json') return undefined;
          throw error;
        }
      })();
      if (code !== undefined) t.is(JSON.stringify(parseCanonicalJson(code)), JSON.stringify(parseStrictJson(code)));
    }),
  );
});

test('only plain data has canonical bytes', (t) => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const sparse: unknown[] = [];
  sparse[2] = 1;
  for (const value of [
    undefined,
    () => 1,
    1n,
    Symbol('x'),
    NaN,
    Infinity,
    new Date(0),
    new Map(),
    { a: undefined },
    [undefined],
    sparse,
    '\ud800',
    { '\udc00': 1 },
    { toJSON: () => 1 },
    cycle,
    JSON.parse('{"__proto__":1}') as unknown,
  ]) {
    t.throws(() => canonicalBytes(value), refusal('not_json'));
  }
  t.deepEqual(canonicalBytes(Object.assign(Object.create(null) as object, { b: 1, a: -0 })), utf8('{"a":0,"b":1}'));
});
