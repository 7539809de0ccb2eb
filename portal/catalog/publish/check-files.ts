import { type FileResource, isSealed, type Manifest, type SealedFileResource } from '#catalog-schema';
import { CryptoError, digestOf, HEADER_MAX_BYTES, openHeader } from '#crypto';
import { PortalError } from '../../errors.ts';
import type { Db } from '../../portal.ts';
import { findClaimedSize } from '../uploads/upload-store.ts';
import { findHeaderByRoot } from './publish-store.ts';

/** The header of a sealed resource, sent beside the manifest. */
export interface SentHeader {
  resource_id: string;
  header: Uint8Array;
}

/** The file resources of a manifest, in its order. */
export function filesOf(manifest: Manifest): FileResource[] {
  return manifest.resources.filter((resource): resource is FileResource => resource.kind === 'file');
}

/** The sealed file resources of a manifest, in its order. */
export function sealedFilesOf(manifest: Manifest): SealedFileResource[] {
  return filesOf(manifest).filter(isSealed);
}

/**
 * Every file's body was uploaded by this very producer, whole, with the signed size. Refuses with `conflict` (`body_not_uploaded`)
 * and `bad_evidence` (`body_size_mismatch`).
 */
export async function checkBodies(db: Db, manifest: Manifest): Promise<void> {
  for (const [index, resource] of manifest.resources.entries()) {
    if (resource.kind !== 'file') continue;
    const issues = [{ pointer: `/resources/${index}`, message: `The body of "${resource.name}".` }];
    const size = await findClaimedSize(db, manifest.producer_id, resource.tree.root);
    if (size === undefined) {
      throw new PortalError('conflict', `The body of "${resource.name}" was not uploaded by this producer. Upload it first.`, { reason: 'body_not_uploaded', issues });
    }
    if (size !== resource.body_size) {
      throw new PortalError('bad_evidence', `The body of "${resource.name}" has ${size} bytes, and ${resource.body_size} are signed.`, { reason: 'body_size_mismatch', issues });
    }
  }
}

/**
 * The header of each sealed file, by resource: the one sent, or the one known from an earlier version of the dataset with the same
 * body. Refuses with `bad_evidence` (`header_size_mismatch`, `header_digest_mismatch`, the codes of headers) and `bad_request`
 * (`header_missing`, `header_unexpected`, `header_repeated`).
 */
export async function checkHeaders(db: Db, manifest: Manifest, sent: readonly SentHeader[]): Promise<Map<string, Uint8Array>> {
  const sealed = sealedFilesOf(manifest);
  const headers = new Map<string, Uint8Array>();
  for (const { resource_id, header } of sent) {
    if (headers.has(resource_id)) throw new PortalError('bad_request', 'A header was sent twice.', { reason: 'header_repeated' });
    if (!sealed.some((file) => file.resource_id === resource_id)) {
      throw new PortalError('bad_request', 'A header was sent for something that is no sealed file of this manifest.', { reason: 'header_unexpected' });
    }
    headers.set(resource_id, header);
  }
  for (const file of sealed) {
    const header = headers.get(file.resource_id) ?? (await findHeaderByRoot(db, manifest.dataset_id, file.tree.root, file.age.epoch));
    if (header === undefined) throw new PortalError('bad_request', `The header of "${file.name}" is missing.`, { reason: 'header_missing' });
    await checkHeader(file, header);
    headers.set(file.resource_id, header);
  }
  return headers;
}

async function checkHeader(file: SealedFileResource, header: Uint8Array): Promise<void> {
  const refused = (reason: string, detail: string): PortalError => new PortalError('bad_evidence', `The header of "${file.name}" ${detail}.`, { reason });
  if (header.length > HEADER_MAX_BYTES || header.length !== file.age.header_size) throw refused('header_size_mismatch', `has ${header.length} bytes, and ${file.age.header_size} are signed`);
  if (digestOf(header) !== file.age.header_sha256) throw refused('header_digest_mismatch', 'is not the one that is signed');
  // Without the content key only its form can be checked: with no identity, a sound header with one stanza is for "another key".
  const verdict = await openHeader(header, [], { maxStanzas: 1 }).then(() => undefined, (error: unknown) => error);
  if (!(verdict instanceof CryptoError) || verdict.code !== 'wrong_recipient') throw verdict ?? refused('header_malformed', 'is not an age header');
}
