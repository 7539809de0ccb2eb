import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CryptoErrorCode,
  decodeBase64url,
  generateSigningKey,
  parsePublicJwk,
  type PublicJwk,
  utf8,
  verifySignature,
  verifyStatement,
} from '#crypto';
import { codeOf, conformance, readJson, refusal } from './conformance.ts';

const typ = 'grant+jws';
const keyFor = (): PublicJwk => generateSigningKey().public_jwk;

interface Example {
  readonly input: { readonly key: PublicJwk & { d: string } };
  readonly signing: { readonly sig: string; readonly 'sig-input': string };
  readonly output: { readonly compact?: string; readonly json?: unknown; readonly json_flat?: unknown };
}

/** Section, code and reason for which each sound signature of RFC 7520 is no statement of ours. */
const refusedThoughValid: readonly (readonly [string, CryptoErrorCode, string])[] = [
  ['4_1', 'header_not_allowed', 'RSA PKCS#1, and no typ'],
  ['4_2', 'header_not_allowed', 'RSA-PSS, and no typ'],
  ['4_3', 'header_not_allowed', 'P-521, and no typ'],
  ['4_4', 'header_not_allowed', 'HMAC, and no typ'],
  ['4_5', 'malformed_statement', 'the payload is elsewhere: a statement carries what it says'],
  ['4_6', 'malformed_statement', 'an unprotected header: nobody signed it'],
  ['4_7', 'malformed_statement', 'no protected header at all'],
  ['4_8', 'malformed_statement', 'three signatures, with unprotected headers'],
];

conformance('jose-cookbook-rfc7520/jws', 'the eight signatures of RFC 7520 §4 are no statements, each for its reason, in every form that is printed', async (t, folder) => {
  const names = readdirSync(folder).sort();
  t.deepEqual(names.map((name) => name.split('.')[0]), refusedThoughValid.map(([section]) => section));
  for (const [index, [section, code, why]] of refusedThoughValid.entries()) {
    const { output } = readJson<Example>(join(folder, names[index] ?? ''));
    t.is(await codeOf(() => verifyStatement(output.json, { typ, keyFor })), code, `${section}: ${why}`);
    // The flattened and the compact form are other shapes, whatever they hold.
    for (const other of [output.json_flat, output.compact]) {
      if (other !== undefined) t.is(await codeOf(() => verifyStatement(other, { typ, keyFor })), 'malformed_statement', section);
    }
  }
});

conformance('jose-cookbook-rfc7520/jwk', 'the six keys of RFC 7520 §3 do not pass the gate for keys: RSA, P-521 and secrets', (t, folder) => {
  const names = readdirSync(folder);
  t.is(names.length, 6);
  for (const name of names) t.throws(() => parsePublicJwk(readJson(join(folder, name))), refusal('key_not_allowed'), name);
});

conformance('jose-cookbook-rfc7520/rfc7797', 'a payload that is not encoded (RFC 7797) is no statement, in any of its forms', async (t, folder) => {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  t.is(names.length, 2);
  for (const name of names) {
    const { output } = readJson<Example>(join(folder, name));
    const codes = await Promise.all([output.json, output.json_flat, output.compact].map((form) => codeOf(() => verifyStatement(form, { typ, keyFor }))));
    t.deepEqual(codes, ['malformed_base64url', 'malformed_statement', 'malformed_statement'], name);
  }
});

conformance(
  'jose-cookbook-rfc7520/curve25519/jws.json',
  'the Ed25519 signature of the JOSE cookbook verifies, and as a statement it is refused for its header',
  (t, file) => {
    const { input, signing } = readJson<Example>(file);
    const jwk = { kty: input.key.kty, crv: input.key.crv, x: input.key.x };
    t.true(verifySignature(jwk, utf8(signing['sig-input']), decodeBase64url(signing.sig)));
    const [head = '', middle = ''] = signing['sig-input'].split('.');
    const statement = { payload: middle, signatures: [{ protected: head, signature: signing.sig }] };
    t.throws(() => verifyStatement(statement, { typ, keyFor: () => jwk }), refusal('header_not_allowed'));
  },
);
