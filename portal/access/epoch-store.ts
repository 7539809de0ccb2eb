import { sql } from 'kysely';
import type { Db } from '../portal.ts';

/** A content key serves new bodies for at most this long (formats §5). */
export const EPOCH_MAX_SECONDS = 90 * 24 * 3600;

/** Why no new body may be sealed in an epoch. */
export type SpentReason = 'grant_revoked' | 'grant_suspended' | 'grant_expired' | 'too_old';

/** An epoch of a dataset: who holds its content key, the recipient of that key, since when it serves, and whether new bodies need a later one. */
export interface EpochStanding {
  epoch: number;
  custody: 'portal' | 'producer';
  recipient: string;
  since: string;
  spent: boolean;
  reason: SpentReason | null;
}

/**
 * Every epoch of a dataset, ascending. An epoch is spent once a grant that could open it ended
 * after it began, or as long as one is suspended (formats §5, on suspicion), whatever the periodic jobs have done meanwhile: dates are compared with `now`.
 */
export async function listEpochs(db: Db, dataset_id: string, now: Date): Promise<EpochStanding[]> {
  const rows = await db
    .selectFrom('dataset_epoch')
    .select(['dataset_epoch.epoch', 'dataset_epoch.custody', 'dataset_epoch.recipient', 'dataset_epoch.created_at'])
    .select((eb) =>
      eb
        .selectFrom('access_grant')
        .select(sql<string | null>`min(case when access_grant.revoked_at is not null then 'grant_revoked' when access_grant.state = 'suspended' and access_grant.ends_at > ${now}::timestamptz then 'grant_suspended' else 'grant_expired' end)`.as('ended'))
        .whereRef('access_grant.dataset_id', '=', 'dataset_epoch.dataset_id')
        .where((grant) => grant.or([grant('access_grant.history', '=', true), grant('access_grant.epoch_from', '<=', grant.ref('dataset_epoch.epoch'))]))
        .where((grant) => grant.or([grant('access_grant.epoch_to', 'is', null), grant('access_grant.epoch_to', '>=', grant.ref('dataset_epoch.epoch'))]))
        .where((grant) =>
          grant.or([
            grant('access_grant.revoked_at', '>=', grant.ref('dataset_epoch.created_at')),
            grant('access_grant.suspended_at', '>=', grant.ref('dataset_epoch.created_at')),
            grant.and([
              grant('access_grant.revoked_at', 'is', null),
              grant('access_grant.ends_at', '<=', now),
              grant('access_grant.ends_at', '>=', grant.ref('dataset_epoch.created_at')),
            ]),
          ]),
        )
        .as('ended'),
    )
    .where('dataset_epoch.dataset_id', '=', dataset_id)
    .orderBy('dataset_epoch.epoch')
    .execute();
  return rows.map((row) => {
    const old = now.getTime() - row.created_at.getTime() > EPOCH_MAX_SECONDS * 1000;
    const reason: SpentReason | null = row.ended === 'grant_expired' || row.ended === 'grant_suspended' ? row.ended : row.ended !== null ? 'grant_revoked' : old ? 'too_old' : null;
    return { epoch: row.epoch, custody: row.custody, recipient: row.recipient, since: row.created_at.toISOString(), spent: reason !== null, reason };
  });
}

/** The epoch of each sealed body that any version of the dataset had, by root. */
export async function listBodyEpochs(db: Db, dataset_id: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('dataset_resource')
    .select(['root', 'epoch'])
    .distinct()
    .where('dataset_id', '=', dataset_id)
    .where('root', 'is not', null)
    .where('epoch', 'is not', null)
    .execute();
  return new Map(rows.flatMap((row) => (row.root === null || row.epoch === null ? [] : [[row.root, row.epoch] as const])));
}

/** Epochs of the sealed files in the newest version of a dataset, ascending. */
export async function listEpochsInUse(db: Db, dataset_id: string): Promise<number[]> {
  const rows = await db
    .selectFrom('dataset')
    .innerJoin('dataset_resource', (join) =>
      join.onRef('dataset_resource.dataset_id', '=', 'dataset.dataset_id').onRef('dataset_resource.version', '=', 'dataset.head_version'),
    )
    .select('dataset_resource.epoch')
    .distinct()
    .where('dataset.dataset_id', '=', dataset_id)
    .where('dataset_resource.epoch', 'is not', null)
    .orderBy('dataset_resource.epoch')
    .execute();
  return rows.flatMap((row) => (row.epoch === null ? [] : [row.epoch]));
}

/** Notes that an epoch begins. */
export async function insertEpoch(trx: Db, o: { dataset_id: string; producer_id: string; epoch: number; custody: 'portal' | 'producer'; recipient: string; now: Date }): Promise<void> {
  const { dataset_id, producer_id, epoch, custody, recipient, now } = o;
  await trx.insertInto('dataset_epoch').values({ dataset_id, producer_id, epoch, custody, recipient, created_at: now }).execute();
}

/** Who holds the content key of an epoch, and its recipient; undefined for an epoch that never was. */
export async function findEpoch(db: Db, dataset_id: string, epoch: number): Promise<{ custody: 'portal' | 'producer'; recipient: string } | undefined> {
  return db.selectFrom('dataset_epoch').select(['custody', 'recipient']).where('dataset_id', '=', dataset_id).where('epoch', '=', epoch).executeTakeFirst();
}
