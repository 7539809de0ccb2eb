import { concatBytes, rootOfLeaves } from '#crypto';
import { PortalError } from '../../errors.ts';
import type { Caller, Portal } from '../../portal.ts';
import { discardUpload } from './discard-upload.ts';
import { partCount } from './upload-rules.ts';
import { endUpload, forgetParts, getUploadOf, listParts, recordBody } from './upload-store.ts';

/**
 * Ends an upload: the tree is recomputed from the leaf hashes of what came in, and only a body that has the announced root is
 * acknowledged, made visible and counted as uploaded by its producer. May be repeated. Refuses with `not_found`, `conflict`
 * (`parts_missing`, `upload_ended`, `stored_bytes_differ`: send the parts again), `bad_evidence` (`root_mismatch`), `unavailable`.
 */
export async function completeUpload(portal: Portal, caller: Caller, input: { upload_id: string }): Promise<{ root: string; body_size: number }> {
  const { upload_id } = input;
  const upload = await getUploadOf(portal.db, caller.kind === 'node' ? caller.producer_ids : [], upload_id);
  const { root, body_size } = upload;
  if (upload.state === 'complete') return { root, body_size };
  if (upload.state !== 'open') throw new PortalError('conflict', 'This upload has ended. Start it again.', { reason: 'upload_ended' });

  const parts = await listParts(portal.db, upload_id);
  const missing = missingParts(parts.map((part) => part.part), partCount(body_size));
  if (missing.length > 0) {
    const named = missing.slice(0, 20).join(', ');
    throw new PortalError('conflict', `${missing.length} parts have not arrived: ${named}${missing.length > 20 ? '…' : ''}.`, { reason: 'parts_missing' });
  }
  const leaves = concatBytes(...parts.map((part) => part.leaves));
  if (rootOfLeaves(leaves) !== root) {
    await discardUpload(portal, upload);
    throw new PortalError('bad_evidence', 'The bytes that arrived have another root than the one announced. Nothing was kept; upload the file again.', { reason: 'root_mismatch' });
  }
  try {
    await portal.store.completeUpload(upload.store_ref, parts.map((part) => part.receipt), leaves);
  } catch (error) {
    if (error instanceof PortalError && error.reason === 'stored_bytes_differ') await forgetParts(portal.db, upload_id);
    if (error instanceof PortalError && (error.reason === 'upload_gone' || error.reason === 'disk_full')) await discardUpload(portal, upload);
    throw error;
  }
  await portal.db.transaction().execute(async (trx) => {
    await recordBody(trx, upload, portal.clock.now());
    await endUpload(trx, upload_id, 'complete');
  });
  return { root, body_size };
}

function missingParts(done: readonly number[], count: number): number[] {
  const there = new Set(done);
  return Array.from({ length: count }, (_, part) => part).filter((part) => !there.has(part));
}
