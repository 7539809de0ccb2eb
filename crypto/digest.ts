import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { decodeHex, encodeHex, sha256 } from './bytes.ts';
import { CryptoError } from './errors.ts';

/** A SHA-256 digest as it stands in JSON: `sha256:` and 43 characters of unpadded base64url. */
export type Digest = `sha256:${string}`;

const PREFIX = 'sha256:';

/** The digest of `bytes` as it stands in JSON. */
export function digestOf(bytes: Uint8Array): Digest {
  return digestFromBytes(sha256(bytes));
}

/** The JSON form of a digest already computed: 32 bytes, or `malformed_digest`. */
export function digestFromBytes(hash: Uint8Array): Digest {
  if (hash.length !== 32) throw new CryptoError('malformed_digest', `${hash.length} bytes where 32 are expected`);
  return `${PREFIX}${encodeBase64url(hash)}`;
}

/** The 32 bytes of a digest; refuses any other text with `malformed_digest`. */
export function digestBytes(digest: Digest): Uint8Array {
  if (typeof digest !== 'string' || !digest.startsWith(PREFIX)) throw new CryptoError('malformed_digest', 'not a sha256: digest');
  try {
    return decodeBase64url(digest.slice(PREFIX.length), 32);
  } catch (cause) {
    throw new CryptoError('malformed_digest', 'not 32 bytes of unpadded base64url', cause);
  }
}

/** The lower-case hexadecimal form of a digest, for paths of the body store. */
export function hexOfDigest(digest: Digest): string {
  return encodeHex(digestBytes(digest));
}

/** The digest of which `hex` is the path form: 64 lower-case characters, or `malformed_digest`. */
export function digestFromHex(hex: string): Digest {
  try {
    return digestFromBytes(decodeHex(hex));
  } catch (cause) {
    throw new CryptoError('malformed_digest', 'not 64 lower-case hexadecimal characters', cause);
  }
}
