import { createHmac } from 'node:crypto';
import { encodeBase64url, equalBytes, sha256, utf8 } from '#crypto';

// Digits and letters that cannot be taken for one another (Crockford): no I, L, O, U.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A fresh 128-bit secret in base64url, for a link or a cookie. */
export function newToken(random: (size: number) => Uint8Array): string {
  return encodeBase64url(random(16));
}

/** `length` random characters that a person can read aloud and type; 5 bits each. */
export function newCode(random: (size: number) => Uint8Array, length: number): string {
  return [...random(length)].map((byte) => ALPHABET[byte & 31]).join('');
}

/** A typed code as it was meant: upper case, without blanks and hyphens, look-alikes read as what they must be. */
export function readCode(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
}

/** A code in groups of four, for people. */
export function showCode(code: string): string {
  return code.replaceAll(/(.{4})(?=.)/g, '$1-');
}

/**
 * What is stored instead of a code that a person types: HMAC-SHA-256 (RFC 2104) under the portal's key for codes, over its purpose, the
 * row it belongs to, and the code. Forty bits behind a plain hash are tried out in seconds by whoever reads the database.
 */
export function hashCode(code_key: Uint8Array, o: { purpose: string; row: string; code: string }): string {
  return encodeBase64url(new Uint8Array(createHmac('sha256', code_key).update(`sceau ${o.purpose}\0${o.row}\0${o.code}`).digest()));
}

/** What is stored instead of a secret of 80 bits or more; `purpose` keeps one from being used as another. */
export function hashSecret(purpose: string, secret: string): string {
  return encodeBase64url(sha256(utf8(`sceau ${purpose}\0${secret}`)));
}

/** Whether two stored hashes are equal, in constant time. */
export function sameHash(a: string, b: string): boolean {
  return equalBytes(utf8(a), utf8(b));
}
