import { CryptoError, type Digest, sealBody, type SealedBody, sealFile, THREADS_WORTH_BYTES, TreeHasher } from '#crypto';
import { reasonOf, refusal } from '../errors.ts';
import type { SpoolWriter } from '../storage/spool.ts';
import { readSource, type SourceFile } from './source-file.ts';

/** A body sealed into the spool, and the root of the tree over what was sealed. */
export interface SealedSource extends SealedBody {
  source_root: Digest;
}

/**
 * Seals a source file into the spool: a large one on threads beside the one that serves, a small one here, without the cost of
 * starting them. Throws `file_changed` when the file changes size meanwhile, `file_unreadable`, `disk_full`, `home_unwritable`.
 */
export async function sealSource(source: SourceFile, recipient: string, writer: SpoolWriter, progress: (done: number) => void): Promise<SealedSource> {
  return source.size < THREADS_WORTH_BYTES ? sealHere(source, recipient, writer, progress) : sealOnThreads(source, recipient, writer, progress);
}

async function sealHere(source: SourceFile, recipient: string, writer: SpoolWriter, progress: (done: number) => void): Promise<SealedSource> {
  const plain = new TreeHasher();
  const sealed = await sealBody(counted(source, plain, progress), recipient, writer.sink);
  return { ...sealed, source_root: plain.finish().root };
}

async function* counted(source: SourceFile, plain: TreeHasher, progress: (done: number) => void): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const bytes of readSource(source)) {
    plain.update(bytes);
    done += bytes.length;
    progress(done);
    yield bytes;
  }
}

async function sealOnThreads(source: SourceFile, recipient: string, writer: SpoolWriter, progress: (done: number) => void): Promise<SealedSource> {
  const { size, handle, path } = source;
  try {
    const sealed = await writer.fill((target) => sealFile({ source: handle.fd, target, size, recipient, hash_source: true, progress }));
    const { source_root } = sealed;
    // Asked for above.
    if (source_root === null) throw new Error('the sealing gave no root of its source');
    return { ...sealed, source_root };
  } catch (cause) {
    if (cause instanceof CryptoError && cause.code === 'source_changed') throw refusal('file_changed', { file: path }, { cause });
    if (cause instanceof Error && 'syscall' in cause && cause.syscall === 'read') throw refusal('file_unreadable', { file: path, reason: reasonOf(cause) }, { cause });
    throw cause;
  }
}
