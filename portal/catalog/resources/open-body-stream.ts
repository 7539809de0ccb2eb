import { type Digest, hexOfDigest } from '#crypto';
import type { Caller, Portal } from '../../portal.ts';
import { requireGrant } from './require-grant.ts';
import { getStoredFile, type StoredFile } from './resource-store.ts';

/** Where a file is: dataset, version (a number or `latest`) and resource. */
export interface FilePlace {
  dataset_id: string;
  version: string;
  resource_id: string;
}

/** A body that the caller may have: what it is, and its bytes [start, end). */
export interface OpenedBody {
  file: StoredFile;
  read(start: number, end: number): Promise<AsyncIterable<Uint8Array>>;
}

/** The body of a file: of open data for everybody, of sealed data under a live grant. Refuses with `not_found`, `forbidden`, `unavailable`. */
export async function openBodyStream(portal: Portal, caller: Caller, place: FilePlace): Promise<OpenedBody> {
  const file = await getStoredFile(portal.db, caller, place);
  if (file.epoch !== null) await requireGrant(portal, caller, file.dataset_id, file.epoch);
  return {
    file,
    read: (start, end) => portal.store.readBody(hexOfDigest(file.root as Digest), start, end),
  };
}

/** The leaf hashes of a file's body, which tell nothing about what is sealed. Refuses with `not_found`, `unavailable`. */
export async function readBodyLeaves(portal: Portal, caller: Caller, place: FilePlace): Promise<{ file: StoredFile; leaves: Uint8Array }> {
  const file = await getStoredFile(portal.db, caller, place);
  return { file, leaves: await portal.store.readLeaves(hexOfDigest(file.root as Digest)) };
}
