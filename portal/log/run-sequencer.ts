import type { Portal } from '../portal.ts';
import { waitOrAbort } from '../run-periodically.ts';
import { giveBackLease, type Lease, takeLease } from './lease-store.ts';
import { rememberSeenCheckpoint, requireContinuedLog } from './seen-checkpoint.ts';
import { BATCH_MAX, sequenceBatch } from './sequence-batch.ts';

const LEASE_NAME = 'log-sequencer';
const LEASE_SECONDS = 10;
const PAUSE_MS = 200;
const PAUSE_AFTER_ERROR_MS = 2000;

/** How long the sequencer sleeps between two looks at the table, in milliseconds. */
export interface SequencerOptions {
  pause_ms?: number;
}

/**
 * Integrates acts until `signal` aborts, alone among all portals of the database: whoever has the lease works, the others wait for
 * it to lapse (10 s). Goes on only from a log that continues what this machine signed last, which it remembers after each batch in a
 * file beside the log key. An error is logged and tried again; resolves when the running batch has ended and the lease is given back.
 */
export async function runSequencer(portal: Portal, signal: AbortSignal, options: SequencerOptions = {}): Promise<void> {
  const holder = portal.newUuid();
  const pause_ms = options.pause_ms ?? PAUSE_MS;
  let lease: Lease | undefined;
  let renew_at = 0;
  while (!signal.aborted) {
    let wait_ms = pause_ms;
    try {
      if (lease === undefined || performance.now() >= renew_at) {
        const held = lease;
        lease = await takeLease(portal.db, LEASE_NAME, holder, LEASE_SECONDS);
        // Another process, or another database, may have stood here meanwhile.
        if (lease !== undefined && lease.token !== held?.token) await requireContinuedLog(portal);
        renew_at = performance.now() + (LEASE_SECONDS * 1000) / 3;
      }
      if (lease === undefined) {
        wait_ms = Math.max(pause_ms, 500);
      } else {
        const result = await sequenceBatch(portal, lease);
        if (result.state === 'lost') lease = undefined;
        if (result.state === 'integrated') await rememberSeenCheckpoint(portal, result);
        if (result.state === 'integrated' && result.count === BATCH_MAX) wait_ms = 0;
      }
    } catch (err) {
      portal.logger.error({ err }, 'the log could not be extended');
      lease = undefined;
      wait_ms = PAUSE_AFTER_ERROR_MS;
    }
    if (wait_ms > 0) await waitOrAbort(wait_ms, signal);
  }
  if (lease !== undefined) await giveBackLease(portal.db, lease).catch(() => undefined);
}
