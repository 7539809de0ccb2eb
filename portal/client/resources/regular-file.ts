import { type FileHandle, open, stat } from 'node:fs/promises';
import { readError } from './file-error.ts';

/** Opens a file for reading that can be read at any place; undefined for a pipe or a device, whose bytes come once. Throws `file_unreadable`. */
export async function openRegularFile(path: string): Promise<FileHandle | undefined> {
  try {
    // Looked at first: opening a pipe would wait for its writer, and end what the writer has to say.
    return (await stat(path)).isFile() ? await open(path, 'r') : undefined;
  } catch (cause) {
    throw readError(cause, path);
  }
}
