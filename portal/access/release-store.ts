import type { Selectable } from 'kysely';
import type { KeyPackageTable } from '../db/tables.ts';
import type { Db } from '../portal.ts';

/** Asks the broker to release an epoch under a grant; nothing happens when it was asked before. */
export async function insertReleaseJobs(trx: Db, jobs: readonly { grant_id: string; epoch: number }[], now: Date): Promise<void> {
  if (jobs.length === 0) return;
  await trx
    .insertInto('release_job')
    .values(jobs.map((job) => ({ ...job, state: 'waiting' as const, next_attempt_at: now, created_at: now })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Takes back what the broker has not released yet under a grant. */
export async function refuseWaitingJobs(trx: Db, grant_id: string, reason: string): Promise<void> {
  await trx.updateTable('release_job').set({ state: 'refused', last_error: reason }).where('grant_id', '=', grant_id).where('state', '=', 'waiting').execute();
}

/** The key packages that the broker handed out under a grant, by epoch. */
export async function listReleased(db: Db, grant_id: string): Promise<Selectable<KeyPackageTable>[]> {
  return db.selectFrom('key_package').selectAll().where('grant_id', '=', grant_id).orderBy('epoch').orderBy('delivery_fingerprint').execute();
}
