import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { hasExactly } from '../json/shape.ts';
import { parseStrictJson } from '../json/strict-json.ts';
import {
  algorithmOf,
  parsePublicJwk,
  type PublicJwk,
  type SignatureAlgorithm,
  thumbprint,
  verifySignature,
} from './public-key.ts';

/** A private signing key with its public half and its name; `kid` is the RFC 7638 thumbprint of `public_jwk`. */
export interface SigningKey {
  readonly kid: string;
  readonly alg: SignatureAlgorithm;
  readonly public_jwk: PublicJwk;
  readonly private_key: KeyObject;
}

/** A new signing key: Ed25519, or ES256 where the key must resemble one that a hardware module or a browser holds. */
export function generateSigningKey(alg: SignatureAlgorithm = 'Ed25519'): SigningKey {
  const pair = alg === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return fromPrivateKey(pair.privateKey);
}

/** The private key as JWK text (RFC 8037 §2, RFC 7518 §6.2): a secret, for a key file of mode 0600 and nothing else. */
export function exportSigningKey(key: SigningKey): string {
  const { kty, crv, x, y, d } = key.private_key.export({ format: 'jwk' });
  return JSON.stringify(y === undefined ? { kty, crv, x, d } : { kty, crv, x, y, d });
}

/** The key of a private JWK text; its public half is recomputed and must be the one written. Refuses with `key_not_allowed` or `malformed_key`. */
export function importSigningKey(text: string): SigningKey {
  const value = parseStrictJson(utf8(text), { maxBytes: 4096 });
  if (!hasExactly(value, ['kty', 'crv', 'x', 'd'], ['y']) || typeof value['d'] !== 'string') {
    throw new CryptoError('key_not_allowed', 'not a private JWK of an allowed kind');
  }
  const { d, ...publicPart } = value;
  const jwk = parsePublicJwk(publicPart);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: { ...jwk, d }, format: 'jwk' });
  } catch (cause) {
    throw new CryptoError('malformed_key', 'not a private key', cause);
  }
  const key = fromPrivateKey(privateKey);
  assertBelongs(key, jwk);
  return key;
}

/** The 64-byte signature of `data`: Ed25519 (RFC 8032) or ECDSA P-256 with SHA-256 as r‖s. */
export function signBytes(key: SigningKey, data: Uint8Array): Uint8Array {
  return new Uint8Array(
    key.alg === 'Ed25519'
      ? sign(null, data, key.private_key)
      : sign('sha256', data, { key: key.private_key, dsaEncoding: 'ieee-p1363' }),
  );
}

function fromPrivateKey(privateKey: KeyObject): SigningKey {
  const { kty, crv, x, y } = privateKey.export({ format: 'jwk' });
  const jwk = parsePublicJwk(y === undefined ? { kty, crv, x } : { kty, crv, x, y });
  return { kid: thumbprint(jwk), alg: algorithmOf(jwk), public_jwk: jwk, private_key: privateKey };
}

// An export echoes the x and y it was given, so the halves are compared by use: a signature of one must verify under the other.
function assertBelongs(key: SigningKey, jwk: PublicJwk): void {
  const probe = utf8('sceau key file check');
  if (key.kid !== thumbprint(jwk) || !verifySignature(jwk, probe, signBytes(key, probe))) {
    throw new CryptoError('malformed_key', 'the public half of the key is not that of its private half');
  }
}
