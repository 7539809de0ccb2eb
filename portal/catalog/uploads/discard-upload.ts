import type { Portal } from '../../portal.ts';
import { endUpload, type Upload } from './upload-store.ts';

/** Frees what an upload holds and ends it. Idempotent, and does nothing to the body of one that is complete. */
export async function discardUpload(portal: Portal, { upload_id, store_ref }: Pick<Upload, 'upload_id' | 'store_ref'>): Promise<void> {
  // The store first: an interruption leaves the row, and with it the memory of what is still to be freed.
  await portal.store.discardUpload(store_ref);
  await portal.db.transaction().execute((trx) => endUpload(trx, upload_id, 'discarded'));
}
