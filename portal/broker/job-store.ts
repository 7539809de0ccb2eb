import { sql } from 'kysely';
import type { Db } from '../portal.ts';

/** An epoch to be released under a grant, taken by one broker for a while. */
export interface ReleaseJob {
  grant_id: string;
  epoch: number;
  attempts: number;
  /** Which asking this is: a job asked again meanwhile is neither ended nor put off by this one. */
  round: number;
}

/** Takes jobs that are due, at most `limit`, for `lease_seconds`: other brokers pass them over, and get them when this one dies. */
export async function takeJobs(db: Db, o: { now: Date; limit: number; lease_seconds: number }): Promise<ReleaseJob[]> {
  const { rows } = await sql<ReleaseJob>`
    UPDATE release_job SET attempts = attempts + 1, next_attempt_at = ${new Date(o.now.getTime() + o.lease_seconds * 1000)}::timestamptz
    WHERE (grant_id, epoch) IN (
      SELECT grant_id, epoch FROM release_job WHERE state = 'waiting' AND next_attempt_at <= ${o.now}::timestamptz
      ORDER BY next_attempt_at LIMIT ${o.limit} FOR UPDATE SKIP LOCKED)
    RETURNING grant_id, epoch, attempts, round`.execute(db);
  return rows;
}

/** Ends a job that was not taken back meanwhile; `reason` says why the broker refused. */
export async function endJob(db: Db, job: ReleaseJob, end: { state: 'done' } | { state: 'refused'; reason: string }): Promise<void> {
  await db
    .updateTable('release_job')
    .set({ state: end.state, last_error: end.state === 'refused' ? end.reason : null })
    .where('grant_id', '=', job.grant_id)
    .where('epoch', '=', job.epoch)
    .where('round', '=', job.round)
    .where('state', '=', 'waiting')
    .execute();
}

/** Puts a job off. Waiting for the log is no failed attempt and gives the attempt back. */
export async function postponeJob(db: Db, job: ReleaseJob, o: { until: Date; reason: string | null }): Promise<void> {
  await db
    .updateTable('release_job')
    .set({ next_attempt_at: o.until, last_error: o.reason, attempts: o.reason === null ? job.attempts - 1 : job.attempts })
    .where('grant_id', '=', job.grant_id)
    .where('epoch', '=', job.epoch)
    .where('round', '=', job.round)
    .where('state', '=', 'waiting')
    .execute();
}
