import { createReadStream } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { collect } from '#crypto';
import { type BackupWriter, isSystemError, isVacant } from './begin-backup.ts';
import { syncFolder, syncFolders, writeDurable } from './durable-write.ts';
import { BackupError } from './errors.ts';
import type { OpenedBackup } from './open-backup.ts';

/**
 * Seals every file of a folder, each for itself, below `name` of the backup. `skip` says which paths (with slashes) stay out. A file
 * that disappears between listing and reading is left out where `may_vanish` says so, and is `source_unreadable` otherwise.
 */
export async function packFolder(writer: BackupWriter, name: string, folder: string, o: { skip?: (path: string) => boolean; may_vanish?: (path: string) => boolean } = {}): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new BackupError('source_unreadable', folder, cause);
  });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  for (const path of paths.sort()) {
    if (o.skip?.(path) === true) continue;
    const file = join(folder, path);
    // Opened before a file is begun in the backup, so that what is gone leaves nothing there.
    const source = createReadStream(file, { highWaterMark: 1024 * 1024 });
    const opened = await new Promise<unknown>((done) => void source.once('open', () => done(undefined)).once('error', done));
    if (isSystemError(opened) && opened.code === 'ENOENT' && o.may_vanish?.(path) === true) continue;
    if (opened !== undefined) throw new BackupError('source_unreadable', file, opened);
    await writer.seal(`${name}/${path}`, source);
  }
}

/** A folder restored beside its place, waiting for everything else to be ready. */
export interface StagedFolder {
  /** Gives it its name: one rename. */
  place(): Promise<void>;
  /** Removes it, also once placed. Idempotent. */
  discard(): Promise<void>;
}

/**
 * Opens the files below `name` of a backup into an unfinished folder beside `folder`, which must not exist or be empty
 * (`target_not_empty`), unless it holds these very files: then a restoring that was interrupted goes on. Files 0600, folders 0700.
 */
export async function stageFolder(backup: OpenedBackup, name: string, folder: string): Promise<StagedFolder> {
  const target = resolve(folder);
  const paths = backup.filesIn(name).map((file) => file.path.slice(name.length + 1, -'.age'.length));
  if (!(await isVacant(target))) {
    if (!(await holdsThese(backup, name, target, paths))) throw new BackupError('target_not_empty', target);
    return { place: async () => undefined, discard: async () => undefined };
  }
  const unfinished = `${target}.unfinished-${randomBytes(4).toString('hex')}`;
  let placed = false;
  const discard = async () => rm(placed ? target : unfinished, { recursive: true, force: true });
  try {
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    for (const path of paths) await writeDurable(join(unfinished, path), (sink) => backup.open(`${name}/${path}`, sink));
    await syncFolders(unfinished, paths);
  } catch (cause) {
    await discard();
    throw isSystemError(cause) ? new BackupError('target_unwritable', target, cause) : cause;
  }
  return {
    discard,
    async place() {
      await rename(unfinished, target).catch((cause: unknown) => {
        throw new BackupError('target_not_empty', target, cause);
      });
      placed = true;
      await syncFolder(dirname(target));
    },
  };
}

async function holdsThese(backup: OpenedBackup, name: string, target: string, paths: readonly string[]): Promise<boolean> {
  const entries = await readdir(target, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (entries === undefined || paths.length === 0 || entries.filter((entry) => !entry.isDirectory()).length !== paths.length) return false;
  for (const path of paths) {
    const here = await readFile(join(target, path)).catch(() => undefined);
    const there = collect();
    await backup.open(`${name}/${path}`, there.sink);
    if (here === undefined || !here.equals(there.bytes())) return false;
  }
  return true;
}
