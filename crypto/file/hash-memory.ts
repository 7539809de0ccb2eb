import { LEAF_HASH_SIZE, leafCount } from '../body/body-tree.ts';

/** Room for the leaf hashes of so many bytes, in memory that threads share. */
export function createHashMemory(size: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(leafCount(size) * LEAF_HASH_SIZE));
}
