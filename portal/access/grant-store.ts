import type { Selectable } from 'kysely';
import { PortalError } from '../errors.ts';
import type { AccessGrantTable } from '../db/tables.ts';
import type { Db } from '../portal.ts';

/** A grant as stored. */
export type StoredGrant = Selectable<AccessGrantTable>;

/** `suspended`: the gates are closed until an officer lifts it, revokes the grant, or its time is over. */
export type GrantState = StoredGrant['state'];

/** The state of a grant at `now`: by its dates, whatever the periodic job has written. */
export function grantStateAt(grant: Pick<StoredGrant, 'state' | 'ends_at'>, now: Date): GrantState {
  return (grant.state === 'active' || grant.state === 'suspended') && grant.ends_at <= now ? 'expired' : grant.state;
}

const NOT_OVER = ['active', 'suspended'] as const;

/** Whether a grant has come to its end; a suspended one has not, since an officer may lift that. */
export function isOver(grant: Pick<StoredGrant, 'state' | 'ends_at'>, now: Date): boolean {
  const state = grantStateAt(grant, now);
  return state === 'revoked' || state === 'expired';
}

/** The grant, or undefined. */
export async function findGrant(db: Db, grant_id: string): Promise<StoredGrant | undefined> {
  return db.selectFrom('access_grant').selectAll().where('grant_id', '=', grant_id).executeTakeFirst();
}

/** The grant; throws `not_found`. */
export async function getGrant(db: Db, grant_id: string): Promise<StoredGrant> {
  const grant = await findGrant(db, grant_id);
  if (grant === undefined) throw noGrant();
  return grant;
}

/** The grant that rests on this request, or undefined. */
export async function findGrantOfRequest(db: Db, request_id: string): Promise<StoredGrant | undefined> {
  return db.selectFrom('access_grant').selectAll().where('request_id', '=', request_id).executeTakeFirst();
}

/** What is said of a grant that is not there, or not the caller's. */
export function noGrant(): PortalError {
  return new PortalError('not_found', 'There is no such grant.');
}

/** A signed grant before it is stored. */
export type NewGrant = Pick<
  StoredGrant,
  'grant_id' | 'request_id' | 'dataset_id' | 'producer_id' | 'consumer_id' | 'statement' | 'digest' | 'epoch_from' | 'epoch_to' | 'history' | 'act_id'
> & { starts_at: string; ends_at: string };

/** Stores a grant; a request has at most one (unique index). */
export async function insertGrant(trx: Db, grant: NewGrant, now: Date): Promise<void> {
  await trx.insertInto('access_grant').values({ ...grant, state: 'active', created_at: now }).execute();
}

/** Suspends an active grant, in one conditional UPDATE; false when it was suspended or had ended already. */
export async function markSuspended(trx: Db, o: { grant_id: string; now: Date }): Promise<boolean> {
  const suspended = await trx
    .updateTable('access_grant')
    .set({ state: 'suspended', suspended_at: o.now })
    .where('grant_id', '=', o.grant_id)
    .where('state', '=', 'active')
    .where('ends_at', '>', o.now)
    .returning('grant_id')
    .executeTakeFirst();
  return suspended !== undefined;
}

/** Lifts a suspension, in one conditional UPDATE; false when there is none or the grant's time is over. */
export async function markLifted(trx: Db, o: { grant_id: string; now: Date }): Promise<boolean> {
  const lifted = await trx
    .updateTable('access_grant')
    .set({ state: 'active', suspended_at: null })
    .where('grant_id', '=', o.grant_id)
    .where('state', '=', 'suspended')
    .where('ends_at', '>', o.now)
    .returning('grant_id')
    .executeTakeFirst();
  return lifted !== undefined;
}

/** Ends an active or suspended grant by revocation, in one conditional UPDATE; false when it had ended already. */
export async function markRevoked(trx: Db, o: { grant_id: string; revocation: string; now: Date }): Promise<boolean> {
  const ended = await trx
    .updateTable('access_grant')
    .set({ state: 'revoked', suspended_at: null, revoked_at: o.now, revocation: o.revocation })
    .where('grant_id', '=', o.grant_id)
    .where('state', 'in', NOT_OVER)
    .where('ends_at', '>', o.now)
    .returning('grant_id')
    .executeTakeFirst();
  return ended !== undefined;
}

/** Writes the end of an active or suspended grant whose time is over; false when it had ended already. */
export async function markExpired(trx: Db, o: { grant_id: string; now: Date }): Promise<boolean> {
  const ended = await trx
    .updateTable('access_grant')
    .set({ state: 'expired', suspended_at: null })
    .where('grant_id', '=', o.grant_id)
    .where('state', 'in', NOT_OVER)
    .where('ends_at', '<=', o.now)
    .returning('grant_id')
    .executeTakeFirst();
  return ended !== undefined;
}

/** Notes the act under which the end of a grant stands in the log. */
export async function setEndAct(trx: Db, grant_id: string, end_act_id: string): Promise<void> {
  await trx.updateTable('access_grant').set({ end_act_id }).where('grant_id', '=', grant_id).execute();
}

/** Active and suspended grants whose time is over at `now`, at most `limit`. */
export async function listOverdueGrants(db: Db, now: Date, limit: number): Promise<StoredGrant[]> {
  return db.selectFrom('access_grant').selectAll().where('state', 'in', NOT_OVER).where('ends_at', '<=', now).orderBy('ends_at').limit(limit).execute();
}

/** The grants for a dataset that are not over at `now`, suspended ones included, with the epochs they cover. */
export async function listLiveGrants(db: Db, dataset_id: string, now: Date): Promise<Pick<StoredGrant, 'grant_id' | 'epoch_from' | 'epoch_to' | 'history'>[]> {
  return db
    .selectFrom('access_grant')
    .select(['grant_id', 'epoch_from', 'epoch_to', 'history'])
    .where('dataset_id', '=', dataset_id)
    .where('state', 'in', NOT_OVER)
    .where('ends_at', '>', now)
    .execute();
}

/** Whether a grant covers an epoch (formats §5): from its first one on, older ones only with `history`. */
export function coversEpoch(grant: Pick<StoredGrant, 'epoch_from' | 'epoch_to' | 'history'>, epoch: number): boolean {
  return (grant.history || epoch >= grant.epoch_from) && (grant.epoch_to === null || epoch <= grant.epoch_to);
}
