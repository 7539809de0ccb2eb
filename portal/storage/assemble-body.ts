import { link, open } from 'node:fs/promises';
import { bodyLeafHash, equalBytes, LEAF_SIZE } from '#crypto';
import { PortalError } from '../errors.ts';
import { PART_SIZE } from './body-store.ts';
import { systemCode } from './disk-error.ts';
import { openIfThere, readFull, sizeOf, writeAll, writeFsynced } from './durable-files.ts';

/** Name of the file of a part that is whole, in the folder of its upload. */
export function partName(part: number): string {
  return `part-${part}`;
}

/**
 * Makes `body` and `leaves` in the folder `whole` from the parts in `folder`, every byte compared with its leaf hash; both files are
 * durable when it resolves. Nobody has ever had the new body open for writing, so nobody can change it afterwards. `conflict` with
 * reason `stored_bytes_differ` when the parts are not those bytes; the system's ENOENT when a part is not there.
 */
export async function assembleBody(folder: string, whole: string, body_size: number, leaves: Uint8Array): Promise<void> {
  const body = `${whole}/body`;
  if (leaves.length !== leafBytes(body_size)) throw differs();
  // A single part is the body: another name for the same file, which its writer closed before giving it its name.
  const linked = body_size > 0 && body_size <= PART_SIZE && (await linkOnce(`${folder}/${partName(0)}`, body));
  if (linked) {
    if (!(await holdsBytes(body, body_size, leaves))) throw differs();
  } else {
    await copyParts(folder, body, body_size, leaves);
  }
  await writeFsynced(`${whole}/leaves`, leaves);
}

/** Whether a folder holds exactly this body, byte for byte, and its leaf hashes. Reads all of it. */
export async function holdsBody(folder: string, body_size: number, leaves: Uint8Array): Promise<boolean> {
  const kept = await openIfThere(`${folder}/leaves`);
  if (kept === undefined) return false;
  try {
    if (!equalBytes(new Uint8Array(await kept.readFile()), leaves)) return false;
  } finally {
    await kept.close();
  }
  return holdsBytes(`${folder}/body`, body_size, leaves);
}

async function copyParts(folder: string, body: string, body_size: number, leaves: Uint8Array): Promise<void> {
  const target = await open(body, 'wx', 0o600);
  try {
    for (let start = 0; start < body_size; start += PART_SIZE) {
      const size = Math.min(PART_SIZE, body_size - start);
      const part = await open(`${folder}/${partName(start / PART_SIZE)}`, 'r');
      try {
        if ((await part.stat()).size !== size) throw differs();
        for (let at = 0; at < size; at += LEAF_SIZE) {
          const bytes = new Uint8Array(Math.min(LEAF_SIZE, size - at));
          if (!(await readFull(part, bytes, at)) || !isLeaf(bytes, (start + at) / LEAF_SIZE, leaves)) throw differs();
          await writeAll(target, bytes, start + at);
        }
      } finally {
        await part.close();
      }
    }
    await target.sync();
  } finally {
    await target.close();
  }
}

async function holdsBytes(path: string, body_size: number, leaves: Uint8Array): Promise<boolean> {
  if ((await sizeOf(path)) !== body_size || leaves.length !== leafBytes(body_size)) return false;
  const file = await openIfThere(path);
  if (file === undefined) return false;
  try {
    for (let at = 0; at < body_size; at += LEAF_SIZE) {
      const bytes = new Uint8Array(Math.min(LEAF_SIZE, body_size - at));
      if (!(await readFull(file, bytes, at)) || !isLeaf(bytes, at / LEAF_SIZE, leaves)) return false;
    }
    return true;
  } finally {
    await file.close();
  }
}

function isLeaf(bytes: Uint8Array, index: number, leaves: Uint8Array): boolean {
  return equalBytes(bodyLeafHash(bytes), leaves.subarray(index * 32, index * 32 + 32));
}

function leafBytes(body_size: number): number {
  return Math.ceil(body_size / LEAF_SIZE) * 32;
}

// False where the file system has no second names for files.
async function linkOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCode(error) ?? '')) return false;
    throw error;
  }
}

function differs(): PortalError {
  return new PortalError('conflict', 'The bytes in the store are not those that were announced. Send this body again.', { reason: 'stored_bytes_differ' });
}
