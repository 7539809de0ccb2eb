import { createReadStream } from 'node:fs';
import { type BodyTree, hashBody, hashFile, LEAF_SIZE, THREADS_WORTH_BYTES } from '#crypto';
import { readError } from './file-error.ts';
import { openRegularFile } from './regular-file.ts';

/** The tree of the bytes under a path: of a large file by threads, of anything else as it comes. Throws `file_unreadable`. */
export async function treeOfFile(path: string): Promise<BodyTree> {
  const file = await openRegularFile(path);
  try {
    const size = file === undefined ? 0 : (await file.stat()).size;
    if (file !== undefined && size >= THREADS_WORTH_BYTES) return await hashFile({ body: file.fd, size });
    return await hashBody(file?.createReadStream({ start: 0, autoClose: false, highWaterMark: LEAF_SIZE }) ?? createReadStream(path, { highWaterMark: LEAF_SIZE }));
  } catch (cause) {
    throw readError(cause, path);
  } finally {
    await file?.close();
  }
}
