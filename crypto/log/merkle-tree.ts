import { sha256 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';

const LEAF_PREFIX = new Uint8Array([0]);
const NODE_PREFIX = new Uint8Array([1]);

/** Hash of a leaf: SHA-256(0x00 ‖ bytes) (RFC 6962 §2.1). */
export function leafHash(bytes: Uint8Array): Uint8Array {
  return sha256(LEAF_PREFIX, bytes);
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE_PREFIX, left, right);
}

/** Root over leaf hashes held in memory; over none, SHA-256 of nothing. */
export function treeRoot(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return sha256();
  let level = hashes;
  // Pairing neighbours level by level, an odd last one moving up unchanged, gives the splits of RFC 6962.
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let index = 0; index < level.length; index += 2) above.push(pairHash(level[index], level[index + 1]));
    level = above;
  }
  return level[0] ?? sha256();
}

function pairHash(left: Uint8Array | undefined, right: Uint8Array | undefined): Uint8Array {
  if (left === undefined) throw new CryptoError('empty_tree', 'no node to hash');
  return right === undefined ? left : nodeHash(left, right);
}

/**
 * The hash of the complete subtree `index` of height `level`: over the leaves [index·2^level, (index+1)·2^level). Asked only for
 * subtrees that are complete within the size in question, so an answer never changes.
 */
export type HashOf = (level: number, index: number) => Promise<Uint8Array> | Uint8Array;

/** Complete subtrees of a tree whose leaf hashes are in memory, computed once each. */
export function hashesOf(leafHashes: readonly Uint8Array[]): HashOf {
  const levels: Uint8Array[][] = [[...leafHashes]];
  for (let below = levels[0]; below !== undefined && below.length > 1; below = levels.at(-1)) {
    const level: Uint8Array[] = [];
    for (let index = 0; index + 1 < below.length; index += 2) level.push(pairHash(below[index], below[index + 1]));
    levels.push(level);
  }
  return (level, index) => {
    const hash = levels[level]?.[index];
    if (hash === undefined) throw new CryptoError('malformed_proof', `no complete subtree ${index} of height ${level}`);
    return hash;
  };
}

/** The root over the leaves [start, end), put together from complete subtrees; `start` must be a multiple of the span's power of two. */
export async function rangeRoot(start: number, end: number, hashOf: HashOf): Promise<Uint8Array> {
  const span = end - start;
  const split = largestPowerOfTwo(span);
  if (split === span) return hashOf(Math.log2(split), start / split);
  const left = await hashOf(Math.log2(split), start / split);
  return nodeHash(left, await rangeRoot(start + split, end, hashOf));
}

/** The root of a tree of `size` leaves from its complete subtrees; refuses a size below 1 with `empty_tree`. */
export async function rootOfSize(size: number, hashOf: HashOf): Promise<Uint8Array> {
  requireSize(size);
  return rangeRoot(0, size, hashOf);
}

/** The largest power of two that is not larger than `n`, for n from 1 to 2^53. */
export function largestPowerOfTwo(n: number): number {
  let power = 1;
  while (power * 2 <= n) power *= 2;
  return power;
}

/** Refuses with `empty_tree` a size that is not a whole number of at least one leaf: a tree without leaves proves nothing. */
export function requireSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 1) throw new CryptoError('empty_tree', `a tree of ${size} leaves`);
}
