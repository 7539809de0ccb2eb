import { createHmac } from 'node:crypto';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { equalBytes, randomBytes, utf8 } from './bytes.ts';
import { digestBytes, digestFromBytes, type Digest } from './digest.ts';
import { CryptoError } from './errors.ts';

const KEY_BYTES = 32;

/** What a public act says instead of a name, and the key given to the act's parties only. */
export interface BlindedSubject {
  /** 32 random bytes, base64url, for one act; destroying it ends the link. */
  readonly key: string;
  /** HMAC-SHA-256 (RFC 2104) of the UTF-8 text under the key, written like a digest. */
  readonly subject: Digest;
}

/**
 * Hides `text` (a digest, an id) in an act of the public log. A second text of the same act (its actor) takes the same `key`.
 * Without a key, 32 fresh random bytes. Refuses a key of another length with `malformed_salt`.
 */
export function blindSubject(text: string, key: string = encodeBase64url(randomBytes(KEY_BYTES))): BlindedSubject {
  return { key, subject: digestFromBytes(hmac(text, key)) };
}

/** Whether `subject` hides `text` under `key`, compared in constant time. */
export function checkBlindSubject(text: string, key: string, subject: Digest): boolean {
  return equalBytes(hmac(text, key), digestBytes(subject));
}

function hmac(text: string, key: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = decodeBase64url(key, KEY_BYTES);
  } catch (cause) {
    throw new CryptoError('malformed_salt', 'not 32 bytes of base64url', cause);
  }
  return new Uint8Array(createHmac('sha256', bytes).update(utf8(text)).digest());
}
