import { equalBytes, rootOfSize, verifyCheckpoint } from '#crypto';
import type { Portal } from '../portal.ts';
import { countIndexed, hashReader, latestCheckpoint } from './log-store.ts';

/** What an inspection of the log found; `damage` is empty when everything holds. */
export interface LogInspection {
  size: number;
  damage: 'empty' | 'checkpoint_signature' | 'indices_not_dense' | 'root_differs' | undefined;
}

/**
 * Inspects the log from inside: the newest checkpoint is signed by the log key, its size is the number of indexed acts, their
 * indices are dense, and the stored hashes give its root. Reads counts and a few hashes, not every leaf.
 */
export async function checkLog(portal: Portal): Promise<LogInspection> {
  const checkpoint = await latestCheckpoint(portal.db);
  if (checkpoint === undefined) return { size: 0, damage: 'empty' };
  const { size } = checkpoint;
  try {
    const signed = verifyCheckpoint(checkpoint.note, { origin: portal.keys.log_origin, jwk: portal.keys.log_key.public_jwk });
    if (signed.size !== size || !equalBytes(signed.root, checkpoint.root)) return { size, damage: 'checkpoint_signature' };
  } catch {
    return { size, damage: 'checkpoint_signature' };
  }
  const { count, highest } = await countIndexed(portal.db, size);
  if (count !== size || highest !== size - 1) return { size, damage: 'indices_not_dense' };
  const root = await rootOfSize(size, await hashReader(portal.db, size)).catch(() => undefined);
  return { size, damage: root !== undefined && equalBytes(root, checkpoint.root) ? undefined : 'root_differs' };
}
