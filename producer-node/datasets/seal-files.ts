import { type FileResource, type Manifest, parseResourceId, type Resource } from '#catalog-schema';
import { hashBody, sealedSize } from '#crypto';
import type { PublicationFileRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import type { DescribedFile } from './describe-file.ts';
import { sealSource } from './seal-source.ts';
import { openSourceFile, readSource, type SourceFile } from './source-file.ts';
import type { DraftFile } from './sign-publication.ts';

/** A file of a new version: its resource in the manifest, and what the node keeps of it. */
export interface PreparedFile {
  resource: FileResource;
  file: DraftFile;
  reused: boolean;
}

/** The content key that files are sealed for. */
export interface SealFor {
  epoch: number;
  recipient: string;
}

/** Told how a file comes along. */
export type FileProgress = (step: 'sealing' | 'copying' | 'sending', file: string, done: number, total: number) => void;

/** The resource of the previous version that a file continues, by its name. */
export function previousResource(previous: Manifest | undefined, name: string): FileResource | undefined {
  return previous?.resources.find((resource): resource is FileResource => resource.kind === 'file' && resource.name === name);
}

/**
 * The body of the previous version, when the file has not changed and its key is still held by the same: then nothing is sealed
 * or sent again. Undefined when a body has to be made.
 */
export function reusableBody(file: DescribedFile, o: { previous: Manifest | undefined; previous_files: readonly PublicationFileRow[]; custody: Manifest['custody'] }): PreparedFile | undefined {
  const before = previousResource(o.previous, file.name);
  const known = o.previous_files.find((one) => one.resource_id === before?.resource_id);
  if (before === undefined || known === undefined || known.source_sha256 !== file.source_sha256 || o.previous?.custody !== o.custody) return undefined;
  const { resource_id, name, root, body_size, epoch, header, source_sha256 } = known;
  return { resource: { ...before, media_type: file.media_type }, file: { resource_id, name, root, body_size, epoch, header, source_sha256, spool_name: null }, reused: true };
}

/**
 * Puts a file into the spool as it will be stored: sealed for `seal_for`, or as it is when open. Its bytes must still be those that
 * were described (`file_changed`). Throws `disk_full`; of a body that fails nothing stays.
 */
export async function prepareFile(node: ProducerNode, described: DescribedFile, o: { seal_for: SealFor | undefined; previous: Manifest | undefined; progress: FileProgress }): Promise<PreparedFile> {
  const resource_id = parseResourceId(previousResource(o.previous, described.name)?.resource_id ?? node.newUuid());
  const source = await openSourceFile(described.path);
  try {
    return o.seal_for === undefined ? await storeOpen(node, source, described, resource_id, o.progress) : await storeSealed(node, source, described, resource_id, o.seal_for, o.progress);
  } finally {
    await source.handle.close();
  }
}

type Id = Resource['resource_id'];

async function storeOpen(node: ProducerNode, source: SourceFile, described: DescribedFile, resource_id: Id, progress: FileProgress): Promise<PreparedFile> {
  const { name, media_type, source_sha256 } = described;
  const writer = await node.spool.begin(source.size);
  try {
    const body = await hashBody(counted(source, (done) => progress('copying', name, done, source.size)), writer.sink);
    if (body.root !== source_sha256) throw refusal('file_changed', { file: described.path });
    const spool_name = await writer.keep();
    const { root, size, sha256 } = body;
    const resource: FileResource = { kind: 'file', resource_id, name, media_type, body_size: size, tree: { alg: 'rfc6962-sha256-1MiB', root }, size, sha256 };
    return { resource, file: { resource_id, name, root, body_size: size, epoch: null, header: null, source_sha256, spool_name }, reused: false };
  } catch (cause) {
    await writer.discard();
    throw cause;
  }
}

async function storeSealed(node: ProducerNode, source: SourceFile, described: DescribedFile, resource_id: Id, seal_for: SealFor, progress: FileProgress): Promise<PreparedFile> {
  const { name, media_type, source_sha256 } = described;
  const { epoch, recipient } = seal_for;
  const writer = await node.spool.begin(sealedSize(source.size));
  try {
    const sealed = await sealSource(source, recipient, writer, (done) => progress('sealing', name, done, source.size));
    if (sealed.source_root !== source_sha256) throw refusal('file_changed', { file: described.path });
    const spool_name = await writer.keep();
    const { root, body_size, header, header_sha256, header_size } = sealed;
    const age = { epoch, recipient, header_sha256, header_size, pq: recipient.startsWith('age1pq1') };
    const resource: FileResource = { kind: 'file', resource_id, name, media_type, body_size, tree: { alg: 'rfc6962-sha256-1MiB', root }, age };
    return { resource, file: { resource_id, name, root, body_size, epoch, header: Buffer.from(header), source_sha256, spool_name }, reused: false };
  } catch (cause) {
    await writer.discard();
    throw cause;
  }
}

async function* counted(source: SourceFile, passed: (done: number) => void): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const bytes of readSource(source)) {
    done += bytes.length;
    passed(done);
    yield bytes;
  }
}
