import type { ContentKey } from '../age/content-key.ts';
import { openHeader } from '../age/header.ts';
import { recipientOf } from '../age/recipient.ts';
import { type Digest, digestOf } from '../digest.ts';
import { CryptoError } from '../errors.ts';

/** A header to open: digest, size and recipient from a verified manifest, the header from anywhere. */
export interface HeaderToOpen {
  readonly header: Uint8Array;
  readonly header_sha256: Digest;
  readonly header_size: number;
  readonly recipient: string;
  readonly content_key: ContentKey;
}

/**
 * The file key of a body, by steps 1 to 3 of SPEC.md §7.3; the caller overwrites it after use. Refuses with `header_size_mismatch`,
 * `header_digest_mismatch`, `recipient_mismatch` and the codes of `openHeader`.
 */
export async function verifiedFileKey(o: HeaderToOpen): Promise<Uint8Array> {
  // 1 the header is the signed one; a copy, so that what is checked is what is opened
  const header = o.header.slice();
  if (header.length !== o.header_size) {
    throw new CryptoError('header_size_mismatch', `a header of ${header.length} bytes where ${o.header_size} are signed`);
  }
  if (digestOf(header) !== o.header_sha256) {
    throw new CryptoError('header_digest_mismatch', 'not the header that the manifest names');
  }
  // 2 the content key is the one that the manifest names, derived anew from its secret
  if ((await recipientOf(o.content_key.identity)) !== o.recipient) {
    throw new CryptoError('recipient_mismatch', 'this content key does not belong to what the manifest describes');
  }
  // 3 exactly one stanza, for that key, and the header's MAC
  return openHeader(header, [o.content_key.identity], { maxStanzas: 1 });
}
