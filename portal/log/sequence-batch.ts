import { appendHashes, equalBytes, leafHash, signCheckpoint, verifyCheckpoint } from '#crypto';
import { boundTransaction } from '../db/probe.ts';
import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { confirmLease, type Lease } from './lease-store.ts';
import { assignIndices, hashReader, insertCheckpoint, insertHashes, latestCheckpoint, listWaitingActs } from './log-store.ts';

/** Most acts that one transaction integrates. */
export const BATCH_MAX = 500;

/** What one batch did: acts integrated; `lost` when the lease has passed to another process, which then goes on. */
export type BatchResult = { state: 'integrated'; count: number; size: number; note: string } | { state: 'idle' } | { state: 'lost' };

/**
 * Integrates waiting acts in one transaction: lease confirmed and locked → last checkpoint → indices → hashes → signed checkpoint.
 * A crash anywhere leaves the log as it was. Refuses to go on from a checkpoint that its own key did not sign (`unavailable`).
 */
export async function sequenceBatch(portal: Portal, lease: Lease): Promise<BatchResult> {
  // Looked at without a lock first: an idle portal writes nothing.
  if ((await listWaitingActs(portal.db, 1)).length === 0) return { state: 'idle' };
  return portal.db.transaction().execute(async (trx): Promise<BatchResult> => {
    // A process that hangs here would keep every other one out; PostgreSQL ends it.
    await boundTransaction(trx);
    if (!(await confirmLease(trx, lease))) return { state: 'lost' };
    const acts = await listWaitingActs(trx, BATCH_MAX);
    if (acts.length === 0) return { state: 'idle' };
    const before = await latestCheckpoint(trx);
    const size = before?.size ?? 0;
    if (before !== undefined) {
      const signed = verifyCheckpoint(before.note, { origin: portal.keys.log_origin, jwk: portal.keys.log_key.public_jwk });
      if (signed.size !== size || !equalBytes(signed.root, before.root)) {
        throw new PortalError('unavailable', 'The stored checkpoint is not the one that was signed.', { reason: 'log_damaged' });
      }
    }
    const appended = await appendHashes(size, acts.map((act) => leafHash(act.leaf)), await hashReader(trx, size));
    const new_size = size + acts.length;
    const note = signCheckpoint({ origin: portal.keys.log_origin, size: new_size, root: appended.root }, portal.keys.log_key);
    await assignIndices(trx, acts.map((act) => act.act_id), size);
    await insertHashes(trx, appended.stored);
    await insertCheckpoint(trx, { size: new_size, root: appended.root, note, created_at: portal.clock.now() });
    return { state: 'integrated', count: acts.length, size: new_size, note };
  });
}
