import { TreeHasher } from '#crypto';
import { PortalError } from '../../errors.ts';
import type { Caller, Portal } from '../../portal.ts';
import { partSize, uploadExpiry } from './upload-rules.ts';
import { endUpload, getUploadOf, recordPart } from './upload-store.ts';

/**
 * Writes one part of an upload into the store and keeps the leaf hashes of the bytes that passed; the part counts only once it is
 * durable and `source` ended without an error (which is when its signed digest was compared). Sent again, the last one counts.
 * Refuses with `not_found`, `conflict` (`upload_ended`), `bad_request` (`no_such_part`, `part_size`), `unavailable` (`disk_full`).
 */
export async function receivePart(
  portal: Portal,
  caller: Caller,
  input: { upload_id: string; part: number; size: number; source: AsyncIterable<Uint8Array> },
): Promise<void> {
  const { upload_id, part, size } = input;
  const upload = await getUploadOf(portal.db, caller.kind === 'node' ? caller.producer_ids : [], upload_id);
  if (upload.state !== 'open' || upload.expires_at <= portal.clock.now()) throw uploadEnded();
  const expected = partSize(upload.body_size, part);
  if (expected === undefined) throw new PortalError('bad_request', 'This body has no such part.', { reason: 'no_such_part' });
  if (size !== expected) throw new PortalError('bad_request', `Part ${part} has ${expected} bytes, and ${size} were announced.`, { reason: 'part_size' });

  const tree = new TreeHasher();
  let receipt: string;
  try {
    receipt = await portal.store.writePart(upload.store_ref, part, hashed(input.source, tree), size);
  } catch (error) {
    // The store let go of the whole upload to free the room: it has to begin anew.
    if (error instanceof PortalError && error.reason === 'disk_full') await portal.db.transaction().execute((trx) => endUpload(trx, upload_id, 'discarded'));
    throw error;
  }
  const { leaves } = tree.finish();
  const recorded = await portal.db
    .transaction()
    .execute((trx) => recordPart(trx, { upload_id, part, size, leaves, receipt }, uploadExpiry(portal.clock.now())));
  if (!recorded) throw uploadEnded();
}

function uploadEnded(): PortalError {
  return new PortalError('conflict', 'This upload has ended. Start it again.', { reason: 'upload_ended' });
}

async function* hashed(source: AsyncIterable<Uint8Array>, tree: TreeHasher): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    tree.update(bytes);
    yield bytes;
  }
}
