import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bodyLeafHash, equalBytes, LEAF_HASH_SIZE, LEAF_SIZE } from '#crypto';
import { ClientError } from '../errors.ts';
import { syncFolder } from '../home/home-folder.ts';
import { isMissing, systemCode, writeError } from './file-error.ts';

/** Mode of a written file: everybody may read what is open, only the owner what was sealed. */
export type FileMode = 0o600 | 0o666;

/** Refuses with `output_exists` a path where something lies already, unless it may be replaced. */
export async function assertFree(path: string, force: boolean): Promise<void> {
  if (force) return;
  try {
    await lstat(path);
  } catch (cause) {
    if (isMissing(cause)) return;
    throw writeError(cause, path);
  }
  throw new ClientError('output_exists', `${path} exists already; it is replaced only with --force.`, { facts: { path } });
}

/** Opens the provisional file of an interrupted work, or a new one. A link there is not followed. */
export async function openPart(path: string, mode: FileMode): Promise<FileHandle> {
  try {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, mode);
    // One that was there already keeps the mode it had.
    if (mode === 0o600) await file.chmod(mode);
    return file;
  } catch (cause) {
    throw writeError(cause, path);
  }
}

/**
 * How many leading leaves of a provisional file are the signed ones, each hashed again; what lies behind them is cut off. The
 * disk is not trusted more than the network.
 */
export async function keepVerifiedLeaves(file: FileHandle, body_size: number, leaves: Uint8Array): Promise<number> {
  const held = Math.min((await file.stat()).size, body_size);
  const count = leaves.length / LEAF_HASH_SIZE;
  const buffer = new Uint8Array(LEAF_SIZE);
  let leaf = 0;
  for (; leaf < count; leaf++) {
    const start = leaf * LEAF_SIZE;
    const size = Math.min(LEAF_SIZE, body_size - start);
    if (start + size > held) break;
    const bytes = await readExactly(file, buffer.subarray(0, size), start);
    if (bytes === undefined || !equalBytes(bodyLeafHash(bytes), leaves.subarray(leaf * LEAF_HASH_SIZE, (leaf + 1) * LEAF_HASH_SIZE))) break;
  }
  await file.truncate(Math.min(leaf * LEAF_SIZE, body_size));
  return leaf;
}

/** Writes all of the bytes at a place of a file: near the end of a disk the system may take only some of them at a time. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
}

/** Makes a provisional file the final one: written out, then renamed, never over another file unless `force`. */
export async function finishPart(file: FileHandle, part: string, path: string, force: boolean): Promise<void> {
  try {
    await file.sync();
    await file.close();
    if (force) await rename(part, path);
    else await moveWithoutReplacing(part, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw writeError(cause, path);
  }
}

async function moveWithoutReplacing(part: string, path: string): Promise<void> {
  try {
    // A hard link fails where rename would silently replace a file that came meanwhile.
    await link(part, path);
    await rm(part, { force: true });
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'EEXIST') throw new ClientError('output_exists', `${path} exists already; it is replaced only with --force.`, { cause, facts: { path } });
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw cause;
    await assertFree(path, false);
    await rename(part, path);
  }
}

async function readExactly(file: FileHandle, into: Uint8Array, position: number): Promise<Uint8Array | undefined> {
  let filled = 0;
  while (filled < into.length) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return into;
}
