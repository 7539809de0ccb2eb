import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from '../base64url.ts';
import { encodeHex, sha256 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { canonicalBytes } from '../json/canonical-json.ts';
import { hasExactly } from '../json/shape.ts';

/** A public signing key as a JWK (RFC 7517, RFC 8037): Ed25519 with `x`, or P-256 with `x` and `y`; no other member. */
export interface PublicJwk {
  readonly kty: 'OKP' | 'EC';
  readonly crv: 'Ed25519' | 'P-256';
  readonly x: string;
  readonly y?: string;
}

/** The two signature algorithms, by their fully specified JOSE names (RFC 9864, RFC 7518). */
export type SignatureAlgorithm = 'Ed25519' | 'ES256';

const ED25519_PRIME = (1n << 255n) - 19n;
const P256_PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
// The y coordinates of the eight points of small order: under such a key one signature verifies for many messages.
const SMALL_ORDER_Y = new Set([
  0n,
  1n,
  ED25519_PRIME - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
]);

/**
 * The gate for public keys: exact members, fully specified curve, canonical coordinates, a point that is on the curve and not
 * of small order; one key has one text and so one thumbprint. Refuses with `key_not_allowed` (kind) or `malformed_key`.
 */
export function parsePublicJwk(value: unknown): PublicJwk {
  if (
    hasExactly(value, ['kty', 'crv', 'x']) &&
    value['kty'] === 'OKP' &&
    value['crv'] === 'Ed25519' &&
    typeof value['x'] === 'string'
  ) {
    const jwk: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: value['x'] };
    assertEd25519Point(coordinate(jwk.x));
    return onCurve(jwk);
  }
  if (
    hasExactly(value, ['kty', 'crv', 'x', 'y']) &&
    value['kty'] === 'EC' &&
    value['crv'] === 'P-256' &&
    typeof value['x'] === 'string' &&
    typeof value['y'] === 'string'
  ) {
    const jwk: PublicJwk = { kty: 'EC', crv: 'P-256', x: value['x'], y: value['y'] };
    for (const text of [value['x'], value['y']]) {
      if (BigInt(`0x${encodeHex(coordinate(text))}`) >= P256_PRIME) {
        throw new CryptoError('malformed_key', 'a coordinate outside the field of P-256');
      }
    }
    return onCurve(jwk);
  }
  throw new CryptoError('key_not_allowed', 'only an Ed25519 or P-256 public JWK without further members');
}

/** The RFC 7638 SHA-256 thumbprint of a public key, base64url: the `kid` everywhere. */
export function thumbprint(jwk: { readonly kty: string; readonly crv: string; readonly x: string; readonly y?: string }): string {
  const { kty, crv, x, y } = jwk;
  return encodeBase64url(sha256(canonicalBytes(y === undefined ? { kty, crv, x } : { kty, crv, x, y })));
}

/** The algorithm that a key signs with: it follows from the key, never from a message. */
export function algorithmOf(jwk: PublicJwk): SignatureAlgorithm {
  return jwk.crv === 'Ed25519' ? 'Ed25519' : 'ES256';
}

/** Whether `signature` (64 bytes: RFC 8032, or r‖s for ES256) over `data` is by the holder of `jwk`; a malformed key is refused. */
export function verifySignature(jwk: PublicJwk, data: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  const key = keyObject(parsePublicJwk(jwk));
  return jwk.crv === 'Ed25519'
    ? verify(null, data, key, signature)
    : verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature);
}

// RFC 8032 §5.1.3: little-endian y, the sign of x in the highest bit. A y beyond the prime would be a second text of one key.
function assertEd25519Point(bytes: Uint8Array): void {
  const y = BigInt(`0x${encodeHex(bytes.toReversed())}`) & ((1n << 255n) - 1n);
  if (y >= ED25519_PRIME) throw new CryptoError('malformed_key', 'an Ed25519 key that is not the one encoding of its point');
  if (SMALL_ORDER_Y.has(y)) throw new CryptoError('malformed_key', 'an Ed25519 point of small order');
}

function keyObject(jwk: PublicJwk): KeyObject {
  return createPublicKey({ key: { ...jwk }, format: 'jwk' });
}

function onCurve(jwk: PublicJwk): PublicJwk {
  try {
    keyObject(jwk);
  } catch (cause) {
    throw new CryptoError('malformed_key', 'not a point of the curve', cause);
  }
  return jwk;
}

function coordinate(text: string): Uint8Array {
  try {
    return decodeBase64url(text, 32);
  } catch (cause) {
    throw new CryptoError('malformed_key', 'a coordinate is not 32 bytes of base64url', cause);
  }
}
