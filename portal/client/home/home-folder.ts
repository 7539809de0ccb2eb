import { constants } from 'node:fs';
import { chmod, lstat, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes, encodeHex } from '#crypto';
import { ClientError } from '../errors.ts';
import { isMissing, systemCode, writeError } from '../resources/file-error.ts';

/** The folder of a consumer's keys, pins and requests; nobody else may look into it. */
export interface Home {
  path: string;
}

const LOOSE = 0o077;

/** Opens the home, or makes it with mode 0700; refuses with `home_too_open` (others can read it) or `home_unusable`. */
export async function openHome(path: string): Promise<Home> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const state = await lstat(path);
    if (!state.isDirectory()) throw new ClientError('home_unusable', `${path} is not a folder.`, { facts: { path } });
    assertPrivate(path, state.mode, state.uid);
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw new ClientError('home_unusable', `The folder ${path} cannot be used.`, { cause, facts: { path, why: systemCode(cause) ?? '' } });
  }
  return { path };
}

/** The text of a file of the home, or undefined when there is none; refuses a file that others can read with `home_too_open`. */
export async function readHomeFile(home: Home, name: string): Promise<string | undefined> {
  const path = join(home.path, name);
  try {
    const state = await lstat(path);
    assertPrivate(path, state.mode, state.uid);
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    if (isMissing(cause)) return undefined;
    throw new ClientError('home_unusable', `${path} cannot be read.`, { cause, facts: { path, why: systemCode(cause) ?? '' } });
  }
}

/**
 * Writes a file of the home with mode 0600: a reader sees the old text or the new one, and a power cut loses neither. With
 * `fresh`, an existing file is left alone and refused with `keys_exist`.
 */
export async function writeHomeFile(home: Home, name: string, text: string, o: { fresh?: boolean } = {}): Promise<void> {
  const path = join(home.path, name);
  const draft = join(home.path, `.${name}.${encodeHex(randomBytes(6))}`);
  try {
    const file = await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(draft, 0o600);
    if (o.fresh === true) await assertAbsent(path);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    if (cause instanceof ClientError) throw cause;
    throw writeError(cause, path);
  }
  await syncFolder(home.path);
}

/** Makes the entries of a folder durable, where the system can. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY).catch(() => undefined);
  try {
    await folder?.sync();
  } catch {
    // Some file systems refuse to sync folders; the rename is then as durable as they make it.
  } finally {
    await folder?.close();
  }
}

async function assertAbsent(path: string): Promise<void> {
  try {
    await lstat(path);
  } catch (cause) {
    if (isMissing(cause)) return;
    throw cause;
  }
  throw new ClientError('keys_exist', `${path} exists already and is not overwritten.`, { facts: { path } });
}

function assertPrivate(path: string, mode: number, uid: number): void {
  if ((mode & LOOSE) !== 0) {
    throw new ClientError('home_too_open', `Others can read ${path}: it holds keys. Close it with chmod go= ${path}`, { facts: { path } });
  }
  const own = process.getuid?.();
  if (own !== undefined && own !== 0 && uid !== own) throw new ClientError('home_unusable', `${path} belongs to somebody else.`, { facts: { path, why: 'owner' } });
}
