import { openHeader } from '../age/header.ts';
import { recipientOf } from '../age/recipient.ts';
import type { ContentKey } from '../age/content-key.ts';
import { type Digest, digestOf } from '../digest.ts';
import { CryptoError } from '../errors.ts';
import { LEAF_SIZE } from './body-tree.ts';
import type { ByteSink, ByteSource } from './byte-stream.ts';
import { createLeafVerifier } from './leaf-verifier.ts';
import { createStreamOpener } from './open-stream.ts';
import { createOverlappedSink, type OverlappedSink } from './overlapped-sink.ts';

/** A sealed body to open: digests, sizes and recipient from a verified manifest; header and leaves from anywhere. */
export interface SealedBodyToOpen {
  readonly header: Uint8Array;
  readonly header_sha256: Digest;
  readonly header_size: number;
  readonly recipient: string;
  readonly body_size: number;
  readonly root: Digest;
  readonly leaves: Uint8Array;
  readonly content_key: ContentKey;
}

/**
 * Opens a sealed body in the order of SPEC.md §7.3. The sink gets plaintext of verified chunks of verified leaves only; an error
 * after that means the rest is missing, so the caller keeps what it wrote under a provisional name until the promise resolves.
 * Refuses with `header_size_mismatch`, `header_digest_mismatch`, `recipient_mismatch`, the codes of `openHeader`,
 * `body_size_impossible`, `leaf_count_mismatch`, `tree_mismatch`, `leaf_mismatch`, `chunk_authentication`, `trailing_bytes`, `truncated`.
 */
export async function openBody(o: SealedBodyToOpen, body: ByteSource, sink: ByteSink): Promise<{ size: number }> {
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
  const fileKey = await openHeader(header, [o.content_key.identity], { maxStanzas: 1 });
  const output = createOverlappedSink(sink);
  try {
    const opened = await openVerified(o, fileKey, body, output);
    await output.settle();
    return opened;
  } finally {
    fileKey.fill(0);
    // Also after a refusal, the caller must not find its sink still at work; a failure of the sink itself was thrown above.
    await output.settle().catch(() => undefined);
  }
}

async function openVerified(
  o: SealedBodyToOpen,
  fileKey: Uint8Array,
  body: ByteSource,
  output: OverlappedSink,
): Promise<{ size: number }> {
  // 4 the number of chunks, and which is the last, follow from the signed size
  const opener = createStreamOpener(fileKey, o.body_size);
  // 5 the leaf hashes are those under the signed root
  const leaves = createLeafVerifier(o);
  for await (const bytes of body) {
    // A piece may hold many leaves: one at a time, so that memory stays small and what was verified is not held back.
    for (let offset = 0; offset < bytes.length; offset += LEAF_SIZE) {
      // 6 each leaf by its hash, then each chunk that it completes by its tag
      for (const leaf of leaves.push(bytes.subarray(offset, offset + LEAF_SIZE))) {
        const plaintext = opener.push(leaf);
        if (plaintext.length > 0) await output.send(plaintext);
      }
    }
  }
  // 7 every leaf came, and the last chunk
  leaves.finish();
  return { size: opener.finish() };
}
