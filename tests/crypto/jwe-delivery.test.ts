import { CompactEncrypt, FlattenedEncrypt, importJWK } from 'jose';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { canonicalBytes, decodeBase64url, deliveryFingerprint, encodeBase64url, fingerprintOf, generateAgeIdentity, generateContentKey, generateDeliveryJwk, importDeliveryJwk, openKeyPackage, parseDeliveryJwk, publicHalf, sealKeyPackage, sha256, thumbprint, utf8 } from '#crypto';
import { requireProgram } from '../support/requirement.ts';
import { run } from '../support/stock-gpg.ts';
import { testWith } from '../support/test-with.ts';
import { codeOf, flipped } from './conformance.ts';

const dataset_id = '5f0c3a52-7a0e-4c0e-9b1e-0d9a54c1a001';
const grant_id = '0b8f7f9e-33cf-4f0e-9a53-6a3df1a5f102';
const purpose = { grant_id, dataset_id, epoch: 3 };
const at = new Date('2026-11-24T12:00:00Z');

async function scene(crv: 'X25519' | 'P-256' = 'X25519') {
  const text = generateDeliveryJwk(crv);
  const pair = await importDeliveryJwk(text);
  const content_key = await generateContentKey(dataset_id, 3);
  const sealed = await sealKeyPackage(content_key, { form: 'jwe', key: pair.public_jwk }, { grant_id, at });
  return { text, content_key, sealed, secret: { form: 'jwe' as const, ...pair }, jwe: JSON.parse(Buffer.from(sealed).toString()) as Record<string, string> };
}

const bytes = (value: unknown): Uint8Array => utf8(JSON.stringify(value));
const headerOf = (jwe: Record<string, string>): Record<string, unknown> => JSON.parse(Buffer.from(decodeBase64url(jwe['protected'] ?? '')).toString()) as Record<string, unknown>;

for (const crv of ['X25519', 'P-256'] as const) {
  test(`a key that cannot be extracted opens a JWE of its own (${crv})`, async (t) => {
    const { content_key, sealed, secret, jwe } = await scene(crv);
    t.false(secret.private_key.extractable);
    t.is((await openKeyPackage(sealed, secret, purpose)).text, content_key.text);
    const header = headerOf(jwe);
    t.deepEqual(Object.keys(header).toSorted(), ['alg', 'apv', 'cty', 'enc', 'epk', 'kid', 'typ']);
    t.deepEqual([header['alg'], header['enc'], header['typ']], ['ECDH-ES+A256KW', 'A256GCM', 'key-package+jwe']);
    t.is(header['apv'], encodeBase64url(sha256(canonicalBytes(['sceau-apv-v1', grant_id, dataset_id, 3, thumbprint(secret.public_jwk)]))));
    t.is(deliveryFingerprint({ form: 'jwe', key: secret.public_jwk }), fingerprintOf('jwe', thumbprint(secret.public_jwk)));
  });
}

// Debian's jose 11 knows P-256 but no X25519.
testWith(requireProgram('jose'), 'jose jwe dec opens a package with a key that it made', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-jose-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const key = join(folder, 'key.jwk');
  await run('jose', ['jwk', 'gen', '-i', '{"kty":"EC","crv":"P-256"}', '-o', key]);
  const public_jwk = publicHalf(JSON.parse((await run('jose', ['jwk', 'pub', '-i', key])).toString()));
  const content_key = await generateContentKey(dataset_id, 3);
  await writeFile(join(folder, 'package.jwe.json'), await sealKeyPackage(content_key, { form: 'jwe', key: public_jwk }, { grant_id, at }));
  t.is((await run('jose', ['jwe', 'dec', '-i', join(folder, 'package.jwe.json'), '-k', key])).toString(), content_key.text);
});

test('a package of another dataset, epoch or grant does not open', async (t) => {
  const { sealed, secret } = await scene();
  for (const other of [{ epoch: 2 }, { grant_id: 'c1b12d40-5b25-4c4f-8f8a-9f2f6c2b8a03' }, { dataset_id: 'c1b12d40-5b25-4c4f-8f8a-9f2f6c2b8a03' }]) {
    t.is(await codeOf(() => openKeyPackage(sealed, secret, { ...purpose, ...other })), 'package_mismatch');
  }
  t.is(await codeOf(async () => openKeyPackage(sealed, (await scene()).secret, purpose)), 'wrong_recipient');
});

test('one flipped bit in any part, and nothing opens', async (t) => {
  const { secret, jwe } = await scene();
  for (const [name, code] of [['encrypted_key', 'jwe_authentication'], ['iv', 'jwe_authentication'], ['ciphertext', 'jwe_authentication'], ['tag', 'jwe_authentication']] as const) {
    const changed = { ...jwe, [name]: encodeBase64url(flipped(decodeBase64url(jwe[name] ?? ''), 3)) };
    t.is(await codeOf(() => openKeyPackage(bytes(changed), secret, purpose)), code, name);
  }
  const header = decodeBase64url(jwe['protected'] ?? '');
  for (let position = 0; position < header.length; position += 1) {
    t.truthy(await codeOf(() => openKeyPackage(bytes({ ...jwe, protected: encodeBase64url(flipped(header, position, 1)) }), secret, purpose)), `header byte ${position}`);
  }
});

test('headers that JOSE would allow and we do not are refused before anything is computed', async (t) => {
  const { secret, jwe } = await scene();
  const header = headerOf(jwe);
  const withHeader = (o: Record<string, unknown>): Uint8Array => bytes({ ...jwe, protected: encodeBase64url(utf8(JSON.stringify({ ...header, ...o }))) });
  for (const o of [{ zip: 'DEF' }, { p2c: 1_000_000_000 }, { alg: 'dir' }, { alg: 'RSA1_5' }, { alg: 'PBES2-HS512+A256KW', p2s: 'AAAA', p2c: 1e9 }, { alg: 'ECDH-ES' }, { alg: 'none' }, { enc: 'A128CBC-HS256' }, { crit: ['exp'], exp: 1 }, { jwk: header['epk'] }, { jku: 'https://evil.example' }, { typ: 'JWT' }, { apu: 'AAAA' }]) {
    t.is(await codeOf(() => openKeyPackage(withHeader(o), secret, purpose)), 'jwe_header_not_allowed', JSON.stringify(o));
  }
  for (const epk of [{ kty: 'OKP', crv: 'X25519', x: encodeBase64url(new Uint8Array(32)) }, { kty: 'OKP', crv: 'X25519', x: encodeBase64url(new Uint8Array(31)) }, { ...(header['epk'] as object), d: 'AAAA' }, (await scene('P-256')).secret.public_jwk, { kty: 'EC', crv: 'P-256', x: encodeBase64url(new Uint8Array(32).fill(1)), y: encodeBase64url(new Uint8Array(32).fill(1)) }]) {
    t.is(await codeOf(() => openKeyPackage(withHeader({ epk }), secret, purpose)), 'jwe_header_not_allowed', JSON.stringify(epk));
  }
});

test('other serialisations, members and encodings are refused', async (t) => {
  const { secret, jwe } = await scene();
  const refused: Uint8Array[] = [
    utf8('{'),
    bytes({ ...jwe, unprotected: { alg: 'dir' } }),
    bytes({ ...jwe, header: { alg: 'dir' } }),
    bytes({ ...jwe, recipients: [] }),
    bytes({ ...jwe, aad: 'AAAA' }),
    bytes({ ...jwe, tag: `${jwe['tag'] ?? ''}==` }),
    bytes({ ...jwe, tag: ` ${jwe['tag'] ?? ''}` }),
    bytes({ ...jwe, tag: encodeBase64url(decodeBase64url(jwe['tag'] ?? '').slice(0, 12)) }),
    bytes({ ...jwe, iv: encodeBase64url(new Uint8Array(16)) }),
    utf8(`{"tag":"AAAA",${JSON.stringify(jwe).slice(1)}`),
    utf8(await new CompactEncrypt(utf8('x')).setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' }).encrypt(await importJWK({ ...secret.public_jwk }, 'ECDH-ES+A256KW'))),
  ];
  for (const value of refused) t.is(await codeOf(() => openKeyPackage(value, secret, purpose)), 'jwe_malformed', Buffer.from(value).toString().slice(0, 60));
  t.is(await codeOf(() => openKeyPackage(new Uint8Array(16 * 1024 + 1).fill(32), secret, purpose)), 'too_large');
  // Sealed by somebody else with another purpose written, but a header that looks right: the key that wraps differs.
  const kid = thumbprint(secret.public_jwk);
  const apv = sha256(canonicalBytes(['sceau-apv-v1', grant_id, dataset_id, 2, kid]));
  const other = await new FlattenedEncrypt(utf8('x')).setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', typ: 'key-package+jwe', cty: 'text/x-age-identity', kid }).setKeyManagementParameters({ apv }).encrypt(await importJWK({ ...secret.public_jwk }, 'ECDH-ES+A256KW'));
  const forged = { ...headerOf(other as never), apv: headerOf(jwe)['apv'] };
  t.is(await codeOf(() => openKeyPackage(bytes({ ...other, protected: encodeBase64url(utf8(JSON.stringify(forged))) }), secret, purpose)), 'jwe_authentication');
});

test('keys of other kinds, with more than their public half, or of low order are no delivery keys', async (t) => {
  const x = publicHalf(JSON.parse(generateDeliveryJwk()));
  t.deepEqual(parseDeliveryJwk(x), x);
  const low = 'X25519' as const;
  const refused: [unknown, string][] = [
    [{ ...x, d: 'AAAA' }, 'key_not_allowed'],
    [{ ...x, alg: 'dir' }, 'key_not_allowed'],
    [{ ...x, crv: 'Ed25519' }, 'key_not_allowed'],
    [{ kty: 'EC', crv: 'P-384', x: x.x, y: x.x }, 'key_not_allowed'],
    [{ kty: 'oct', k: 'AAAA' }, 'key_not_allowed'],
    [{ kty: 'OKP', crv: low, x: encodeBase64url(new Uint8Array(32)) }, 'malformed_key'],
    [{ kty: 'OKP', crv: low, x: encodeBase64url(new Uint8Array(32).fill(255)) }, 'malformed_key'],
    [{ kty: 'OKP', crv: low, x: encodeBase64url(Uint8Array.from([224, 235, 122, 124, 59, 65, 184, 174, 22, 86, 227, 250, 241, 159, 196, 106, 218, 9, 141, 235, 156, 50, 177, 253, 134, 98, 5, 22, 95, 73, 184, 0])) }, 'malformed_key'],
    [{ kty: 'OKP', crv: low, x: `${x.x}=` }, 'malformed_key'],
    [{ kty: 'EC', crv: 'P-256', x: x.x, y: x.x }, 'malformed_key'],
  ];
  for (const [value, code] of refused) t.is(await codeOf(() => parseDeliveryJwk(value)), code as never, JSON.stringify(value));
  const other = JSON.parse(generateDeliveryJwk()) as { x: string };
  t.is(await codeOf(() => importDeliveryJwk(JSON.stringify({ ...JSON.parse(generateDeliveryJwk()), x: other.x }))), 'malformed_key', 'halves of two keys');
});

test('a post-quantum content key travels to post-quantum recipients only', async (t) => {
  const content_key = await generateContentKey(dataset_id, 1, 'pq');
  const { secret } = await scene();
  const classic = await generateAgeIdentity();
  const hybrid = await generateAgeIdentity('pq');
  for (const delivery of [{ form: 'jwe', key: secret.public_jwk }, { form: 'age', key: classic.recipient }] as const) {
    t.is(await codeOf(() => sealKeyPackage(content_key, delivery, { grant_id, at })), 'mixed_recipients');
  }
  const sealed = await sealKeyPackage(content_key, { form: 'age', key: hybrid.recipient }, { grant_id, at });
  t.is((await openKeyPackage(sealed, { form: 'age', identity: hybrid.identity }, { grant_id, dataset_id, epoch: 1 })).text, content_key.text);
});
