import { chunkCount, NONCE_SIZE, payloadKey, plaintextSize } from '../body/chunk-cipher.ts';
import { verifiedFileKey } from '../body/file-key.ts';
import { verifyLeafList } from '../body/leaf-verifier.ts';
import type { SealedBodyToOpen } from '../body/open-body.ts';
import { CryptoError } from '../errors.ts';
import { openUnitCount } from './open-units.ts';
import { fillFrom } from './positioned-file.ts';
import { runUnits, type UnitProgress } from './run-units.ts';

/** Where a sealed body lies and where its plaintext goes: descriptors of regular files, open, the target empty. */
export interface FileToOpen extends SealedBodyToOpen {
  readonly body: number;
  readonly target: number;
  readonly progress?: UnitProgress;
}

/**
 * Opens like `openBody`, on one thread per processor, in memory that does not grow with the file. Plaintext of verified chunks of
 * verified leaves only is written, not in order: after an error the target may have holes, and the caller deletes it.
 * Refuses like `openBody`; passes on errors of the system.
 */
export async function openFile(o: FileToOpen): Promise<{ size: number }> {
  const fileKey = await verifiedFileKey(o);
  try {
    // 4 the number of chunks, and which is the last, follow from the signed size
    chunkCount(o.body_size);
    // 5 the leaf hashes are those under the signed root; a copy, which nobody changes later
    const leaves = o.leaves.slice();
    verifyLeafList({ root: o.root, leaves, body_size: o.body_size });
    // 6 and 7, by each thread for its units; a nonce that is not the one in leaf 0 opens nothing
    const nonce = new Uint8Array(NONCE_SIZE);
    if (fillFrom(o.body, nonce, 0) < NONCE_SIZE) throw new CryptoError('truncated', 'the file ends in its nonce');
    const key = payloadKey(fileKey, nonce);
    await runUnits({ kind: 'open', body: o.body, target: o.target, key, body_size: o.body_size, leaves }, openUnitCount(o.body_size), o.progress);
    return { size: plaintextSize(o.body_size) };
  } finally {
    fileKey.fill(0);
  }
}
