import type { Digest } from '../digest.ts';
import { LEAF_SIZE } from './body-tree.ts';
import type { ByteSink, ByteSource } from './byte-stream.ts';
import { type HeaderToOpen, verifiedFileKey } from './file-key.ts';
import { createLeafVerifier } from './leaf-verifier.ts';
import { createStreamOpener } from './open-stream.ts';
import { createOverlappedSink, type OverlappedSink } from './overlapped-sink.ts';

/** A sealed body to open: digests, sizes and recipient from a verified manifest; header and leaves from anywhere. */
export interface SealedBodyToOpen extends HeaderToOpen {
  readonly body_size: number;
  readonly root: Digest;
  readonly leaves: Uint8Array;
}

/**
 * Opens a sealed body in the order of SPEC.md §7.3. The sink gets plaintext of verified chunks of verified leaves only; an error
 * after that means the rest is missing, so the caller keeps what it wrote under a provisional name until the promise resolves.
 * Refuses with `header_size_mismatch`, `header_digest_mismatch`, `recipient_mismatch`, the codes of `openHeader`,
 * `body_size_impossible`, `leaf_count_mismatch`, `tree_mismatch`, `leaf_mismatch`, `chunk_authentication`, `trailing_bytes`, `truncated`.
 */
export async function openBody(o: SealedBodyToOpen, body: ByteSource, sink: ByteSink): Promise<{ size: number }> {
  const fileKey = await verifiedFileKey(o);
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
  // 4 (1 to 3 gave the file key) the number of chunks, and which is the last, follow from the signed size
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
