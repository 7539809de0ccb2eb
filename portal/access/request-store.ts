import type { Selectable } from 'kysely';
import { PortalError } from '../errors.ts';
import type { AccessRequestTable, KeyConfirmation } from '../db/tables.ts';
import type { Db } from '../portal.ts';

/** States of a request, in the order in which they come. */
export type RequestState = AccessRequestTable['state'];

/** A request as stored. */
export type StoredRequest = Selectable<AccessRequestTable>;

/** The request with this signed statement, or undefined. */
export async function findRequestByDigest(db: Db, request_digest: string): Promise<StoredRequest | undefined> {
  return db.selectFrom('access_request').selectAll().where('request_digest', '=', request_digest).orderBy('created_at').limit(1).executeTakeFirst();
}

/** States of a confirmed request that nobody has ended yet; drafts are deleted, they never end. */
export const OPEN_STATES: readonly RequestState[] = ['submitted', 'awaiting_key', 'approved'];

/** The request, or undefined. */
export async function findRequest(db: Db, request_id: string): Promise<StoredRequest | undefined> {
  return db.selectFrom('access_request').selectAll().where('request_id', '=', request_id).executeTakeFirst();
}

/** The request; throws `not_found`. */
export async function getRequest(db: Db, request_id: string): Promise<StoredRequest> {
  const request = await findRequest(db, request_id);
  if (request === undefined) throw noRequest();
  return request;
}

/** The request as it is now, unchanged and undeleted by others until the transaction ends; undefined when it is gone. */
export async function holdRequest(trx: Db, request_id: string): Promise<StoredRequest | undefined> {
  return trx.selectFrom('access_request').selectAll().where('request_id', '=', request_id).forShare().executeTakeFirst();
}

/** As `holdRequest`, to change or delete it. */
export async function lockRequest(trx: Db, request_id: string): Promise<StoredRequest | undefined> {
  return trx.selectFrom('access_request').selectAll().where('request_id', '=', request_id).forUpdate().executeTakeFirst();
}

/** Deletes a request with its proposals and mails; fails on one with a grant. */
export async function deleteRequest(trx: Db, request_id: string): Promise<void> {
  await trx.deleteFrom('access_request').where('request_id', '=', request_id).execute();
}

/** Takes everything about a person out of a request whose grant has ended. */
export async function eraseRequest(trx: Db, request_id: string, now: Date): Promise<void> {
  await trx.deleteFrom('access_proposal').where('request_id', '=', request_id).execute();
  const blank = { contact_name: '', contact_email: '', organisation: '', purpose: '', decision_note: null, member_id: null };
  await trx.updateTable('access_request').set({ ...blank, erased_at: now, updated_at: now }).where('request_id', '=', request_id).execute();
}

/** Puts right what an unsigned request says, as long as nobody answered it; false otherwise. */
export async function correctRequest(trx: Db, o: { request_id: string; name: string; organisation: string; purpose: string; now: Date }): Promise<boolean> {
  const { name, organisation, purpose, now } = o;
  const corrected = await trx
    .updateTable('access_request')
    .set({ contact_name: name, organisation, purpose, updated_at: now })
    .where('request_id', '=', o.request_id)
    .where('state', '=', 'submitted')
    .where('statement', 'is', null)
    .returning('request_id')
    .executeTakeFirst();
  return corrected !== undefined;
}

/** What is said of a request that is not there, or not the caller's. */
export function noRequest(): PortalError {
  return new PortalError('not_found', 'There is no such request.');
}

/** A new request before it is stored. */
export interface NewRequest {
  request_id: string;
  dataset_id: string;
  producer_id: string;
  consumer_id: string | null;
  member_id: string | null;
  statement: string | null;
  request_digest: string | null;
  fingerprint: string | null;
  state: 'draft' | 'submitted';
  purpose: string;
  contact_name: string;
  contact_email: string;
  organisation: string;
  language: string;
}

/** Stores a request; fails on the primary key, and on the index `access_request_live` when the consumer has one open for the dataset. */
export async function insertRequest(trx: Db, request: NewRequest, now: Date): Promise<void> {
  await trx.insertInto('access_request').values({ ...request, confirmed_at: request.state === 'draft' ? null : now, created_at: now, updated_at: now }).execute();
}

/** What the link and the code of a confirmation mail are compared with. */
export interface Confirmation {
  confirm_token_hash: string;
  confirm_code_hash: string;
  confirm_expires_at: Date;
}

/** Gives a draft a new link and code; the old ones are worth nothing from then on. */
export async function setConfirmation(trx: Db, request_id: string, confirmation: Confirmation): Promise<void> {
  await trx.updateTable('access_request').set({ ...confirmation, confirm_attempts: 0 }).where('request_id', '=', request_id).where('state', '=', 'draft').execute();
}

/** Deletes drafts of a consumer for a dataset, to make place for a new request. */
export async function deleteDrafts(trx: Db, o: { consumer_id: string; dataset_id: string }): Promise<void> {
  await trx.deleteFrom('access_request').where('consumer_id', '=', o.consumer_id).where('dataset_id', '=', o.dataset_id).where('state', '=', 'draft').execute();
}

/** Deletes a draft, with the name and the address in it; false when it is none (any more). */
export async function deleteDraft(db: Db, request_id: string): Promise<boolean> {
  return (await db.deleteFrom('access_request').where('request_id', '=', request_id).where('state', '=', 'draft').returning('request_id').executeTakeFirst()) !== undefined;
}

/** Whether this person, by address, has an open request for the dataset that was confirmed. */
export async function hasOpenRequestByEmail(db: Db, o: { dataset_id: string; email: string }): Promise<boolean> {
  const row = await db
    .selectFrom('access_request')
    .select('request_id')
    .where('dataset_id', '=', o.dataset_id)
    .where('contact_email', '=', o.email)
    .where('consumer_id', 'is', null)
    .where('state', 'in', [...OPEN_STATES])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Confirms the draft of this link, in one conditional UPDATE; undefined when the link is unknown, used or too old. */
export async function submitByToken(trx: Db, confirm_token_hash: string, now: Date): Promise<StoredRequest | undefined> {
  return trx
    .updateTable('access_request')
    .set({ state: 'submitted', confirmed_at: now, confirm_token_hash: null, confirm_code_hash: null, updated_at: now })
    .where('confirm_token_hash', '=', confirm_token_hash)
    .where('state', '=', 'draft')
    .where('confirm_expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
}

/** Counts a try of a code and gives the hash that it must have; undefined when no try is left, or the draft is not waiting for one. */
export async function takeCodeTry(db: Db, o: { request_id: string; max_tries: number; now: Date }): Promise<string | undefined> {
  const row = await db
    .updateTable('access_request')
    .set((eb) => ({ confirm_attempts: eb('confirm_attempts', '+', 1) }))
    .where('request_id', '=', o.request_id)
    .where('state', '=', 'draft')
    .where('confirm_attempts', '<', o.max_tries)
    .where('confirm_expires_at', '>', o.now)
    .returning('confirm_code_hash')
    .executeTakeFirst();
  return row?.confirm_code_hash ?? undefined;
}

/** Confirms a draft whose code, of this hash, was typed; undefined when somebody was quicker. */
export async function submitByCode(trx: Db, o: { request_id: string; confirm_code_hash: string; now: Date }): Promise<StoredRequest | undefined> {
  return trx
    .updateTable('access_request')
    .set({ state: 'submitted', confirmed_at: o.now, confirm_token_hash: null, confirm_code_hash: null, updated_at: o.now })
    .where('request_id', '=', o.request_id)
    .where('confirm_code_hash', '=', o.confirm_code_hash)
    .where('state', '=', 'draft')
    .returningAll()
    .executeTakeFirst();
}

/** Attaches a signed statement to a request made without a key; undefined when it is no longer one. */
export async function attachStatement(
  trx: Db,
  o: { request_id: string; consumer_id: string; statement: string; request_digest: string; fingerprint: string; now: Date },
): Promise<StoredRequest | undefined> {
  const { consumer_id, statement, request_digest, fingerprint } = o;
  return trx
    .updateTable('access_request')
    .set((eb) => ({
      consumer_id,
      statement,
      request_digest,
      fingerprint,
      updated_at: o.now,
      state: eb.case().when('state', '=', 'awaiting_key').then('approved' as const).else('submitted' as const).end(),
    }))
    .where('request_id', '=', o.request_id)
    .where('statement', 'is', null)
    .where('state', 'in', ['submitted', 'awaiting_key'])
    .returningAll()
    .executeTakeFirst();
}

/** What a decision writes beside the new state. */
export interface DecisionColumns {
  /** The member who decided; null when a node did. */
  decided_by?: string | null;
  decision_note?: string | null;
  key_confirmation?: KeyConfirmation;
  approved_ends_at?: string;
  act_id?: string;
}

/** Moves a request from one of the states `from` to `to`; false when it is in none of them (any more): of two who decide, one does. */
export async function moveRequest(
  trx: Db,
  o: { request_id: string; from: readonly RequestState[]; to: RequestState; now: Date; with_key?: boolean; columns?: DecisionColumns },
): Promise<boolean> {
  const decided = o.columns?.decided_by === undefined ? {} : { decided_at: o.now };
  const moved = await trx
    .updateTable('access_request')
    .set({ state: o.to, updated_at: o.now, ...decided, ...o.columns })
    .where('request_id', '=', o.request_id)
    .where('state', 'in', [...o.from])
    .$if(o.with_key !== undefined, (found) => found.where('statement', o.with_key === true ? 'is not' : 'is', null))
    .returning('request_id')
    .executeTakeFirst();
  return moved !== undefined;
}

/** Notes that a request was worked on while it is in one of these states; false when it is in none of them (any more). */
export async function touchRequest(trx: Db, o: { request_id: string; states: readonly RequestState[]; now: Date }): Promise<boolean> {
  const touched = await trx.updateTable('access_request').set({ updated_at: o.now }).where('request_id', '=', o.request_id).where('state', 'in', [...o.states]).returning('request_id').executeTakeFirst();
  return touched !== undefined;
}

/** Notes the act under which a request stands in the log. */
export async function setRequestAct(trx: Db, request_id: string, act_id: string): Promise<void> {
  await trx.updateTable('access_request').set({ act_id }).where('request_id', '=', request_id).execute();
}

/** The fingerprint of a registered consumer, as people compare it. */
export async function getConsumerFingerprint(db: Db, consumer_id: string): Promise<string> {
  return (await db.selectFrom('consumer').select('fingerprint').where('consumer_id', '=', consumer_id).executeTakeFirstOrThrow()).fingerprint;
}

/** Deletes drafts whose confirmation lapsed by `now`, at most `limit`; gives their number. */
export async function deleteLapsedDrafts(db: Db, o: { now: Date; limit: number }): Promise<number> {
  const lapsed = db.selectFrom('access_request').select('request_id').where('state', '=', 'draft').where('confirm_expires_at', '<=', o.now).limit(o.limit);
  const deleted = await db.deleteFrom('access_request').where('request_id', 'in', lapsed).where('state', '=', 'draft').where('confirm_expires_at', '<=', o.now).returning('request_id').execute();
  return deleted.length;
}

/** Requests not yet erased that ended before `before`, with the access that came of them, at most `limit`. */
export async function listEndedBefore(db: Db, o: { before: Date; limit: number }): Promise<StoredRequest[]> {
  return db
    .selectFrom('access_request')
    .leftJoin('access_grant', 'access_grant.request_id', 'access_request.request_id')
    .selectAll('access_request')
    .where('access_request.erased_at', 'is', null)
    .where('access_request.state', 'in', ['active', 'refused', 'withdrawn', 'expired'])
    .where((eb) => eb(eb.fn.coalesce('access_grant.revoked_at', 'access_grant.ends_at', 'access_request.updated_at'), '<', o.before))
    .orderBy('access_request.updated_at')
    .limit(o.limit)
    .execute();
}

/** Confirmed requests made before `before` that have not ended, oldest first, at most `limit`. */
export async function listUndecided(db: Db, o: { before: Date; limit: number }): Promise<StoredRequest[]> {
  return db
    .selectFrom('access_request')
    .selectAll()
    .where('state', 'in', [...OPEN_STATES])
    .where('created_at', '<', o.before)
    .orderBy('created_at')
    .limit(o.limit)
    .execute();
}
