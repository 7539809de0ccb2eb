import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PortalError } from '../errors.ts';

/**
 * The text of a file that holds a secret. Refuses with `unavailable` one that is missing, and one that group or others may read:
 * whoever copied it there may have copied it elsewhere.
 */
export async function readSecretFile(path: string): Promise<string> {
  let mode: number;
  let text: string;
  try {
    mode = (await stat(path)).mode & 0o777;
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new PortalError('unavailable', `The file ${path} cannot be read. Create the keys with "sceau-portal create-keys".`, { reason: 'key_file', cause });
  }
  if ((mode & 0o077) !== 0) {
    throw new PortalError('unavailable', `The file ${path} is readable by others (mode ${mode.toString(8)}). Run: chmod 600 ${path}`, { reason: 'key_file_mode' });
  }
  return text;
}

/** Writes a new file of mode 0600, on disk when it resolves; refuses with `conflict` one that exists. Folders are made with mode 0700. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (exists) throw new PortalError('conflict', `The file ${path} exists and is not overwritten. Move it away if it is not needed.`, { reason: 'key_file_exists', cause });
    throw new PortalError('unavailable', `The file ${path} cannot be written.`, { reason: 'key_file', cause });
  }
}
