import { createPrivateKey, generateKeyPairSync, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import { decodeBase64url } from '../base64url.ts';
import { encodeHex, utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { hasExactly } from '../json/shape.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import { parsePublicJwk, thumbprint } from '../key/public-key.ts';

/** A public key for JWE as a JWK: X25519 with `x` (RFC 8037), or P-256 with `x` and `y`; no other member. */
export type DeliveryJwk =
  | { readonly kty: 'OKP'; readonly crv: 'X25519'; readonly x: string }
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string };

/** A private key for JWE: WebCrypto's, not extractable where it was made so (browsers, `importDeliveryJwk`), with its public half. */
export interface DeliveryKeyPair {
  readonly public_jwk: DeliveryJwk;
  readonly private_key: CryptoKey;
}

const X25519_PRIME = (1n << 255n) - 19n;
// RFC 7748: with one of these u coordinates the shared secret is zero, whatever the other side's key.
const X25519_LOW_ORDER = new Set([
  0n,
  1n,
  X25519_PRIME - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
]);

/**
 * The gate for public keys of JWE delivery: exact members, curve X25519 or P-256, canonical coordinates, no point of low order.
 * Refuses with `key_not_allowed` (kind, private members) or `malformed_key`.
 */
export function parseDeliveryJwk(value: unknown): DeliveryJwk {
  if (hasExactly(value, ['kty', 'crv', 'x']) && value['kty'] === 'OKP' && value['crv'] === 'X25519' && typeof value['x'] === 'string') {
    const u = BigInt(`0x${encodeHex(coordinate(value['x']).toReversed())}`);
    if (u >= X25519_PRIME) throw new CryptoError('malformed_key', 'an X25519 key that is not the one encoding of its point');
    if (X25519_LOW_ORDER.has(u)) throw new CryptoError('malformed_key', 'an X25519 point of low order');
    return { kty: 'OKP', crv: 'X25519', x: value['x'] };
  }
  if (hasExactly(value, ['kty', 'crv', 'x', 'y']) && value['crv'] === 'P-256') {
    const { x, y } = parsePublicJwk(value);
    if (y !== undefined) return { kty: 'EC', crv: 'P-256', x, y };
  }
  throw new CryptoError('key_not_allowed', 'only an X25519 or P-256 public JWK without further members');
}

/** A new key pair for JWE as private JWK text: a secret, for a key file of mode 0600 and nothing else. */
export function generateDeliveryJwk(crv: DeliveryJwk['crv'] = 'X25519'): string {
  const pair = crv === 'X25519' ? generateKeyPairSync('x25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return JSON.stringify(pair.privateKey.export({ format: 'jwk' }));
}

/**
 * The key pair of a private JWK text; members that say what a key is for (`alg use key_ops kid`) are passed over, the public half is
 * recomputed and must be the one written. Refuses with `key_not_allowed`, `malformed_key` or the codes of strict JSON.
 */
export async function importDeliveryJwk(text: string): Promise<DeliveryKeyPair> {
  const value = parseStrictJson(utf8(text), { maxBytes: 4096 });
  const written = publicHalf(value);
  if (!hasExactly(value, ['d'], ['kty', 'crv', 'x', 'y', ...ABOUT]) || typeof value['d'] !== 'string') {
    throw new CryptoError('key_not_allowed', 'not a private JWK of an allowed kind');
  }
  const { d } = value;
  let key: KeyObject;
  try {
    const input: JsonWebKeyInput = { key: { ...written, d }, format: 'jwk' };
    key = createPrivateKey(input);
  } catch {
    // The cause may quote the key, which is a secret.
    throw new CryptoError('malformed_key', 'not a private key of its curve');
  }
  // Through PKCS #8 OpenSSL forgets the public half that was written and computes its own.
  const computed = createPrivateKey({ key: key.export({ format: 'der', type: 'pkcs8' }), format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  if (computed.x !== written.x || computed.y !== ('y' in written ? written.y : undefined)) {
    throw new CryptoError('malformed_key', 'the public half written is not that of the private key');
  }
  const algorithm = written.crv === 'X25519' ? { name: 'X25519' } : { name: 'ECDH', namedCurve: 'P-256' };
  return { public_jwk: written, private_key: await crypto.subtle.importKey('jwk', { ...written, d }, algorithm, false, ['deriveBits']) };
}

/**
 * The public half of a JWK, private or not, with or without members that say what it is for. Refuses like `parseDeliveryJwk`.
 */
export function publicHalf(value: unknown): DeliveryJwk {
  if (!hasExactly(value, ['kty', 'crv', 'x'], ['y', 'd', ...ABOUT])) throw new CryptoError('key_not_allowed', 'not a JWK of an allowed kind');
  const { kty, crv, x, y } = value;
  return parseDeliveryJwk(y === undefined ? { kty, crv, x } : { kty, crv, x, y });
}

/** The name of a delivery JWK: its RFC 7638 thumbprint. */
export function deliveryKid(jwk: DeliveryJwk): string {
  return thumbprint(jwk);
}

const ABOUT = ['alg', 'use', 'key_ops', 'kid', 'ext'];

function coordinate(text: string): Uint8Array {
  try {
    return decodeBase64url(text, 32);
  } catch (cause) {
    throw new CryptoError('malformed_key', 'a coordinate is not 32 bytes of base64url', cause);
  }
}
