import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { equalBytes, randomBytes, sha256 } from './bytes.ts';
import { type Digest, digestBytes, digestFromBytes } from './digest.ts';
import { CryptoError } from './errors.ts';
import { canonicalBytes } from './json/canonical-json.ts';

const SALT_BYTES = 32;

/** A public commitment and the secret salt without which it says nothing about the value. */
export interface Commitment {
  /** 32 random bytes, base64url; destroy it and the value, and the commitment is empty. */
  readonly salt: string;
  readonly commitment: Digest;
}

/** Commits to a JSON value: SHA-256(salt ‖ JCS(value)) under 32 fresh random bytes. */
export function commitTo(value: unknown): Commitment {
  const salt = randomBytes(SALT_BYTES);
  return { salt: encodeBase64url(salt), commitment: digestFromBytes(sha256(salt, canonicalBytes(value))) };
}

/** Whether `commitment` is to `value` under `salt`; a salt of another length than 32 bytes is refused with `malformed_salt`. */
export function checkCommitment(value: unknown, salt: string, commitment: Digest): boolean {
  return equalBytes(sha256(readSalt(salt), canonicalBytes(value)), digestBytes(commitment));
}

// With a salt of free length, salt and value could be cut elsewhere and one commitment opened to two values.
function readSalt(salt: string): Uint8Array {
  try {
    return decodeBase64url(salt, SALT_BYTES);
  } catch (cause) {
    throw new CryptoError('malformed_salt', 'not 32 bytes of base64url', cause);
  }
}
