import type { Db, HeadsRow } from '../db/tables.ts';

/** The newest heads statement of a producer, or undefined. */
export async function findNewestHeads(db: Db, producer_id: string): Promise<HeadsRow | undefined> {
  return db.selectFrom('heads').selectAll().where('producer_id', '=', producer_id).orderBy('seq', 'desc').limit(1).executeTakeFirst();
}

/** Stores a heads statement; false when another process signed this sequence number first. */
export async function insertHeads(db: Db, heads: Omit<HeadsRow, 'entries' | 'delivered_at'> & { entries: [string, number, string][] }): Promise<boolean> {
  const inserted = await db
    .insertInto('heads')
    .values({ ...heads, entries: JSON.stringify(heads.entries), delivered_at: null })
    .onConflict((conflict) => conflict.columns(['producer_id', 'seq']).doNothing())
    .returning('seq')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Notes that the portal has a heads statement, and forgets older ones. */
export async function markHeadsDelivered(db: Db, producer_id: string, seq: number, now: Date): Promise<void> {
  await db.updateTable('heads').set({ delivered_at: now }).where('producer_id', '=', producer_id).where('seq', '=', seq).execute();
  await db.deleteFrom('heads').where('producer_id', '=', producer_id).where('seq', '<', seq).execute();
}
