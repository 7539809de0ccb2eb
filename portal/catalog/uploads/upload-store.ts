import { sql } from 'kysely';
import { PortalError } from '../../errors.ts';
import type { Db } from '../../portal.ts';

/** An upload as it stands; `root` is a digest. */
export interface Upload {
  upload_id: string;
  producer_id: string;
  root: string;
  body_size: number;
  store_ref: string;
  state: 'open' | 'complete' | 'discarded';
  expires_at: Date;
}

const columns = ['upload_id', 'producer_id', 'root', 'body_size', 'store_ref', 'state', 'expires_at'] as const;

/** The upload, whatever its state, or undefined. */
export async function findUpload(db: Db, upload_id: string): Promise<Upload | undefined> {
  const row = await db.selectFrom('upload').select(columns).where('upload_id', '=', upload_id).executeTakeFirst();
  return row && { ...row, body_size: Number(row.body_size) };
}

/** The upload if it is of one of these producers; `not_found` otherwise, for strangers as for nobody. */
export async function getUploadOf(db: Db, producer_ids: readonly string[], upload_id: string): Promise<Upload> {
  const upload = await findUpload(db, upload_id);
  if (upload === undefined || !producer_ids.includes(upload.producer_id)) throw new PortalError('not_found', 'There is no such upload.');
  return upload;
}

/** The open upload of this body by this producer, or undefined. There is at most one. */
export async function findOpenUpload(db: Db, producer_id: string, root: string): Promise<Upload | undefined> {
  const row = await db.selectFrom('upload').select(columns).where('producer_id', '=', producer_id).where('root', '=', root).where('state', '=', 'open').executeTakeFirst();
  return row && { ...row, body_size: Number(row.body_size) };
}

/** Size of the body if the producer uploaded it and the store holds it; undefined otherwise. */
export async function findClaimedSize(db: Db, producer_id: string, root: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('body_claim')
    .innerJoin('body', 'body.root', 'body_claim.root')
    .select('body.body_size')
    .where('body_claim.producer_id', '=', producer_id)
    .where('body_claim.root', '=', root)
    .executeTakeFirst();
  return row && Number(row.body_size);
}

/** What a producer holds in the store or has announced: bytes in all, and how many uploads are open. */
export async function measureProducer(db: Db, producer_id: string): Promise<{ bytes: number; open_uploads: number }> {
  const stored = await db
    .selectFrom('body_claim')
    .innerJoin('body', 'body.root', 'body_claim.root')
    .select(sql<string>`coalesce(sum(body.body_size), 0)`.as('bytes'))
    .where('body_claim.producer_id', '=', producer_id)
    .executeTakeFirstOrThrow();
  const open = await db
    .selectFrom('upload')
    .select([sql<string>`coalesce(sum(body_size), 0)`.as('bytes'), sql<string>`count(*)`.as('uploads')])
    .where('producer_id', '=', producer_id)
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow();
  return { bytes: Number(stored.bytes) + Number(open.bytes), open_uploads: Number(open.uploads) };
}

/** Makes others that announce for this producer wait until the transaction ends, so that a quota cannot be passed by two at once. */
export async function lockProducer(trx: Db, producer_id: string): Promise<void> {
  await trx.selectFrom('producer').select('producer_id').where('producer_id', '=', producer_id).forUpdate().executeTakeFirst();
}

/** Stores a new open upload; fails on the unique index `upload_open` when there is one already. */
export async function insertUpload(trx: Db, upload: Upload, created_at: Date): Promise<void> {
  await trx.insertInto('upload').values({ ...upload, created_at }).execute();
}

/** Numbers of the parts that are in the store, ascending. */
export async function listPartsDone(db: Db, upload_id: string): Promise<number[]> {
  const rows = await db.selectFrom('upload_part').select('part').where('upload_id', '=', upload_id).orderBy('part').execute();
  return rows.map((row) => row.part);
}

/** The parts in the store with their leaf hashes and receipts, ascending. */
export async function listParts(db: Db, upload_id: string): Promise<{ part: number; size: number; leaves: Uint8Array; receipt: string }[]> {
  const rows = await db.selectFrom('upload_part').select(['part', 'size', 'leaves', 'receipt']).where('upload_id', '=', upload_id).orderBy('part').execute();
  return rows.map((row) => ({ ...row, leaves: new Uint8Array(row.leaves) }));
}

/** Records a part and lets the upload live on; false when the upload is no longer open. The last record of a part wins. */
export async function recordPart(
  trx: Db,
  part: { upload_id: string; part: number; size: number; leaves: Uint8Array; receipt: string },
  expires_at: Date,
): Promise<boolean> {
  const open = await trx
    .updateTable('upload')
    .set({ expires_at })
    .where('upload_id', '=', part.upload_id)
    .where('state', '=', 'open')
    .returning('upload_id')
    .executeTakeFirst();
  if (open === undefined) return false;
  const { size, leaves, receipt } = part;
  await trx
    .insertInto('upload_part')
    .values(part)
    .onConflict((conflict) => conflict.columns(['upload_id', 'part']).doUpdateSet({ size, leaves, receipt }))
    .execute();
  return true;
}

/** Forgets the parts of an upload, so that they are sent again. */
export async function forgetParts(db: Db, upload_id: string): Promise<void> {
  await db.deleteFrom('upload_part').where('upload_id', '=', upload_id).execute();
}

/** Records that the store holds the body and that this producer uploaded it. Idempotent. */
export async function recordBody(trx: Db, upload: Upload, now: Date): Promise<void> {
  await trx.insertInto('body').values({ root: upload.root, body_size: upload.body_size, stored_at: now }).onConflict((conflict) => conflict.doNothing()).execute();
  await trx.insertInto('body_claim').values({ producer_id: upload.producer_id, root: upload.root, claimed_at: now }).onConflict((conflict) => conflict.doNothing()).execute();
}

/** Ends an open upload; its parts are forgotten. Does nothing to one that ended already. */
export async function endUpload(trx: Db, upload_id: string, state: 'complete' | 'discarded'): Promise<void> {
  await trx.updateTable('upload').set({ state }).where('upload_id', '=', upload_id).where('state', '=', 'open').execute();
  await forgetParts(trx, upload_id);
}

/** Open uploads that nobody has touched in time, oldest first. */
export async function listExpiredUploads(db: Db, now: Date, limit: number): Promise<Upload[]> {
  const rows = await db.selectFrom('upload').select(columns).where('state', '=', 'open').where('expires_at', '<=', now).orderBy('expires_at').limit(limit).execute();
  return rows.map((row) => ({ ...row, body_size: Number(row.body_size) }));
}
