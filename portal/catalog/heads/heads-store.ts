import type { Statement } from '#crypto';
import type { Db } from '../../portal.ts';

/** One line of a producer's heads: dataset, newest version, digest of its payload. */
export type HeadsEntry = readonly [dataset_id: string, version: number, digest: string];

/** A producer's newest heads as stored. */
export interface StoredHeads {
  seq: number;
  statement: Statement;
  entries: readonly HeadsEntry[];
  issued_at: Date;
  expires_at: Date;
}

/** The heads with the highest number that a producer sent, or undefined. */
export async function findNewestHeads(db: Db, producer_id: string): Promise<StoredHeads | undefined> {
  const row = await db
    .selectFrom('heads')
    .select(['seq', 'statement', 'entries', 'issued_at', 'expires_at'])
    .where('producer_id', '=', producer_id)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { ...row, seq: Number(row.seq), statement: JSON.parse(row.statement) as Statement, entries: row.entries as readonly HeadsEntry[] };
}

/** Stores heads; fails on the primary key when the number is taken. */
export async function insertHeads(
  trx: Db,
  heads: { producer_id: string; seq: number; statement: Statement; entries: readonly HeadsEntry[]; issued_at: string; expires_at: string; act_id: string },
): Promise<void> {
  await trx
    .insertInto('heads')
    .values({ ...heads, statement: JSON.stringify(heads.statement), entries: JSON.stringify(heads.entries) })
    .execute();
}

/** Drops the entries of all but the newest heads; the statements stay. */
export async function forgetOlderEntries(trx: Db, producer_id: string, newest_seq: number): Promise<void> {
  await trx.updateTable('heads').set({ entries: '[]' }).where('producer_id', '=', producer_id).where('seq', '<', String(newest_seq)).execute();
}
