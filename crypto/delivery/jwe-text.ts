import { FlattenedEncrypt, flattenedDecrypt, importJWK } from 'jose';
import { decodeBase64url, encodeBase64url } from '../base64url.ts';
import { sha256, utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { canonicalBytes } from '../json/canonical-json.ts';
import { hasExactly } from '../json/shape.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { type DeliveryJwk, deliveryKid, type DeliveryKeyPair, parseDeliveryJwk } from './jwe-key.ts';

/** Most bytes of a JWE accepted. */
export const JWE_MAX_BYTES = 16 * 1024;

/** What a sealed text is for, one thing after the other, first a word that names the purpose: for JWE it is bound into the key. */
export type Binding = readonly (string | number)[];

const ALG = 'ECDH-ES+A256KW';
const ENC = 'A256GCM';
const TYP = 'key-package+jwe';
const CTY = 'text/x-age-identity';

/** Seals a text to a JWK as a Flattened JSON JWE (RFC 7516 §7.2.2), bound to its purpose by `apv`; refuses a bad key like `parseDeliveryJwk`. */
export async function sealJwe(text: string, jwk: DeliveryJwk, binding: Binding): Promise<Uint8Array> {
  const recipient = parseDeliveryJwk(jwk);
  const kid = deliveryKid(recipient);
  const jwe = await new FlattenedEncrypt(utf8(text))
    .setProtectedHeader({ alg: ALG, enc: ENC, typ: TYP, cty: CTY, kid })
    .setKeyManagementParameters({ apv: partyInfo(binding, kid) })
    .encrypt(await importJWK({ ...recipient }, ALG));
  return utf8(`${JSON.stringify(jwe)}\n`);
}

/**
 * Opens a JWE with one's own key, in these steps: 1 size (`too_large`) · 2 strict JSON, exactly the five members in strict base64url
 * (`jwe_malformed`) · 3 the header has exactly our members, algorithms and types (`jwe_header_not_allowed`) · 4 it is for this key
 * (`wrong_recipient`) · 5 for this purpose (`package_mismatch`) · 6 with a share that is a point of the key's curve (`jwe_header_not_allowed`) · 7 it decrypts
 * (`jwe_authentication`, whatever was wrong).
 */
export async function openJwe(bytes: Uint8Array, pair: DeliveryKeyPair, binding: Binding): Promise<Uint8Array> {
  // 1
  if (bytes.length > JWE_MAX_BYTES) throw new CryptoError('too_large', `a JWE of more than ${JWE_MAX_BYTES} bytes`);
  // 2
  const jwe = readMembers(bytes);
  const header = readHeader(jwe.protected);
  // 3
  if (!hasExactly(header, ['alg', 'enc', 'typ', 'cty', 'kid', 'epk', 'apv']) || header['alg'] !== ALG || header['enc'] !== ENC || header['typ'] !== TYP || header['cty'] !== CTY) {
    throw new CryptoError('jwe_header_not_allowed', 'a header other than that of a key package');
  }
  // 4
  const kid = deliveryKid(pair.public_jwk);
  if (header['kid'] !== kid) throw new CryptoError('wrong_recipient', 'the JWE is for another key');
  // 5
  if (header['apv'] !== encodeBase64url(partyInfo(binding, kid))) throw new CryptoError('package_mismatch', 'the JWE was sealed for another purpose');
  // 6
  if (shareOf(header['epk']).crv !== pair.public_jwk.crv) throw new CryptoError('jwe_header_not_allowed', 'a share of another curve than the key');
  // 7
  try {
    const { plaintext } = await flattenedDecrypt(jwe, pair.private_key, { keyManagementAlgorithms: [ALG], contentEncryptionAlgorithms: [ENC] });
    return plaintext;
  } catch {
    throw new CryptoError('jwe_authentication', 'the JWE does not open with this key');
  }
}

interface Members {
  protected: string;
  encrypted_key: string;
  iv: string;
  ciphertext: string;
  tag: string;
}

function readMembers(bytes: Uint8Array): Members {
  try {
    const value = parseStrictJson(bytes, { maxBytes: JWE_MAX_BYTES });
    if (!hasExactly(value, ['protected', 'encrypted_key', 'iv', 'ciphertext', 'tag'])) throw new CryptoError('not_json', 'other members than the five');
    const text = (name: string, length?: number): string => {
      const member = value[name];
      if (typeof member !== 'string') throw new CryptoError('malformed_base64url', `${name} is no text`);
      decodeBase64url(member, length);
      return member;
    };
    return { protected: text('protected'), encrypted_key: text('encrypted_key', 40), iv: text('iv', 12), ciphertext: text('ciphertext'), tag: text('tag', 16) };
  } catch (cause) {
    throw new CryptoError('jwe_malformed', 'not a JWE in Flattened JSON form', cause);
  }
}

function readHeader(text: string): unknown {
  try {
    return parseStrictJson(decodeBase64url(text), { maxBytes: 4096 });
  } catch (cause) {
    throw new CryptoError('jwe_malformed', 'a protected header that is not JSON', cause);
  }
}

function shareOf(value: unknown): DeliveryJwk {
  try {
    return parseDeliveryJwk(value);
  } catch (cause) {
    throw new CryptoError('jwe_header_not_allowed', 'a share that is not an acceptable public key', cause);
  }
}

// RFC 7518 §4.6.1.3: goes into the derivation of the key that wraps, so a JWE copied elsewhere opens nowhere.
function partyInfo(binding: Binding, kid: string): Uint8Array {
  return sha256(canonicalBytes([...binding, kid]));
}
