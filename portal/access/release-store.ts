import type { Insertable, Selectable } from 'kysely';
import type { KeyPackageTable, NodePackageTable } from '../db/tables.ts';
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

/**
 * Asks the broker again for everything under the live grants of a consumer, whose delivery keys have changed; what was released to a
 * key stays as it is. In the transaction of the change: a broker that read the keys before it does not end the job.
 */
export async function reopenReleaseJobs(trx: Db, consumer_id: string, now: Date): Promise<void> {
  const live = trx.selectFrom('access_grant').select('grant_id').where('consumer_id', '=', consumer_id).where('state', '=', 'active').where('ends_at', '>', now);
  await trx
    .updateTable('release_job')
    .set((eb) => ({ state: 'waiting' as const, round: eb('round', '+', 1), attempts: 0, next_attempt_at: now, last_error: null }))
    .where('grant_id', 'in', live)
    .execute();
}

/** Takes back what the broker has not released yet under a grant. */
export async function refuseWaitingJobs(trx: Db, grant_id: string, reason: string): Promise<void> {
  await trx.updateTable('release_job').set({ state: 'refused', last_error: reason }).where('grant_id', '=', grant_id).where('state', '=', 'waiting').execute();
}

/** Makes the broker look again, now, at what waits under a grant. */
export async function hastenWaitingJobs(trx: Db, grant_id: string, now: Date): Promise<void> {
  await trx.updateTable('release_job').set({ next_attempt_at: now }).where('grant_id', '=', grant_id).where('state', '=', 'waiting').execute();
}

/** The key packages that the broker, or the producer's node, handed out under a grant, by epoch. */
export async function listReleased(db: Db, grant_id: string): Promise<Selectable<KeyPackageTable>[]> {
  const columns = ['grant_id', 'epoch', 'delivery_fingerprint', 'form', 'package', 'statement', 'act_id', 'released_at'] as const;
  return db
    .selectFrom('key_package')
    .select(columns)
    .where('grant_id', '=', grant_id)
    .unionAll(db.selectFrom('node_package').select(columns).where('grant_id', '=', grant_id))
    .orderBy('epoch')
    .orderBy('delivery_fingerprint')
    .execute();
}

/** The package that a node sent for an epoch and a delivery key of a grant, or undefined. */
export async function findNodePackage(db: Db, o: { grant_id: string; epoch: number; delivery_fingerprint: string }): Promise<{ digest: string } | undefined> {
  return db
    .selectFrom('node_package')
    .select('digest')
    .where('grant_id', '=', o.grant_id)
    .where('epoch', '=', o.epoch)
    .where('delivery_fingerprint', '=', o.delivery_fingerprint)
    .executeTakeFirst();
}

/** Stores a package that a node sent; false when there is one for this epoch and delivery key already. */
export async function insertNodePackage(trx: Db, row: Insertable<NodePackageTable>): Promise<boolean> {
  const inserted = await trx.insertInto('node_package').values(row).onConflict((conflict) => conflict.doNothing()).returning('grant_id').executeTakeFirst();
  return inserted !== undefined;
}
