import type { ContentKeyRow, Db, NewContentKey } from '../db/tables.ts';

/** The newest content key of a dataset, or undefined. */
export async function findNewestContentKey(db: Db, dataset_id: string): Promise<ContentKeyRow | undefined> {
  return db.selectFrom('content_key').selectAll().where('dataset_id', '=', dataset_id).orderBy('epoch', 'desc').limit(1).executeTakeFirst();
}

/** The content keys of these epochs, lowest first. */
export async function listContentKeys(db: Db, dataset_id: string, epochs: readonly number[]): Promise<ContentKeyRow[]> {
  if (epochs.length === 0) return [];
  return db.selectFrom('content_key').selectAll().where('dataset_id', '=', dataset_id).where('epoch', 'in', epochs).orderBy('epoch').execute();
}

/** The content keys of a dataset that only this node holds and of which the portal knows the epoch, lowest first. */
export async function listHeldContentKeys(db: Db, dataset_id: string): Promise<ContentKeyRow[]> {
  return db.selectFrom('content_key').selectAll().where('dataset_id', '=', dataset_id).where('custody', '=', 'producer').where('delivered_at', 'is not', null).orderBy('epoch').execute();
}

/** Stores the sealed copies of a new content key; durable when it resolves. Refused by the primary key when another process was quicker. */
export async function insertContentKey(db: Db, key: NewContentKey): Promise<void> {
  await db.insertInto('content_key').values(key).execute();
}

/** From now on this dataset's present content keys seal nothing new. */
export async function spendContentKeys(db: Db, dataset_id: string, now: Date): Promise<void> {
  await db.updateTable('content_key').set({ spent_at: now }).where('dataset_id', '=', dataset_id).where('spent_at', 'is', null).execute();
}

/** The portal knows these epochs, with their deposits where there are any. */
export async function markContentKeysDelivered(db: Db, dataset_id: string, epochs: readonly number[], now: Date): Promise<void> {
  if (epochs.length === 0) return;
  await db.updateTable('content_key').set({ delivered_at: now }).where('dataset_id', '=', dataset_id).where('epoch', 'in', epochs).where('delivered_at', 'is', null).execute();
}
