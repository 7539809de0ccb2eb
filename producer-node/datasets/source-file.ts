import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf, refusal, systemCode } from '../errors.ts';

/** A file to publish, open for reading: what is read is what was checked, whatever happens to the name meanwhile. */
export interface SourceFile {
  /** Absolute path. */
  path: string;
  name: string;
  size: number;
  handle: FileHandle;
}

/**
 * Opens a file for publishing. Throws `file_missing`, `file_is_folder`, `file_not_regular`, `file_unreadable`, `file_empty`; the
 * caller closes the handle.
 */
export async function openSourceFile(file: string): Promise<SourceFile> {
  const absolute = path.resolve(file);
  let handle: FileHandle | undefined;
  try {
    // A named pipe would block the opening itself, so its kind is looked at first.
    const found = await stat(absolute);
    if (found.isDirectory()) throw refusal('file_is_folder', { file });
    if (!found.isFile()) throw refusal('file_not_regular', { file });
    handle = await open(absolute, constants.O_RDONLY);
    const { size } = await handle.stat();
    if (size === 0) throw refusal('file_empty', { file });
    return { path: absolute, name: path.basename(absolute).normalize('NFC'), size, handle };
  } catch (cause) {
    await handle?.close();
    const code = systemCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refusal('file_missing', { file }, { cause });
    if (code !== undefined && /^E[A-Z0-9]+$/.test(code)) throw refusal('file_unreadable', { file, reason: reasonOf(cause) }, { cause });
    throw cause;
  }
}

/** Reads an open file from its beginning in pieces of 1 MiB, each in memory of its own. Throws `file_unreadable`. */
export async function* readSource(source: SourceFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let position = 0;
  for (;;) {
    const piece = new Uint8Array(PIECE_BYTES);
    let bytesRead: number;
    try {
      ({ bytesRead } = await source.handle.read(piece, 0, piece.length, position));
    } catch (cause) {
      throw refusal('file_unreadable', { file: source.path, reason: reasonOf(cause) }, { cause });
    }
    if (bytesRead === 0) return;
    position += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

/** Bytes of every piece but the last. */
export const PIECE_BYTES = 1024 * 1024;
