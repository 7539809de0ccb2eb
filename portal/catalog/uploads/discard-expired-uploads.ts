import type { Portal } from '../../portal.ts';
import { discardUpload } from './discard-upload.ts';
import { listExpiredUploads } from './upload-store.ts';

/** Frees what uploads hold that got no part for a day, at most 100 of them; gives their number. Run now and then by any process. */
export async function discardExpiredUploads(portal: Portal): Promise<number> {
  const expired = await listExpiredUploads(portal.db, portal.clock.now(), 100);
  for (const upload of expired) await discardUpload(portal, upload);
  return expired.length;
}
