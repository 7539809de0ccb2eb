import { readBase64 } from '../base64url.ts';
import { CryptoError } from '../errors.ts';

/** The Content-Digest field (RFC 9530) of a body with that SHA-256 digest. */
export function writeContentDigest(digest: Uint8Array): string {
  return `sha-256=:${Buffer.from(digest).toString('base64')}:`;
}

/** The 32 bytes of a Content-Digest field that holds exactly one SHA-256 digest; anything else is `content_digest_malformed`. */
export function readContentDigest(field: string): Uint8Array {
  const [, encoded] = /^sha-256=:([A-Za-z0-9+/]{43}=):$/.exec(field) ?? [];
  const bytes = encoded === undefined ? undefined : readBase64(encoded, 32);
  if (bytes === undefined) {
    throw new CryptoError('content_digest_malformed', 'a Content-Digest that is not exactly one sha-256 digest');
  }
  return bytes;
}

/** Refuses with `content_type_malformed` a Content-Type that is not printable ASCII of a media type; returns it as it is. */
export function requireContentType(field: string): string {
  if (
    !/^[A-Za-z0-9!#$&^_.+-]{1,127}\/[A-Za-z0-9!#$&^_.+-]{1,127}(?: ?; ?[\x21-\x2b\x2d-\x3a\x3c-\x7e]{1,200}){0,3}$/.test(field)
  ) {
    throw new CryptoError('content_type_malformed', 'not a media type');
  }
  return field;
}
