import { createCipheriv } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { concatBytes, type CryptoErrorCode, decodeHex, encodeBase64url, generateDeliveryJwk, importDeliveryJwk, openDelivery, parseDeliveryJwk, publicHalf, sha256, canonicalBytes, utf8 } from '#crypto';
import { deliveryKid } from '../../crypto/delivery/jwe-key.ts';
import { codeOf, conformance, readJson, refusal } from './conformance.ts';

interface Group {
  readonly comment: string;
  readonly private: Record<string, string>;
  readonly tests: readonly { tcId: number; comment: string; jwe: string; enc: string; result: string }[];
}

const binding = ['sceau-test-v1', 'x'];

/** Sound JWE that are no key packages: which, and why. As printed none is our form; taken apart, all fail at their members or header, before any key is used. */
const refusedThoughValid: readonly { numbers: readonly number[]; why: string }[] = [
  { numbers: [1, 23, 28, 29, 30, 31, 32, 69, 70, 134, 135], why: 'AES key wrap: a shared secret' },
  { numbers: [71, 72, 73, 74, 75, 133], why: 'AES-GCM key wrap: a shared secret' },
  { numbers: [132], why: 'dir: a shared secret' },
  { numbers: [33, 34, 35, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 130], why: 'ECDH-ES with a shorter key wrap; no purpose is bound' },
  { numbers: [62, 66, 67, 68], why: 'ECDH-ES+A256KW, but no type, and no purpose is bound' },
  { numbers: [76, 77, 78, 79, 80, 81, 131], why: 'ECDH-ES without key wrap; no purpose is bound' },
  { numbers: [82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 121, 129], why: 'RSA-OAEP: no RSA key is a delivery key in this form' },
  { numbers: [100, 101, 102, 103, 104, 105, 112, 128], why: 'RSA1_5: an oracle for whoever may try often' },
];

conformance('wycheproof/json_web_encryption_test.json', 'all 139 JWE of Wycheproof are refused as key packages, the 65 sound ones each for a reason given here', async (t, file) => {
  const reasons = new Map(refusedThoughValid.flatMap(({ numbers, why }) => numbers.map((number) => [number, why])));
  const counts = { valid: 0, invalid: 0 };
  const own = await importDeliveryJwk(generateDeliveryJwk('P-256'));
  const sound: number[] = [];
  for (const group of readJson<{ testGroups: Group[] }>(file).testGroups) {
    // Its own key where that may be a delivery key at all.
    const pair = group.private['crv'] === 'P-256' ? await importDeliveryJwk(JSON.stringify(group.private)) : own;
    for (const { tcId, jwe, result, comment } of group.tests) {
      const open = (text: string) => codeOf(() => openDelivery(utf8(text), { form: 'jwe', ...pair }, { binding }));
      t.is(await open(jwe), 'jwe_malformed', `${tcId} as printed`);
      const code = await open(JSON.stringify(flattened(jwe)));
      t.true(code === 'jwe_malformed' || code === 'jwe_header_not_allowed', `${tcId} ${comment}: ${code}`);
      counts[result === 'valid' ? 'valid' : 'invalid'] += 1;
      if (result === 'valid') {
        sound.push(tcId);
        t.true(reasons.has(tcId), `${tcId} ${comment}: no reason is given`);
      }
    }
  }
  t.deepEqual(counts, { valid: 65, invalid: 74 });
  t.deepEqual([...reasons.keys()].sort((a, b) => a - b), sound.sort((a, b) => a - b));
});

conformance('jose-cookbook-rfc7520/jwe', 'the 13 encryptions of RFC 7520 §5 are no key packages, in any form that is printed', async (t, folder) => {
  const names = readdirSync(folder);
  t.is(names.length, 13);
  for (const name of names) {
    const { output } = readJson<{ output: Record<string, unknown> }>(join(folder, name));
    await refusedInEveryForm(t, output, name);
  }
});

conformance('jose-cookbook-rfc7520/curve25519/ecdh-es.json', 'the X25519 encryption of the JOSE cookbook is no key package: no key wrap, no purpose', async (t, file) => {
  const { input, output } = readJson<{ input: { key: Record<string, string> }; output: Record<string, unknown> }>(file);
  await refusedInEveryForm(t, output, 'ecdh-es', await importDeliveryJwk(JSON.stringify(input.key)));
});

interface Agreement {
  readonly public: Record<string, string>;
  readonly private: Record<string, string>;
  readonly shared: string;
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: string;
}

for (const { file, title, counts } of [
  { file: 'x25519_jwk_test.json', title: 'X25519', counts: { opened: 474, refused: 57 } },
  { file: 'ecdh_secp256r1_webcrypto_test.json', title: 'P-256', counts: { opened: 330, refused: 23 } },
]) {
  conformance(`wycheproof/${file}`, `${title}: a key package sealed under each shared secret of Wycheproof opens with the private key, and never with a share that is no sound key`, async (t, path) => {
    const seen = { opened: 0, refused: 0 };
    for (const v of readJson<{ testGroups: { tests: Agreement[] }[] }>(path).testGroups.flatMap((group) => group.tests)) {
      const pair = await importDeliveryJwk(JSON.stringify(v.private));
      const { kid: _kid, ...share } = v.public;
      const code = await codeOf(() => openDelivery(packageFor(pair.public_jwk, share, decodeHex(v.shared)), { form: 'jwe', ...pair }, { binding }));
      const expected = refusalOf(v, share);
      seen[expected === undefined ? 'opened' : 'refused'] += 1;
      t.is(code, expected, `${v.tcId} ${v.comment}`);
    }
    t.deepEqual(seen, counts);
  });
}

// Invalid, with a secret that everyone knows, or in a second encoding of its point: one key has one text here.
function refusalOf(v: Agreement, share: unknown): CryptoErrorCode | undefined {
  return v.result === 'invalid' || v.flags.includes('ZeroSharedSecret') || v.flags.includes('NonCanonicalPublic') || isNotCanonical(share) ? 'jwe_header_not_allowed' : undefined;
}

// RFC 7748 masks the highest bit of a share; a key that has it set is a second text of the key that has not.
function isNotCanonical(share: unknown): boolean {
  const { crv, x } = share as Record<string, string>;
  return crv === 'X25519' && ((Buffer.from(x ?? '', 'base64url')[31] ?? 0) & 0x80) !== 0;
}

conformance('wycheproof/x25519_jwk_test.json', 'a key that says more than its public half, or is of another kind, is no delivery key', (t, file) => {
  const all = readJson<{ testGroups: { tests: Agreement[] }[] }>(file).testGroups.flatMap((group) => group.tests);
  t.is(all.length, 531);
  for (const v of all) t.throws(() => parseDeliveryJwk(v.public), refusal('key_not_allowed'), `${v.tcId}`);
  const invalid = all.filter((v) => v.result === 'invalid');
  t.is(invalid.length, 13);
  for (const v of invalid) {
    // 519 is a sound key of P-256: as a share for an X25519 key it is refused above.
    if (v.tcId === 519) t.is(publicHalf(v.public).crv, 'P-256');
    else t.throws(() => publicHalf(v.public), refusal('key_not_allowed'), `${v.tcId} ${v.comment}`);
  }
});

async function refusedInEveryForm(t: ExecutionContext, output: Record<string, unknown>, name: string, pair?: Awaited<ReturnType<typeof importDeliveryJwk>>): Promise<void> {
  const own = pair ?? (await importDeliveryJwk(generateDeliveryJwk()));
  const forms = Object.values(output);
  t.true(forms.length >= 1);
  for (const form of forms) {
    const text = typeof form === 'string' ? form : JSON.stringify(form);
    t.is(await codeOf(() => openDelivery(utf8(text), { form: 'jwe', ...own }, { binding })), 'jwe_malformed', name);
    if (typeof form === 'string') t.true(['jwe_malformed', 'jwe_header_not_allowed'].includes((await codeOf(() => openDelivery(utf8(JSON.stringify(flattened(form))), { form: 'jwe', ...own }, { binding }))) ?? ''), name);
  }
}

/** A compact JWE as the Flattened JSON that it stands for. */
function flattened(jwe: string): unknown {
  const [header, encrypted_key, iv, ciphertext, tag] = jwe.split('.');
  return { protected: header, encrypted_key, iv, ciphertext, tag };
}

/** A key package in JWE, made from a shared secret that is given instead of computed (RFC 7518 §4.6.2). */
function packageFor(recipient: Parameters<typeof deliveryKid>[0], share: unknown, shared: Uint8Array): Uint8Array {
  const kid = deliveryKid(recipient);
  const apv = sha256(canonicalBytes([...binding, kid]));
  const lengthOf = (bytes: number): Uint8Array => new Uint8Array([0, 0, bytes >> 8, bytes & 255]);
  const alg = utf8('ECDH-ES+A256KW');
  const kek = sha256(lengthOf(1), shared, lengthOf(alg.length), alg, lengthOf(0), lengthOf(apv.length), apv, lengthOf(256));
  const cek = new Uint8Array(32).fill(3);
  const wrap = createCipheriv('id-aes256-wrap', kek, Buffer.from('A6A6A6A6A6A6A6A6', 'hex'));
  const header = encodeBase64url(canonicalBytes({ alg: 'ECDH-ES+A256KW', apv: encodeBase64url(apv), cty: 'text/x-age-identity', enc: 'A256GCM', epk: share, kid, typ: 'key-package+jwe' }));
  const iv = new Uint8Array(12);
  const cipher = createCipheriv('aes-256-gcm', cek, iv).setAAD(utf8(header));
  const ciphertext = concatBytes(cipher.update('text'), cipher.final());
  const members = { protected: header, encrypted_key: concatBytes(wrap.update(cek), wrap.final()), iv, ciphertext, tag: cipher.getAuthTag() };
  return utf8(JSON.stringify(Object.fromEntries(Object.entries(members).map(([name, value]) => [name, typeof value === 'string' ? value : encodeBase64url(value)]))));
}
