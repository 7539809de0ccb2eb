import { sql } from 'kysely';
import type { HashOf, StoredHash } from '#crypto';
import { PortalError } from '../errors.ts';
import type { Db } from '../portal.ts';

/** A checkpoint as stored: size and root of the log, and the signed note that says so. */
export interface StoredCheckpoint {
  size: number;
  root: Uint8Array;
  note: string;
  created_at: Date;
}

/** Writes an act that waits for its index; gives its id. */
export async function insertAct(trx: Db, row: { type: string; leaf: Uint8Array; subject_digest: string; blind_key: Uint8Array | null; about_digest: string | null; created_at: Date }): Promise<string> {
  return (await trx.insertInto('log_act').values(row).returning('act_id').executeTakeFirstOrThrow()).act_id;
}

/** The newest checkpoint; undefined as long as the log is empty. */
export async function latestCheckpoint(db: Db): Promise<StoredCheckpoint | undefined> {
  const row = await db.selectFrom('log_checkpoint').selectAll().orderBy('size', 'desc').limit(1).executeTakeFirst();
  return row === undefined ? undefined : { size: Number(row.size), root: row.root, note: row.note, created_at: row.created_at };
}

/** Acts that have no index yet, in the order in which they were written, at most `limit`. */
export async function listWaitingActs(db: Db, limit: number): Promise<{ act_id: string; leaf: Uint8Array }[]> {
  return db.selectFrom('log_act').select(['act_id', 'leaf']).where('leaf_index', 'is', null).orderBy('act_id').limit(limit).execute();
}

/** Whether an act written before `since` still waits for its index. */
export async function hasWaitingAct(db: Db, since: Date): Promise<boolean> {
  return (await db.selectFrom('log_act').select('act_id').where('leaf_index', 'is', null).where('created_at', '<', since).limit(1).executeTakeFirst()) !== undefined;
}

/** How many acts below `size` have an index, and the highest of them: both follow from `size` when the indices are dense. */
export async function countIndexed(db: Db, size: number): Promise<{ count: number; highest: number }> {
  const row = await db
    .selectFrom('log_act')
    .select((eb) => [eb.fn.countAll<string>().as('count'), eb.fn.max('leaf_index').as('highest')])
    .where('leaf_index', 'is not', null)
    .where('leaf_index', '<', String(size))
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), highest: Number(row.highest) };
}

/** Acts by index from `from`, at most `limit`, below `size`. */
export async function listActs(db: Db, o: { from: number; limit: number; size: number }): Promise<{ index: number; leaf: Uint8Array }[]> {
  const rows = await db
    .selectFrom('log_act')
    .select(['leaf_index', 'leaf'])
    .where('leaf_index', '>=', String(o.from))
    .where('leaf_index', '<', String(o.size))
    .orderBy('leaf_index')
    .limit(o.limit)
    .execute();
  return rows.map((row) => ({ index: Number(row.leaf_index), leaf: row.leaf }));
}

/** One act with its index, which is null as long as it waits. */
export async function findAct(db: Db, act_id: string): Promise<{ leaf: Uint8Array; leaf_index: number | null; blind_key: Uint8Array | null } | undefined> {
  const row = await db.selectFrom('log_act').select(['leaf', 'leaf_index', 'blind_key']).where('act_id', '=', act_id).executeTakeFirst();
  return row === undefined ? undefined : { ...row, leaf_index: row.leaf_index === null ? null : Number(row.leaf_index) };
}

/** Gives acts their dense indices from `size` on. An act that already has one breaks the transaction on the unique index. */
export async function assignIndices(trx: Db, act_ids: readonly string[], size: number): Promise<void> {
  const { numAffectedRows } = await sql`
    UPDATE log_act SET leaf_index = ${size} + place.position - 1
    FROM unnest(${act_ids}::bigint[]) WITH ORDINALITY AS place (act_id, position)
    WHERE log_act.act_id = place.act_id AND log_act.leaf_index IS NULL`.execute(trx);
  if (Number(numAffectedRows) !== act_ids.length) throw new PortalError('conflict', 'Acts were given indices twice.');
}

/** Stores a signed checkpoint; a second one for the same size breaks the transaction. */
export async function insertCheckpoint(trx: Db, checkpoint: StoredCheckpoint): Promise<void> {
  await trx.insertInto('log_checkpoint').values(checkpoint).execute();
}

/** Stores hashes of complete subtrees; one that is already there breaks the transaction. */
export async function insertHashes(trx: Db, hashes: readonly StoredHash[]): Promise<void> {
  const levels = hashes.map((hash) => hash.level);
  const indices = hashes.map((hash) => hash.index);
  const bytes = hashes.map((hash) => Buffer.from(hash.hash));
  await sql`INSERT INTO log_hash (level, index, hash) SELECT * FROM unnest(${levels}::int[], ${indices}::bigint[], ${bytes}::bytea[])`.execute(trx);
}

/**
 * A reader of stored subtrees for `#crypto`, with those on the way from `index` to the root of `size` leaves fetched in one query and
 * every other when asked for. A hash that is missing is `unavailable`: the log is damaged.
 */
export async function hashReader(db: Db, size: number, indices: readonly number[] = []): Promise<HashOf> {
  const known = new Map<string, Uint8Array>();
  const wanted = new Map<string, { level: number; index: number }>();
  for (let level = 0, width = size; width > 0; level += 1, width = Math.floor(width / 2)) {
    const around = indices.map((index) => Math.floor(index / 2 ** level)).flatMap((index) => (index % 2 === 0 ? [index, index + 1] : [index - 1, index]));
    for (const index of [width - 1, ...around]) if (index < width) wanted.set(`${level}/${index}`, { level, index });
  }
  if (wanted.size > 0) {
    const places = [...wanted.values()];
    const { rows } = await sql<{ level: number; index: string; hash: Buffer }>`
      SELECT level, index, hash FROM log_hash
      JOIN unnest(${places.map((place) => place.level)}::int[], ${places.map((place) => place.index)}::bigint[]) AS place (level, index) USING (level, index)`.execute(db);
    for (const row of rows) known.set(`${row.level}/${row.index}`, row.hash);
  }
  return async (level, index) => known.get(`${level}/${index}`) ?? readHash(db, level, index);
}

async function readHash(db: Db, level: number, index: number): Promise<Uint8Array> {
  const row = await db.selectFrom('log_hash').select('hash').where('level', '=', level).where('index', '=', String(index)).executeTakeFirst();
  if (row === undefined) throw new PortalError('unavailable', 'The log misses a hash that it stored. Tell the operator.', { reason: 'log_damaged' });
  return row.hash;
}
