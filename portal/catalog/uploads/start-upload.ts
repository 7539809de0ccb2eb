import { type Digest, hexOfDigest, leafCount } from '#crypto';
import { isUniqueViolation } from '../../db/database.ts';
import { PortalError } from '../../errors.ts';
import type { Caller, Portal } from '../../portal.ts';
import { type BodyStore, PART_SIZE } from '../../storage/body-store.ts';
import { requireOwnProducer } from '../require-own-producer.ts';
import { discardUpload } from './discard-upload.ts';
import { OPEN_UPLOADS_MAX, PARTS_MAX, partCount, uploadExpiry } from './upload-rules.ts';
import { findClaimedSize, findOpenUpload, insertUpload, listPartsDone, lockProducer, measureProducer, type Upload } from './upload-store.ts';

/** Where an upload stands. `upload_id` is null when the body is in the store already and nothing has to be sent. */
export interface UploadProgress {
  upload_id: string | null;
  part_size: number;
  parts_done: number[];
  state: 'open' | 'complete';
}

/**
 * Announces a body by its root and size: a new upload, the one begun before with the parts it has, or `complete` when this producer
 * uploaded these bytes already and the store has them. Bytes that another producer uploaded have to be sent too: a root alone proves nothing.
 * Refuses with `forbidden`, `too_large` (reasons `body_too_large`, `quota_exceeded`), `too_many_requests`, `conflict`, `unavailable`.
 */
export async function startUpload(
  portal: Portal,
  caller: Caller,
  input: { producer_id: string; root: Digest; body_size: number },
): Promise<{ created: boolean; progress: UploadProgress }> {
  const { producer_id, root, body_size } = input;
  requireOwnProducer(caller, producer_id);
  const root_hex = hexOfDigest(root);
  if (partCount(body_size) > PARTS_MAX) {
    throw new PortalError('too_large', `A body has at most ${PARTS_MAX * PART_SIZE} bytes. Cut the file into several resources.`, { reason: 'body_too_large' });
  }

  const claimed = await findClaimedSize(portal.db, producer_id, root);
  if (claimed !== undefined) {
    requireSameSize(claimed, body_size);
    if (await storeHolds(portal.store, root_hex, body_size)) return { created: false, progress: { upload_id: null, part_size: PART_SIZE, parts_done: [], state: 'complete' } };
  }
  const now = portal.clock.now();
  const begun = await findOpenUpload(portal.db, producer_id, root);
  if (begun !== undefined && begun.expires_at > now) return resume(portal, begun, body_size);
  // A lapsed one takes no parts any more, and there may be only one open upload of a body.
  if (begun !== undefined) await discardUpload(portal, begun);

  await requireRoom(portal, portal, producer_id, body_size);
  const store_ref = await portal.store.beginUpload(root_hex, body_size);
  const upload: Upload = { upload_id: portal.newUuid(), producer_id, root, body_size, store_ref, state: 'open', expires_at: uploadExpiry(now) };
  try {
    await portal.db.transaction().execute(async (trx) => {
      await lockProducer(trx, producer_id);
      await requireRoom(portal, { db: trx }, producer_id, body_size);
      await insertUpload(trx, upload, now);
    });
  } catch (error) {
    await portal.store.discardUpload(store_ref);
    if (!isUniqueViolation(error, 'upload_open')) throw error;
    // Two calls announced the same body at once: the other one's upload serves both.
    const other = await findOpenUpload(portal.db, producer_id, root);
    if (other === undefined) throw new PortalError('conflict', 'This upload was begun twice at once. Start it again.', { reason: 'upload_raced', cause: error });
    return resume(portal, other, body_size);
  }
  return { created: true, progress: { upload_id: upload.upload_id, part_size: PART_SIZE, parts_done: [], state: 'open' } };
}

/** Whether the store still has this body, as far as can be told without reading it: its size, and leaf hashes that give its root. */
async function storeHolds(store: BodyStore, root_hex: string, body_size: number): Promise<boolean> {
  if ((await store.statBody(root_hex)) !== body_size) return false;
  try {
    return (await store.readLeaves(root_hex)).length === leafCount(body_size) * 32;
  } catch (error) {
    if (error instanceof PortalError && (error.code === 'not_found' || error.reason === 'store_damaged')) return false;
    throw error;
  }
}

async function resume(portal: Portal, upload: Upload, body_size: number): Promise<{ created: boolean; progress: UploadProgress }> {
  requireSameSize(upload.body_size, body_size);
  const parts_done = await listPartsDone(portal.db, upload.upload_id);
  return { created: false, progress: { upload_id: upload.upload_id, part_size: PART_SIZE, parts_done, state: 'open' } };
}

function requireSameSize(known: number, body_size: number): void {
  if (known !== body_size) throw new PortalError('conflict', `These bytes were announced before with ${known} bytes, now with ${body_size}.`, { reason: 'size_differs' });
}

async function requireRoom(portal: Portal, { db }: Pick<Portal, 'db'>, producer_id: string, body_size: number): Promise<void> {
  const { bytes, open_uploads } = await measureProducer(db, producer_id);
  if (open_uploads >= OPEN_UPLOADS_MAX) {
    throw new PortalError('too_many_requests', `This producer has ${open_uploads} uploads open. Complete some, or wait until they expire.`, { reason: 'too_many_uploads', retry_after: 3600 });
  }
  const limit = portal.config.limits.body_bytes_per_producer;
  if (bytes + body_size > limit) {
    throw new PortalError('too_large', `This producer may store ${limit} bytes and would hold ${bytes + body_size}. Ask the operator for more room.`, { reason: 'quota_exceeded' });
  }
}
