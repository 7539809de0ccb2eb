import { CryptoError } from '../errors.ts';
import { type HashOf, nodeHash, rootOfSize } from './merkle-tree.ts';

/** One complete subtree to store for ever: height, place and hash. */
export interface StoredHash {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

/**
 * What appending `leafHashes` to a tree of `size` leaves completes: the leaves themselves (level 0) and every subtree that now is
 * whole, and the root of the longer tree. Reads through `hashOf` only subtrees of the old tree. At least one leaf: `empty_tree`.
 */
export async function appendHashes(
  size: number,
  leafHashes: readonly Uint8Array[],
  hashOf: HashOf,
): Promise<{ stored: StoredHash[]; root: Uint8Array }> {
  if (leafHashes.length === 0) throw new CryptoError('empty_tree', 'no leaf to append');
  if (!Number.isSafeInteger(size) || size < 0 || !Number.isSafeInteger(size + leafHashes.length)) {
    throw new CryptoError('empty_tree', `a tree of ${size} leaves`);
  }
  const stored: StoredHash[] = [];
  const fresh = new Map<string, Uint8Array>();
  const known: HashOf = (level, index) => fresh.get(`${level}/${index}`) ?? hashOf(level, index);
  for (const [offset, leaf] of leafHashes.entries()) {
    let hash = leaf;
    let index = size + offset;
    let level = 0;
    keep(level, index, hash);
    // An odd place closes a pair, and the pair may close the next one.
    while (index % 2 === 1) {
      hash = nodeHash(await known(level, index - 1), hash);
      index = (index - 1) / 2;
      level += 1;
      keep(level, index, hash);
    }
  }
  return { stored, root: await rootOfSize(size + leafHashes.length, known) };

  function keep(level: number, index: number, hash: Uint8Array): void {
    stored.push({ level, index, hash });
    fresh.set(`${level}/${index}`, hash);
  }
}
