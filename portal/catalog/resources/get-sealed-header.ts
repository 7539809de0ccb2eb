import { PortalError } from '../../errors.ts';
import type { Caller, Portal } from '../../portal.ts';
import type { FilePlace } from './open-body-stream.ts';
import { requireGrant } from './require-grant.ts';
import { getStoredFile } from './resource-store.ts';

/** The age header that goes before a sealed body, under a live grant. Refuses with `not_found` (open files have none), `forbidden`. */
export async function getSealedHeader(portal: Portal, caller: Caller, place: FilePlace): Promise<Uint8Array> {
  const file = await getStoredFile(portal.db, caller, place);
  if (file.epoch === null || file.header === null) throw new PortalError('not_found', 'This file is open: it has no header.');
  await requireGrant(portal, caller, file.dataset_id, file.epoch);
  return file.header;
}
