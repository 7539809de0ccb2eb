import { equalBytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { requireHashes } from './inclusion.ts';
import { type HashOf, largestPowerOfTwo, nodeHash, rangeRoot, requireSize } from './merkle-tree.ts';

/**
 * The proof (RFC 6962 §2.1.2) that the tree of `first` leaves is the beginning of the tree of `second`; empty when they are equal.
 * Refuses with `empty_tree` or `malformed_proof` (first beyond second).
 */
export async function consistencyPath(first: number, second: number, hashOf: HashOf): Promise<Uint8Array[]> {
  requireSizes(first, second);
  const path: Uint8Array[] = [];
  let start = 0;
  let end = second;
  // Going down towards the edge of the first tree; `start` stays 0 as long as that edge bounds a subtree the reader knows.
  while (first < end) {
    const split = start + largestPowerOfTwo(end - start - 1);
    if (first <= split) {
      path.unshift(await rangeRoot(split, end, hashOf));
      end = split;
    } else {
      path.unshift(await rangeRoot(start, split, hashOf));
      start = split;
    }
  }
  if (start !== 0) path.unshift(await rangeRoot(start, end, hashOf));
  return path;
}

/** A claim that one tree continues another. */
export interface Consistency {
  readonly first: number;
  readonly second: number;
  readonly first_root: Uint8Array;
  readonly second_root: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/**
 * Verifies a claim of consistency (RFC 9162 §2.1.4.2): returns if it holds. Refuses with `empty_tree`, `malformed_proof`, `proof_mismatch`.
 */
export function verifyConsistency(claim: Consistency): void {
  requireSizes(claim.first, claim.second);
  requireHashes([claim.first_root, claim.second_root, ...claim.path]);
  if (claim.first === claim.second) {
    if (claim.path.length !== 0) throw new CryptoError('malformed_proof', 'a path between equal trees');
    if (!equalBytes(claim.first_root, claim.second_root)) throw new CryptoError('proof_mismatch', 'two roots for one size');
    return;
  }
  // A first tree that is one complete subtree is its own first step.
  const steps = isPowerOfTwo(claim.first) ? [claim.first_root, ...claim.path] : [...claim.path];
  let node = claim.first - 1;
  let last = claim.second - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  const [seed, ...rest] = steps;
  if (seed === undefined) throw new CryptoError('malformed_proof', 'an empty path between different trees');
  let firstHash = seed;
  let secondHash = seed;
  for (const step of rest) {
    if (last === 0) throw new CryptoError('malformed_proof', 'a path longer than the tree is high');
    if (node % 2 === 1 || node === last) {
      firstHash = nodeHash(step, firstHash);
      secondHash = nodeHash(step, secondHash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      secondHash = nodeHash(secondHash, step);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  if (last !== 0) throw new CryptoError('malformed_proof', 'a path shorter than the tree is high');
  if (!equalBytes(firstHash, claim.first_root)) {
    throw new CryptoError('proof_mismatch', 'the path does not lead to the first root');
  }
  if (!equalBytes(secondHash, claim.second_root)) {
    throw new CryptoError('proof_mismatch', 'the path does not lead to the second root');
  }
}

function requireSizes(first: number, second: number): void {
  requireSize(first);
  requireSize(second);
  if (first > second) throw new CryptoError('malformed_proof', `a tree of ${first} leaves cannot begin one of ${second}`);
}

function isPowerOfTwo(n: number): boolean {
  return largestPowerOfTwo(n) === n;
}
