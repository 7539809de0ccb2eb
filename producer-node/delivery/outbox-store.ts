import { sql } from 'kysely';
import type { Db, OutboxKind, OutboxRow } from '../db/tables.ts';

/** How long a lease holds without being renewed. */
export const LEASE_SECONDS = 15;

/** Something that must reach the portal. */
export interface NewOutboxRow {
  producer_id: string;
  kind: OutboxKind;
  subject_id: string;
  version: number;
  digest: string;
}

/** Queues something for the portal, in the transaction of what it tells. Gives its number. */
export async function insertOutbox(trx: Db, row: NewOutboxRow, now: Date): Promise<number> {
  const inserted = await trx
    .insertInto('outbox')
    .values({ ...row, state: 'waiting', next_attempt_at: now, last_code: null, last_error: null, lease_holder: null, lease_until: null, created_at: now })
    .returning('outbox_id')
    .executeTakeFirstOrThrow();
  return inserted.outbox_id;
}

/** Which rows a sender wants. */
export interface ClaimFilter {
  /** Only these rows; all when absent. */
  only?: readonly number[];
  /** Also rows whose next attempt is not due yet. */
  early: boolean;
  /** Rows tried already in this run, and producers whose portal is away. */
  except: readonly number[];
  except_producers: readonly string[];
}

/**
 * Leases the oldest waiting row for `holder`, or gives undefined when none is free. One sender at a time holds a row; the lease token
 * grows with every lease. Versions of one dataset go in order, and a grant goes before its packages and its end. Times are the database's.
 */
export async function claimOutboxRow(db: Db, holder: string, filter: ClaimFilter): Promise<OutboxRow | undefined> {
  let due = db
    .selectFrom('outbox as due')
    .select('due.outbox_id')
    .where('due.state', '=', 'waiting')
    .where((eb) => eb.or([eb('due.lease_until', 'is', null), eb('due.lease_until', '<', sql<Date>`clock_timestamp()`)]))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('outbox as earlier')
            .select('earlier.outbox_id')
            .whereRef('earlier.subject_id', '=', 'due.subject_id')
            .where(goesBefore)
            .where('earlier.state', '=', 'waiting'),
        ),
      ),
    );
  if (!filter.early) due = due.where('due.next_attempt_at', '<=', sql<Date>`clock_timestamp()`);
  if (filter.only !== undefined) due = due.where('due.outbox_id', 'in', filter.only.length === 0 ? [-1] : filter.only);
  if (filter.except.length > 0) due = due.where('due.outbox_id', 'not in', filter.except);
  if (filter.except_producers.length > 0) due = due.where('due.producer_id', 'not in', filter.except_producers);
  return db
    .updateTable('outbox')
    .set({
      lease_holder: holder,
      lease_token: sql<number>`lease_token + 1`,
      lease_until: sql<Date>`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`,
      attempts: sql<number>`attempts + 1`,
    })
    .where('outbox_id', '=', due.orderBy('due.outbox_id').limit(1).forUpdate().skipLocked())
    .returningAll()
    .executeTakeFirst();
}

// Of one dataset or grant: earlier versions first, and a grant before everything that is about it.
const goesBefore = sql<boolean>`((earlier.kind = due.kind AND earlier.version < due.version) OR (earlier.kind = 'grant' AND due.kind <> 'grant'))`;

/** Holds a lease for longer; false when it went to another sender. */
export async function renewOutboxLease(db: Db, row: OutboxRow): Promise<boolean> {
  const renewed = await db
    .updateTable('outbox')
    .set({ lease_until: sql<Date>`clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})` })
    .where('outbox_id', '=', row.outbox_id)
    .where('lease_token', '=', row.lease_token)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return renewed.numUpdatedRows > 0n;
}

/** Ends a row: sent, or refused for good. False when the lease went to another sender meanwhile. */
export async function endOutboxRow(trx: Db, row: OutboxRow, state: 'done' | 'refused', error?: { code: string; text: string }): Promise<boolean> {
  const ended = await trx
    .updateTable('outbox')
    .set({ state, lease_until: null, lease_holder: null, last_code: error?.code ?? null, last_error: error?.text ?? null })
    .where('outbox_id', '=', row.outbox_id)
    .where('lease_token', '=', row.lease_token)
    .executeTakeFirst();
  return ended.numUpdatedRows > 0n;
}

/** Gives a row back for a later attempt, with growing pauses: up to half a minute for a portal that is away, up to five for anything else. */
export async function postponeOutboxRow(db: Db, row: OutboxRow, error: { code: string; text: string }): Promise<void> {
  const seconds = Math.min(error.code === 'portal_away' ? 30 : 300, 2 ** Math.min(row.attempts, 9));
  await db
    .updateTable('outbox')
    .set({ lease_until: null, lease_holder: null, last_code: error.code, last_error: error.text.slice(0, 1000), next_attempt_at: sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})` })
    .where('outbox_id', '=', row.outbox_id)
    .where('lease_token', '=', row.lease_token)
    .execute();
}

/** The portal answers again: what waited for it is due at once. */
export async function hurryOutbox(db: Db, producer_id: string): Promise<void> {
  await db
    .updateTable('outbox')
    .set({ next_attempt_at: sql<Date>`clock_timestamp()` })
    .where('producer_id', '=', producer_id)
    .where('state', '=', 'waiting')
    .where('last_code', '=', 'portal_away')
    .where('next_attempt_at', '>', sql<Date>`clock_timestamp()`)
    .execute();
}

/** Refuses every waiting later version of a dataset: what they build on does not exist. */
export async function refuseLaterVersions(trx: Db, row: OutboxRow, error: { code: string; text: string }): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({ state: 'refused', lease_until: null, lease_holder: null, last_code: error.code, last_error: error.text })
    .where('kind', '=', 'version')
    .where('subject_id', '=', row.subject_id)
    .where('version', '>', row.version)
    .where('state', '=', 'waiting')
    .execute();
}

/** Refuses what waits about a grant: its packages can be given to nobody. */
export async function refusePackages(trx: Db, grant_id: string, error: { code: string; text: string }): Promise<void> {
  await trx
    .updateTable('outbox')
    .set({ state: 'refused', lease_until: null, lease_holder: null, last_code: error.code, last_error: error.text })
    .where('kind', '=', 'package')
    .where('subject_id', '=', grant_id)
    .where('state', '=', 'waiting')
    .execute();
}

/** Rows that wait, oldest first. */
export async function listWaiting(db: Db, only?: readonly number[]): Promise<OutboxRow[]> {
  let query = db.selectFrom('outbox').selectAll().where('state', '=', 'waiting').orderBy('outbox_id');
  if (only !== undefined) query = query.where('outbox_id', 'in', only.length === 0 ? [-1] : only);
  return query.execute();
}

/** These of the rows that wait, and the waiting ones that must be sent before them: earlier versions of the same datasets, and grants. */
export async function listWithEarlier(db: Db, outbox_ids: readonly number[]): Promise<number[]> {
  if (outbox_ids.length === 0) return [];
  const rows = await db
    .selectFrom('outbox as due')
    .innerJoin('outbox as earlier', (join) => join.onRef('earlier.subject_id', '=', 'due.subject_id'))
    .select('earlier.outbox_id')
    .distinct()
    .where('due.outbox_id', 'in', outbox_ids)
    .where('due.state', '=', 'waiting')
    .where((eb) => eb.or([goesBefore, eb('earlier.outbox_id', '=', eb.ref('due.outbox_id'))]))
    .where('earlier.state', '=', 'waiting')
    .execute();
  return rows.map((row) => row.outbox_id);
}

/** These rows, whatever their state. */
export async function listOutboxRows(db: Db, outbox_ids: readonly number[]): Promise<OutboxRow[]> {
  if (outbox_ids.length === 0) return [];
  return db.selectFrom('outbox').selectAll().where('outbox_id', 'in', outbox_ids).orderBy('outbox_id').execute();
}

/** The number of the row that carries a publication; 0 for one that was adopted and never sent from here. */
export async function findOutboxOf(db: Db, publication: { dataset_id: string; version: number; digest: string }): Promise<number> {
  const found = await db
    .selectFrom('outbox')
    .select('outbox_id')
    .where('kind', '=', 'version')
    .where('subject_id', '=', publication.dataset_id)
    .where('version', '=', publication.version)
    .where('digest', '=', publication.digest)
    .executeTakeFirst();
  return found?.outbox_id ?? 0;
}

/** How many rows of a producer wait to be sent. */
export async function countWaiting(db: Db, producer_id: string): Promise<number> {
  const { count } = await db
    .selectFrom('outbox')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('producer_id', '=', producer_id)
    .where('state', '=', 'waiting')
    .executeTakeFirstOrThrow();
  return Number(count);
}
