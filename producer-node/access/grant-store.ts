import type { AccessGrantRow, ContentKeyRow, Db, NewAccessGrant } from '../db/tables.ts';

/** Keeps a grant that this node signed; refused by a unique index when the request has one. */
export async function insertGrant(trx: Db, grant: NewAccessGrant): Promise<void> {
  await trx.insertInto('access_grant').values(grant).execute();
}

/** A grant that this node signed, or undefined. */
export async function findOwnGrant(db: Db, grant_id: string): Promise<AccessGrantRow | undefined> {
  return db.selectFrom('access_grant').selectAll().where('grant_id', '=', grant_id).executeTakeFirst();
}

/** Grants of a producer, for one dataset when given, that are not over at `now`. */
export async function listLiveGrants(db: Db, o: { producer_id: string; dataset_id?: string; now: Date }): Promise<AccessGrantRow[]> {
  let query = db.selectFrom('access_grant').selectAll().where('producer_id', '=', o.producer_id).where('state', '=', 'active').where('ends_at', '>', o.now);
  if (o.dataset_id !== undefined) query = query.where('dataset_id', '=', o.dataset_id);
  return query.orderBy('created_at').execute();
}

/** Ends an active grant; false when it had ended already. */
export async function endGrant(trx: Db, grant_id: string, state: 'revoked' | 'refused', now: Date): Promise<boolean> {
  const ended = await trx.updateTable('access_grant').set({ state, ended_at: now }).where('grant_id', '=', grant_id).where('state', '=', 'active').executeTakeFirst();
  return ended.numUpdatedRows > 0n;
}

/**
 * Whether somebody who could open a content key may do so no longer: a grant that this node signed and that covers its epoch ended after
 * the key was made, by `now`. The node's own word, whatever the portal says.
 */
export async function wasSpentByEnd(db: Db, key: Pick<ContentKeyRow, 'dataset_id' | 'epoch' | 'created_at'>, now: Date): Promise<boolean> {
  const ended = await db
    .selectFrom('access_grant')
    .select('grant_id')
    .where('dataset_id', '=', key.dataset_id)
    .where((eb) => eb.or([eb('history', '=', true), eb('epoch_from', '<=', key.epoch)]))
    .where((eb) => eb.or([eb('epoch_to', 'is', null), eb('epoch_to', '>=', key.epoch)]))
    .where((eb) =>
      eb.or([
        eb.and([eb('state', '=', 'revoked'), eb('ended_at', '>=', key.created_at)]),
        eb.and([eb('state', '=', 'active'), eb('ends_at', '<=', now), eb('ends_at', '>=', key.created_at)]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return ended !== undefined;
}

/** Whether a grant opens an epoch: from its first one on, older ones only with `history`. */
export function coversEpoch(grant: Pick<AccessGrantRow, 'epoch_from' | 'epoch_to' | 'history'>, epoch: number): boolean {
  return (grant.history || epoch >= grant.epoch_from) && (grant.epoch_to === null || epoch <= grant.epoch_to);
}
