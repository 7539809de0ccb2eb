import { equalBytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { type HashOf, largestPowerOfTwo, nodeHash, rangeRoot, requireSize } from './merkle-tree.ts';

/** Longest path there can be: trees have fewer than 2^53 leaves. */
export const PATH_MAX = 53;

/**
 * The audit path (RFC 6962 §2.1.1) of leaf `index` in a tree of `size` leaves, nearest sibling first. Refuses with `empty_tree` or
 * `malformed_proof` (no such leaf).
 */
export async function inclusionPath(size: number, index: number, hashOf: HashOf): Promise<Uint8Array[]> {
  requireIndex(size, index);
  const path: Uint8Array[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    // The left part is the largest power of two that is smaller than the whole.
    const split = start + largestPowerOfTwo(end - start - 1);
    if (index < split) {
      path.unshift(await rangeRoot(split, end, hashOf));
      end = split;
    } else {
      path.unshift(await rangeRoot(start, split, hashOf));
      start = split;
    }
  }
  return path;
}

/** A claim that a leaf stands at a place in a tree. */
export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leaf_hash: Uint8Array;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/**
 * Verifies a claim of inclusion (RFC 9162 §2.1.3.2): returns if it holds. Refuses with `empty_tree`, `malformed_proof` (index, hash
 * lengths or path length impossible for that size) or `proof_mismatch`.
 */
export function verifyInclusion(claim: Inclusion): void {
  requireIndex(claim.size, claim.index);
  requireHashes([claim.leaf_hash, claim.root, ...claim.path]);
  let index = claim.index;
  let last = claim.size - 1;
  let hash = claim.leaf_hash;
  for (const sibling of claim.path) {
    if (last === 0) throw new CryptoError('malformed_proof', 'a path longer than the tree is high');
    if (index % 2 === 1 || index === last) {
      hash = nodeHash(sibling, hash);
      // Levels at which this node stands alone have no sibling: it moves up unchanged.
      while (index % 2 === 0 && index !== 0) {
        index /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    index = Math.floor(index / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw new CryptoError('malformed_proof', 'a path shorter than the tree is high');
  if (!equalBytes(hash, claim.root)) throw new CryptoError('proof_mismatch', 'the path does not lead to the root');
}

/** Refuses hashes that are not 32 bytes and more of them than a tree can be high: `malformed_proof`. */
export function requireHashes(hashes: readonly Uint8Array[]): void {
  if (hashes.length > PATH_MAX * 2 + 4) throw new CryptoError('malformed_proof', 'a path longer than any tree is high');
  if (hashes.some((hash) => hash.length !== 32)) throw new CryptoError('malformed_proof', 'a hash that is not 32 bytes');
}

function requireIndex(size: number, index: number): void {
  requireSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new CryptoError('malformed_proof', `no leaf ${index} in a tree of ${size}`);
  }
}
