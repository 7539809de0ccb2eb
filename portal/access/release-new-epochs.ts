import type { Db } from '../portal.ts';
import { coversEpoch, listLiveGrants } from './grant-store.ts';
import { insertReleaseJobs } from './release-store.ts';

/**
 * Asks the broker to release new epochs of a dataset to everybody who holds a live grant that covers them, unasked (formats §5).
 * In the transaction of the publication, after the dataset's row was locked: a grant decided meanwhile waits for the lock and
 * sees the epochs, one decided before is seen here.
 */
export async function releaseNewEpochs(trx: Db, o: { dataset_id: string; epochs: readonly number[]; now: Date }): Promise<void> {
  if (o.epochs.length === 0) return;
  const grants = await listLiveGrants(trx, o.dataset_id, o.now);
  const jobs = grants.flatMap((grant) => o.epochs.filter((epoch) => coversEpoch(grant, epoch)).map((epoch) => ({ grant_id: grant.grant_id, epoch })));
  await insertReleaseJobs(trx, jobs, o.now);
}
