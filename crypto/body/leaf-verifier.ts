import { equalBytes } from '../bytes.ts';
import type { Digest } from '../digest.ts';
import { CryptoError } from '../errors.ts';
import { bodyLeafHash, LEAF_HASH_SIZE, LEAF_SIZE, leafCount, rootOfLeaves } from './body-tree.ts';

/** What is known of a body before its bytes come: `root` and `body_size` from a verified manifest, `leaves` from anywhere. */
export interface ExpectedBody {
  readonly root: Digest;
  readonly leaves: Uint8Array;
  readonly body_size: number;
  /** The leaf with which the bytes begin, when earlier ones are already held: 0 unless told. */
  readonly from_leaf?: number;
}

/** Checks a body leaf by leaf as it comes from a place that nobody trusts. */
export interface LeafVerifier {
  /** Takes the next bytes; returns the leaves that they complete, verified and safe to use. Refuses with `leaf_mismatch`, `trailing_bytes`. */
  push(bytes: Uint8Array): Uint8Array[];
  /** Must be called when the bytes end: refuses with `truncated` unless every leaf came. */
  finish(): void;
}

/** Refuses a list of leaf hashes that is not the one under `root` for a body of that size: `leaf_count_mismatch`, `tree_mismatch`. */
export function verifyLeafList(expected: Pick<ExpectedBody, 'root' | 'leaves' | 'body_size'>): void {
  if (expected.leaves.length !== leafCount(expected.body_size) * LEAF_HASH_SIZE) {
    throw new CryptoError(
      'leaf_count_mismatch',
      `${expected.leaves.length} bytes of leaf hashes do not fit a body of ${expected.body_size} bytes`,
    );
  }
  if (rootOfLeaves(expected.leaves) !== expected.root) {
    throw new CryptoError('tree_mismatch', 'the leaf hashes do not add up to the signed root');
  }
}

/** A verifier for one body, or for its part from `from_leaf` on; first refuses a wrong list of leaf hashes, like `verifyLeafList`. */
export function createLeafVerifier(expected: ExpectedBody): LeafVerifier {
  const { root, body_size } = expected;
  // A copy, checked after it was made: what the caller does with its own bytes later changes nothing.
  const leaves = expected.leaves.slice();
  verifyLeafList({ root, leaves, body_size });
  const count = leafCount(body_size);
  let index = expected.from_leaf ?? 0;
  if (!Number.isSafeInteger(index) || index < 0 || index > count) {
    throw new CryptoError('leaf_count_mismatch', `no leaf ${index} among ${count}`);
  }
  const sizeOf = (leaf: number): number => Math.min(LEAF_SIZE, body_size - leaf * LEAF_SIZE);
  let leaf: Uint8Array | undefined;
  let filled = 0;

  const verified = (bytes: Uint8Array): Uint8Array => {
    const hash = leaves.subarray(index * LEAF_HASH_SIZE, (index + 1) * LEAF_HASH_SIZE);
    if (!equalBytes(bodyLeafHash(bytes), hash)) {
      throw new CryptoError('leaf_mismatch', `the bytes of leaf ${index} are not those signed`);
    }
    index += 1;
    leaf = undefined;
    filled = 0;
    return bytes;
  };

  return {
    push(bytes) {
      const released: Uint8Array[] = [];
      let offset = 0;
      while (offset < bytes.length) {
        if (index >= count) throw new CryptoError('trailing_bytes', `more than the ${body_size} bytes signed`);
        // A fresh buffer for each leaf: what was released is never written again.
        leaf ??= new Uint8Array(sizeOf(index));
        const part = bytes.subarray(offset, offset + leaf.length - filled);
        leaf.set(part, filled);
        filled += part.length;
        offset += part.length;
        if (filled === leaf.length) released.push(verified(leaf));
      }
      return released;
    },
    finish() {
      if (index < count) throw new CryptoError('truncated', `the bytes end in leaf ${index} of ${count}`);
    },
  };
}
