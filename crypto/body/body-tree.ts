import { createHash, type Hash } from 'node:crypto';
import { concatBytes, sha256 } from '../bytes.ts';
import { type Digest, digestFromBytes } from '../digest.ts';
import { CryptoError } from '../errors.ts';
import { treeRoot } from '../log/merkle-tree.ts';

/** Bytes of stored body under one leaf of its tree, the last leaf excepted. */
export const LEAF_SIZE = 1_048_576;
/** Bytes of one leaf hash. */
export const LEAF_HASH_SIZE = 32;

const LEAF_PREFIX = new Uint8Array([0]);

/** How many leaves a body of `body_size` bytes has: none when it is empty. Refuses negative and fractional sizes with `body_size_impossible`. */
export function leafCount(body_size: number): number {
  if (!Number.isSafeInteger(body_size) || body_size < 0) throw new CryptoError('body_size_impossible', `${body_size} is no size`);
  return Math.ceil(body_size / LEAF_SIZE);
}

/** The leaf hash (RFC 6962 §2.1) of the bytes of one leaf. */
export function bodyLeafHash(leaf: Uint8Array): Uint8Array {
  return sha256(LEAF_PREFIX, leaf);
}

/** The root over leaf hashes of 32 bytes put one after the other; of none, SHA-256 of nothing. Refuses other lengths with `leaf_count_mismatch`. */
export function rootOfLeaves(leaves: Uint8Array): Digest {
  if (leaves.length % LEAF_HASH_SIZE !== 0) {
    throw new CryptoError('leaf_count_mismatch', 'leaf hashes that are not 32 bytes each');
  }
  const hashes: Uint8Array[] = [];
  for (let offset = 0; offset < leaves.length; offset += LEAF_HASH_SIZE) {
    hashes.push(leaves.subarray(offset, offset + LEAF_HASH_SIZE));
  }
  return digestFromBytes(treeRoot(hashes));
}

/** What the bytes of a body prove about it. */
export interface BodyTree {
  readonly root: Digest;
  /** 32-byte leaf hashes put one after the other. */
  readonly leaves: Uint8Array;
  readonly size: number;
}

/** Hashes a body as it passes, keeping 32 bytes per MiB; `update` in order, then `finish` once. */
export class TreeHasher {
  readonly #hashes: Uint8Array[] = [];
  #leaf: Hash | undefined;
  #size = 0;

  update(bytes: Uint8Array): void {
    let offset = 0;
    while (offset < bytes.length) {
      this.#leaf ??= createHash('sha256').update(LEAF_PREFIX);
      const end = Math.min(bytes.length, offset + LEAF_SIZE - (this.#size % LEAF_SIZE));
      this.#leaf.update(bytes.subarray(offset, end));
      this.#size += end - offset;
      offset = end;
      if (this.#size % LEAF_SIZE === 0) this.#closeLeaf();
    }
  }

  finish(): BodyTree {
    this.#closeLeaf();
    const leaves = concatBytes(...this.#hashes);
    return { root: rootOfLeaves(leaves), leaves, size: this.#size };
  }

  #closeLeaf(): void {
    if (this.#leaf === undefined) return;
    this.#hashes.push(new Uint8Array(this.#leaf.digest()));
    this.#leaf = undefined;
  }
}
