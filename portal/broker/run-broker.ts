import { setTimeout as sleep } from 'node:timers/promises';
import { SchemaError } from '#catalog-schema';
import { CryptoError } from '#crypto';
import { PortalError } from '../errors.ts';
import { recordProcessSeen } from '../parties/record-process-seen.ts';
import type { Broker } from './broker.ts';
import { endJob, postponeJob, type ReleaseJob, takeJobs } from './job-store.ts';
import { releaseKeyPackage } from './release-key-package.ts';

const JOBS_AT_ONCE = 10;
const LEASE_SECONDS = 60;
const LOG_WAIT_MS = 200;
const BACKOFF_MAX_MS = 5 * 60_000;
const SEEN_EVERY_MS = 10_000;

/**
 * Releases key packages as long as the signal is quiet: several brokers share the jobs. What cannot be released stays with a reason;
 * what fails for now (database, log) is tried again, later each time. Resolves once the running jobs have ended.
 */
export async function runBroker(broker: Broker, signal: AbortSignal, o: { pause_ms?: number } = {}): Promise<void> {
  const pause_ms = o.pause_ms ?? 500;
  let seen_at = 0;
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (Date.now() - seen_at > SEEN_EVERY_MS) {
        await recordProcessSeen(broker, 'broker');
        seen_at = Date.now();
      }
      const worked = await runReleaseJobs(broker);
      failures = 0;
      if (worked === 0) await pause(pause_ms, signal);
    } catch (err) {
      failures += 1;
      broker.logger.error({ err }, 'the broker cannot work for now');
      await pause(Math.min(30_000, pause_ms * 2 ** Math.min(failures, 10)), signal);
    }
  }
}

/** Takes the jobs that are due and works on them once; gives how many were ended. */
export async function runReleaseJobs(broker: Broker): Promise<number> {
  const jobs = await takeJobs(broker.db, { now: broker.clock.now(), limit: JOBS_AT_ONCE, lease_seconds: LEASE_SECONDS });
  let ended = 0;
  for (const job of jobs) if (await work(broker, job)) ended += 1;
  return ended;
}

async function work(broker: Broker, job: ReleaseJob): Promise<boolean> {
  const { grant_id, epoch, attempts } = job;
  const later = (ms: number): Date => new Date(broker.clock.now().getTime() + ms);
  try {
    const outcome = await releaseKeyPackage(broker, job);
    if (outcome === 'waiting_for_log') {
      await postponeJob(broker.db, job, { until: later(LOG_WAIT_MS), reason: null });
      return false;
    }
    await endJob(broker.db, job, { state: 'done' });
    broker.logger.info({ grant_id, epoch }, 'key packages released');
    return true;
  } catch (err) {
    const reason = refusalReason(err);
    if (reason !== undefined) {
      broker.logger.warn({ grant_id, epoch, reason }, 'release refused');
      await endJob(broker.db, job, { state: 'refused', reason });
      return true;
    }
    broker.logger.error({ err, grant_id, epoch, attempts }, 'release failed for now');
    const delay = Math.min(BACKOFF_MAX_MS, 500 * 2 ** Math.min(attempts, 12));
    await postponeJob(broker.db, job, { until: later(delay), reason: err instanceof PortalError ? (err.reason ?? err.code) : 'internal' });
    return false;
  }
}

/** Why a release is refused for good, as one word; undefined for what may pass another time. */
function refusalReason(error: unknown): string | undefined {
  if (error instanceof CryptoError || error instanceof SchemaError) return error.code;
  if (error instanceof PortalError && error.code !== 'unavailable') return error.reason ?? error.code;
  return undefined;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
