import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type ByteSink, type ByteSource, type Digest, digestFromBytes, digestOf, recipientKind, sealStream } from '#crypto';
import { type BackupFile, type BackupList, isBackupPath, LIST_FILE } from './backup-list.ts';
import { syncFolder, syncFolders, writeDurable } from './durable-write.ts';
import { BackupError } from './errors.ts';

/** A backup being written; it has its name only once it is whole. */
export interface BackupWriter {
  /** Seals the bytes to the recipients, as `<path>.age`. Errors of the source pass. */
  seal(path: string, source: ByteSource): Promise<void>;
  /** Keeps bytes that are public anyway as they are, under their name. */
  keep(path: string, source: ByteSource): Promise<void>;
  /** As `keep`, without a line in the list: for a file whose name is its digest, in a listed file of its own. */
  keepNamed(path: string, source: ByteSource): Promise<void>;
  /** Writes the list, makes everything durable and gives the folder its name. Gives the digest of the list. */
  finish(facts: Omit<BackupList, 'v' | 'files'>): Promise<{ digest: Digest; files: number }>;
  /** Removes what was written, unless finished. Idempotent. */
  discard(): Promise<void>;
}

/**
 * Begins a backup that will be the folder `into`, which must not exist or be empty (`target_not_empty`). Everything is written in an
 * unfinished folder beside it and renamed at the end. Refuses `bad_recipient`, `target_unwritable`.
 */
export async function beginBackup(into: string, recipients: readonly string[]): Promise<BackupWriter> {
  for (const recipient of recipients) requireRecipient(recipient);
  if (recipients.length === 0) throw new BackupError('bad_recipient', '""');
  const target = resolve(into);
  if (!(await isVacant(target))) throw new BackupError('target_not_empty', target);
  const unfinished = `${target}.unfinished-${randomBytes(4).toString('hex')}`;
  await mkdir(unfinished, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new BackupError('target_unwritable', target, cause);
  });
  const files: BackupFile[] = [];
  let finished = false;

  const named: string[] = [];
  const write = async (path: string, fill: (sink: ByteSink) => Promise<void>): Promise<BackupFile> => {
    // What could not be restored must not look backed up.
    if (!isBackupPath(path)) throw new BackupError('source_unreadable', path);
    const hash = createHash('sha256');
    let size = 0;
    await writeDurable(join(unfinished, path), (sink) =>
      fill(async (bytes) => {
        hash.update(bytes);
        size += bytes.length;
        await sink(bytes);
      }),
    ).catch((cause: unknown) => {
      throw isSystemError(cause) && cause.syscall === 'write' ? new BackupError('target_unwritable', target, cause) : cause;
    });
    return { path, size, sha256: digestFromBytes(hash.digest()) };
  };
  const copy = (path: string, source: ByteSource) =>
    write(path, async (sink) => {
      for await (const bytes of source) await sink(bytes);
    });
  return {
    seal: async (path, source) => void files.push(await write(`${path}.age`, (sink) => sealStream(source, recipients, sink))),
    keep: async (path, source) => void files.push(await copy(path, source)),
    keepNamed: async (path, source) => void named.push((await copy(path, source)).path),
    async finish(facts) {
      const list: BackupList = { v: 1, ...facts, files };
      const bytes = Buffer.from(`${JSON.stringify(list, null, 1)}\n`);
      await writeDurable(join(unfinished, LIST_FILE), async (sink) => sink(bytes));
      await syncFolders(unfinished, [...files.map((file) => file.path), ...named]);
      await rename(unfinished, target).catch((cause: unknown) => {
        throw new BackupError('target_not_empty', target, cause);
      });
      finished = true;
      await syncFolder(dirname(target));
      return { digest: digestOf(bytes), files: files.length + named.length };
    },
    async discard() {
      if (!finished) await rm(unfinished, { recursive: true, force: true });
    },
  };
}

/** Whether nothing lies at a path, or an empty folder. */
export async function isVacant(folder: string): Promise<boolean> {
  return readdir(folder).then(
    (names) => names.length === 0,
    (cause: unknown) => isSystemError(cause) && cause.code === 'ENOENT',
  );
}

/** Whether an error is the operating system's. */
export function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'syscall' in cause && 'code' in cause;
}

function requireRecipient(recipient: string): void {
  try {
    recipientKind(recipient);
  } catch (cause) {
    throw new BackupError('bad_recipient', recipient.slice(0, 100), cause);
  }
}
