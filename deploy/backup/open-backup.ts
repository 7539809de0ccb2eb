import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ByteSink, CryptoError, type Digest, digestFromBytes, digestOf, identityKind, openSealedStream } from '#crypto';
import { type BackupFile, type BackupList, LIST_FILE, parseBackupList } from './backup-list.ts';
import { BackupError } from './errors.ts';

/** A backup whose every file was compared with its list and opened once. */
export interface OpenedBackup {
  list: BackupList;
  digest: Digest;
  /** The files below a folder of the backup. */
  filesIn(folder: string): readonly BackupFile[];
  has(path: string): boolean;
  /** Bytes of a sealed file, given without `.age`, into a sink. */
  open(path: string, sink: ByteSink): Promise<void>;
  /** Bytes of a file that is not sealed; one that the list does not name is unverified. */
  read(path: string): AsyncIterable<Uint8Array>;
}

const READ_SIZE = 1024 * 1024;

/**
 * Opens a backup and verifies all of it before anybody writes anything: list, digests and sizes of every file, and every sealed file
 * from its first byte to its last. Refuses `not_a_backup`, `newer_backup`, `other_kind`, `other_digest`, `altered`, `wrong_identity`.
 */
export async function openBackup(from: string, o: { kind: BackupList['kind']; identities: readonly string[]; digest?: string }): Promise<OpenedBackup> {
  const folder = resolve(from);
  const bytes = await readFile(join(folder, LIST_FILE)).catch((cause: unknown) => {
    throw new BackupError('not_a_backup', folder, cause);
  });
  const digest = digestOf(bytes);
  if (o.digest !== undefined && o.digest !== digest) throw new BackupError('other_digest', digest);
  const list = parseBackupList(bytes, folder);
  if (list.kind !== o.kind) throw new BackupError('other_kind', list.kind);
  const files = new Map(list.files.map((file) => [file.path, file]));
  const read = (path: string): AsyncIterable<Uint8Array> => createReadStream(join(folder, path), { highWaterMark: READ_SIZE });
  const open = async (path: string, sink: ByteSink): Promise<void> => {
    const file = files.get(`${path}.age`);
    if (file === undefined) throw new BackupError('altered', path);
    try {
      await openSealedStream(read(file.path), file.size, o.identities, sink);
    } catch (cause) {
      if (!(cause instanceof CryptoError)) throw cause;
      throw new BackupError(cause.code === 'wrong_recipient' ? 'wrong_identity' : 'altered', file.path, cause);
    }
  };
  for (const file of list.files) await verifyFile(file, read(file.path));
  for (const file of list.files) if (file.path.endsWith('.age')) await open(file.path.slice(0, -'.age'.length), () => undefined);
  return { list, digest, filesIn: (inside) => list.files.filter((file) => file.path.startsWith(`${inside}/`)), has: (path) => files.has(path), open, read };
}

/** The identities of a file as age-keygen writes it; `identity_file` when it holds none. */
export async function readIdentityFile(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new BackupError('identity_file', path, cause);
  });
  const identities = text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  try {
    identities.forEach(identityKind);
  } catch {
    // The cause may quote the identity, which is a secret.
    throw new BackupError('identity_file', path);
  }
  if (identities.length === 0) throw new BackupError('identity_file', path);
  return identities;
}

async function verifyFile(file: BackupFile, source: AsyncIterable<Uint8Array>): Promise<void> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const bytes of source) {
      hash.update(bytes);
      size += bytes.length;
    }
  } catch (cause) {
    throw new BackupError('altered', file.path, cause);
  }
  if (size !== file.size || digestFromBytes(hash.digest()) !== file.sha256) throw new BackupError('altered', file.path);
}
