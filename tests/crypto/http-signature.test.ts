import test from 'ava';
import fc from 'fast-check';
import { createSignatureSync } from 'http-message-sig';
import {
  type CryptoErrorCode,
  decodeBase64url,
  encodeBase64url,
  generateSigningKey,
  randomBytes,
  type ReceivedRequest,
  type RequestPolicy,
  sha256,
  signBytes,
  type SigningKey,
  signRequest,
  utf8,
  verifyRequest,
} from '#crypto';
import { codeOf, flipped, refusal } from './conformance.ts';

const now = new Date('2026-11-24T12:00:00Z');
const key = generateSigningKey();
const ecKey = generateSigningKey('ES256');
const body = utf8('{"v":1}');
const policy: RequestPolicy = {
  keyFor: async (kid) =>
    [key, ecKey].filter((known) => known.kid === kid).map((known) => ({ jwk: known.public_jwk, alg: known.alg }))[0],
  public_origins: ['https://portal.example', 'http://localhost:8080'],
  now,
};

function call(change: Partial<ReceivedRequest> = {}, signer: SigningKey = key): ReceivedRequest {
  const headers = signRequest({ method: 'POST', url: 'https://portal.example/api/v1/grants?since=1&x=%20', body }, signer, {
    now,
  });
  return { method: 'POST', target: '/api/v1/grants?since=1&x=%20', headers, has_body: true, ...change };
}

for (const signer of [key, ecKey]) {
  test(`a call signed with ${signer.alg} verifies, with and without a body`, async (t) => {
    const verified = await verifyRequest(call({}, signer), policy);
    t.is(verified.kid, signer.kid);
    t.deepEqual(verified.content_digest, sha256(body));
    t.is(decodeBase64url(verified.nonce).length, 16);
    t.is(verified.expires_at, '2026-11-24T12:02:01.000Z');
    const headers = signRequest({ method: 'GET', url: 'http://localhost:8080/' }, signer, { now });
    t.deepEqual(Object.keys(headers).toSorted(), ['signature', 'signature-input']);
    const get = await verifyRequest({ method: 'GET', target: '/', headers, has_body: false }, policy);
    t.false('content_digest' in get);
  });
}

test('two signings of one call have different nonces', (t) => {
  const nonces = Array.from(
    { length: 20 },
    () =>
      /nonce="([^"]+)"/.exec(
        signRequest({ method: 'GET', url: 'http://localhost:8080/' }, key, { now })['signature-input'] ?? '',
      )?.[1],
  );
  t.is(new Set(nonces).size, 20);
});

const { headers: signed } = call();
const changes: readonly (readonly [string, Partial<ReceivedRequest>, CryptoErrorCode])[] = [
  ['another method', { method: 'PUT' }, 'bad_signature'],
  ['a method in lower case', { method: 'post' }, 'target_malformed'],
  ['another path', { target: '/api/v1/grant?since=1&x=%20' }, 'bad_signature'],
  ['another query', { target: '/api/v1/grants?since=2&x=%20' }, 'bad_signature'],
  ['the query in another order', { target: '/api/v1/grants?x=%20&since=1' }, 'bad_signature'],
  ['the query encoded otherwise', { target: '/api/v1/grants?since=1&x=+' }, 'bad_signature'],
  ['no query', { target: '/api/v1/grants' }, 'bad_signature'],
  [
    'another body digest',
    { headers: { ...signed, 'content-digest': `sha-256=:${Buffer.from(sha256(utf8('other'))).toString('base64')}:` } },
    'bad_signature',
  ],
  ['another content type', { headers: { ...signed, 'content-type': 'text/plain' } }, 'bad_signature'],
  ['no body', { has_body: false }, 'body_not_covered'],
  ['no content digest', { headers: { ...signed, 'content-digest': undefined } }, 'signature_missing'],
  ['no content type', { headers: { ...signed, 'content-type': undefined } }, 'signature_missing'],
  ['no signature', { headers: { ...signed, signature: undefined } }, 'signature_missing'],
  ['no signature input', { headers: { ...signed, 'signature-input': undefined } }, 'signature_missing'],
  ['no headers', { headers: {} }, 'signature_missing'],
  [
    'a repeated signature field',
    { headers: { ...signed, signature: [String(signed['signature']), String(signed['signature'])] } },
    'signature_repeated',
  ],
  ['a field repeated in another case', { headers: { ...signed, Signature: signed['signature'] } }, 'signature_repeated'],
  [
    'a repeated content digest',
    { headers: { ...signed, 'content-digest': [String(signed['content-digest']), 'sha-256=:x:'] } },
    'signature_repeated',
  ],
  ['two signatures', { headers: { ...signed, signature: `${String(signed['signature'])}, sig2=:AAAA:` } }, 'signature_malformed'],
  [
    'two signature inputs',
    { headers: { ...signed, 'signature-input': `${String(signed['signature-input'])}, sig2=()` } },
    'signature_input_malformed',
  ],
  ['a sha-512 digest', { headers: { ...signed, 'content-digest': 'sha-512=:AAAA:' } }, 'content_digest_malformed'],
  [
    'two digests',
    { headers: { ...signed, 'content-digest': `${String(signed['content-digest'])}, md5=:AAAA:` } },
    'content_digest_malformed',
  ],
  ['a folded content type', { headers: { ...signed, 'content-type': 'application/json\r\n x' } }, 'content_type_malformed'],
  ['a target in absolute form', { target: 'https://portal.example/api/v1/grants' }, 'target_malformed'],
  ['a target with a fragment', { target: '/a#b' }, 'target_malformed'],
  ['a target with a blank', { target: '/a b' }, 'target_malformed'],
  ['a target beyond ASCII', { target: '/é' }, 'target_malformed'],
  ['a backslash', { target: '/a\\b' }, 'target_malformed'],
  ['an empty segment', { target: '//evil.example/a' }, 'target_malformed'],
  ['a dot segment', { target: '/a/../b' }, 'target_malformed'],
  ['an encoded dot segment', { target: '/a/%2E%2e' }, 'target_malformed'],
  ['an encoded slash', { target: '/a%2fb' }, 'target_malformed'],
  ['an encoded null', { target: '/a%00' }, 'target_malformed'],
  ['an empty query', { target: '/api/v1/grants?' }, 'target_malformed'],
  ['a target of 9 KiB', { target: `/${'a'.repeat(9000)}` }, 'target_malformed'],
];
for (const [what, change, code] of changes) {
  test(`a call with ${what} is refused`, async (t) => {
    await t.throwsAsync(verifyRequest(call({ headers: signed, ...change }), policy), refusal(code));
  });
}

test('a call without a body that gains one is refused', async (t) => {
  const headers = signRequest({ method: 'POST', url: 'https://portal.example/x' }, key, { now });
  const request = { method: 'POST', target: '/x', headers, has_body: true };
  await t.throwsAsync(verifyRequest(request, policy), refusal('body_not_covered'));
});

test('a path with and without a bare question mark is never the same call', async (t) => {
  t.throws(() => signRequest({ method: 'GET', url: 'https://portal.example/p?' }, key, { now }), refusal('target_malformed'));
  const headers = signRequest({ method: 'GET', url: 'https://portal.example/p' }, key, { now });
  await t.notThrowsAsync(verifyRequest({ method: 'GET', target: '/p', headers, has_body: false }, policy));
  await t.throwsAsync(
    verifyRequest({ method: 'GET', target: '/p?', headers, has_body: false }, policy),
    refusal('target_malformed'),
  );
});

/** Signs with the library alone, outside our profile, to see each rule of the profile refuse. */
function offProfile(change: {
  components?: readonly string[];
  label?: string;
  parameters?: Record<string, string | number | undefined>;
}): ReceivedRequest {
  const created = now.getTime() / 1000;
  const fields = createSignatureSync(
    { kind: 'request', method: 'GET', targetUri: 'https://portal.example/p?a=1', fields: [{ name: 'date', value: 'now' }] },
    {
      label: change.label ?? 'sig1',
      components: change.components ?? ['@method', '@authority', '@path', '@query'],
      parameters: {
        created,
        expires: created + 60,
        nonce: encodeBase64url(randomBytes(16)),
        keyid: key.kid,
        alg: 'ed25519',
        tag: 'sceau-v1',
        ...change.parameters,
      },
      signer: { algorithm: 'ed25519', sign: (base) => signBytes(key, base) },
    },
  );
  return {
    method: 'GET',
    target: '/p?a=1',
    headers: { 'signature-input': fields.signatureInput, signature: fields.signature, date: 'now' },
    has_body: false,
  };
}

test('the library signs our profile as we expect it', async (t) => {
  t.is((await verifyRequest(offProfile({}), policy)).kid, key.kid);
});

const seconds = now.getTime() / 1000;
const offProfiles: readonly (readonly [string, Parameters<typeof offProfile>[0], CryptoErrorCode])[] = [
  ['no components', { components: [] }, 'signature_input_malformed'],
  ['a missing component', { components: ['@method', '@authority', '@path'] }, 'signature_input_malformed'],
  ['components in another order', { components: ['@authority', '@method', '@path', '@query'] }, 'signature_input_malformed'],
  ['a further component', { components: ['@method', '@authority', '@path', '@query', 'date'] }, 'signature_input_malformed'],
  ['another label', { label: 'sig2' }, 'signature_input_malformed'],
  ['another tag', { parameters: { tag: 'web-bot-auth' } }, 'signature_input_malformed'],
  ['no tag', { parameters: { tag: undefined } }, 'signature_input_malformed'],
  ['no nonce', { parameters: { nonce: undefined } }, 'signature_input_malformed'],
  ['no expiry', { parameters: { expires: undefined } }, 'signature_input_malformed'],
  ['no key', { parameters: { keyid: undefined } }, 'signature_input_malformed'],
  ['a nonce of 15 bytes', { parameters: { nonce: encodeBase64url(randomBytes(15)) } }, 'malformed_nonce'],
  ['a nonce of 33 bytes', { parameters: { nonce: encodeBase64url(randomBytes(33)) } }, 'malformed_nonce'],
  ['a nonce that is not canonical base64url', { parameters: { nonce: 'AAAAAAAAAAAAAAAAAAAAAB' } }, 'malformed_nonce'],
  ['an unknown key', { parameters: { keyid: generateSigningKey().kid } }, 'unknown_key'],
  ['a key whose algorithm is another', { parameters: { keyid: ecKey.kid } }, 'algorithm_not_allowed'],
  ['61 seconds of life', { parameters: { expires: seconds + 61 } }, 'lifetime_too_long'],
  ['no time to live', { parameters: { expires: seconds } }, 'lifetime_too_long'],
  ['an expiry before its creation', { parameters: { expires: seconds - 5 } }, 'lifetime_too_long'],
  ['a creation 61 seconds ahead', { parameters: { created: seconds + 61, expires: seconds + 100 } }, 'created_in_future'],
  ['an expiry 61 seconds ago', { parameters: { created: seconds - 100, expires: seconds - 61 } }, 'signature_expired'],
];
for (const [what, change, code] of offProfiles) {
  test(`a signature with ${what} is refused`, async (t) => {
    await t.throwsAsync(verifyRequest(offProfile(change), policy), refusal(code));
  });
}

test('clocks may differ by 60 seconds either way', async (t) => {
  await t.notThrowsAsync(verifyRequest(offProfile({ parameters: { created: seconds + 60, expires: seconds + 120 } }), policy));
  await t.notThrowsAsync(verifyRequest(offProfile({ parameters: { created: seconds - 120, expires: seconds - 60 } }), policy));
});

test('component parameters and another order of parameters are refused', async (t) => {
  const request = offProfile({});
  const input = String(request.headers['signature-input']);
  for (const altered of [
    input.replace('"@path"', '"@path";req'),
    input.replace(/;created=(\d+);expires=(\d+)/, ';expires=$2;created=$1'),
    `${input};extra=1`,
    input.replace('sig1=', 'sig1= '),
    input.replace('created=', 'created=0'),
    input.toUpperCase(),
  ]) {
    await t.throwsAsync(
      verifyRequest({ ...request, headers: { ...request.headers, 'signature-input': altered } }, policy),
      refusal('signature_input_malformed'),
    );
  }
});

test('one flipped bit in the signature is refused', async (t) => {
  const request = call();
  const raw = new Uint8Array(Buffer.from(String(request.headers['signature']).slice(6, -1), 'base64'));
  t.is(raw.length, 64);
  for (let at = 0; at < 64; at += 3) {
    const signature = `sig1=:${Buffer.from(flipped(raw, at, at % 8)).toString('base64')}:`;
    t.is(await codeOf(() => verifyRequest({ ...request, headers: { ...request.headers, signature } }, policy)), 'bad_signature');
  }
  for (const signature of [
    'sig1=:AAAA:',
    `sig1=:${'A'.repeat(85)}B==:`,
    `sig2=:${'A'.repeat(86)}==:`,
    `sig1=:${'A'.repeat(86)}:`,
    `sig1=:${'_'.repeat(86)}==:`,
  ]) {
    t.is(
      await codeOf(() => verifyRequest({ ...request, headers: { ...request.headers, signature } }, policy)),
      'signature_malformed',
    );
  }
});

test('only the configured origins count, whatever Host says', async (t) => {
  const request = call();
  const spoofed = { ...request, headers: { ...request.headers, host: 'evil.example', 'x-forwarded-host': 'evil.example' } };
  t.is((await verifyRequest(spoofed, policy)).kid, key.kid);
  await t.throwsAsync(
    verifyRequest(
      { ...spoofed, headers: { ...spoofed.headers, host: 'portal.example' } },
      { ...policy, public_origins: ['https://evil.example'] },
    ),
    refusal('bad_signature'),
  );
  await t.throwsAsync(verifyRequest(request, { ...policy, public_origins: [] }), refusal('origin_unknown'));
  await t.throwsAsync(verifyRequest(request, { ...policy, public_origins: ['portal.example'] }), refusal('origin_unknown'));
});

test('a key stored under another algorithm or another name than its own is refused', async (t) => {
  await t.throwsAsync(
    verifyRequest(call(), { ...policy, keyFor: async () => ({ jwk: key.public_jwk, alg: 'ES256' }) }),
    refusal('algorithm_not_allowed'),
  );
  await t.throwsAsync(
    verifyRequest(call(), { ...policy, keyFor: async () => ({ jwk: ecKey.public_jwk, alg: 'ES256' }) }),
    refusal('unknown_key'),
  );
});

test('calls that no server would accept are not signed', (t) => {
  for (const url of [
    '/relative',
    'ftp://portal.example/',
    'https://portal.example/a#b',
    'https://u:p@portal.example/',
    'https://portal.example//a',
    'https://portal.example/a%2fb',
  ]) {
    t.throws(() => signRequest({ method: 'GET', url }, key, { now }), refusal('target_malformed'), url);
  }
  t.throws(() => signRequest({ method: 'get', url: 'https://portal.example/' }, key, { now }), refusal('target_malformed'));
  t.throws(
    () => signRequest({ method: 'POST', url: 'https://portal.example/', body, content_type: 'x' }, key, { now }),
    refusal('content_type_malformed'),
  );
});

test('any texts as signature fields are refused without another failure', async (t) => {
  const parts = fc.constantFrom('sig1=', '(', ')', '"@method"', ';created=1', ';', ':', '"', 'AAAA', ',', ' ', '\\');
  await fc.assert(
    fc.asyncProperty(
      fc.array(parts, { maxLength: 10 }),
      fc.array(parts, { maxLength: 10 }),
      fc.string(),
      async (input, signature, target) => {
        const headers = { 'signature-input': input.join(''), signature: signature.join('') };
        return (await codeOf(() => verifyRequest({ method: 'GET', target, headers, has_body: false }, policy))) !== undefined;
      },
    ),
  );
  t.pass();
});
