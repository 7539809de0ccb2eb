import { CryptoError } from './errors.ts';

const ALPHABET = /^[A-Za-z0-9_-]*$/;

/** Bytes as unpadded base64url (RFC 4648 §5). */
export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

/**
 * The bytes of unpadded base64url text, accepting exactly one text per byte string: no blank, no padding, no `+` or `/`,
 * unused last bits zero; with `length`, exactly that many bytes. Refuses with `malformed_base64url`.
 */
export function decodeBase64url(text: string, length?: number): Uint8Array {
  // Node's decoder skips what it does not know, so the alphabet is checked first and the result is encoded back.
  if (typeof text !== 'string' || !ALPHABET.test(text)) {
    throw new CryptoError('malformed_base64url', 'a character outside the base64url alphabet');
  }
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
  if (encodeBase64url(bytes) !== text) throw new CryptoError('malformed_base64url', 'not the one encoding of its bytes');
  if (length !== undefined && bytes.length !== length) {
    throw new CryptoError('malformed_base64url', `${bytes.length} bytes where ${length} are expected`);
  }
  return bytes;
}

/** The bytes of padded standard base64 (RFC 4648 §4), one text per byte string; `undefined` for any other text. */
export function readBase64(text: string, length: number): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}
