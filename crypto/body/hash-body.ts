import { createHash } from 'node:crypto';
import { type Digest, digestFromBytes } from '../digest.ts';
import { type BodyTree, TreeHasher } from './body-tree.ts';
import type { ByteSink, ByteSource } from './byte-stream.ts';

/** What an open file is known by: its tree, and the plain SHA-256 that `sha256sum` prints. */
export interface HashedBody extends BodyTree {
  readonly sha256: Digest;
}

/** Hashes an open file as it passes from source to sink; without a sink, only hashes. */
export async function hashBody(source: ByteSource, sink?: ByteSink): Promise<HashedBody> {
  const whole = createHash('sha256');
  const tree = new TreeHasher();
  for await (const bytes of source) {
    whole.update(bytes);
    tree.update(bytes);
    // The sink may keep what it gets, the source may reuse what it gave.
    if (sink !== undefined && bytes.length > 0) await sink(bytes.slice());
  }
  return { ...tree.finish(), sha256: digestFromBytes(new Uint8Array(whole.digest())) };
}
