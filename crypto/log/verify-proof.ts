import { decodeBase64url, encodeBase64url } from '../base64url.ts';
import { CryptoError } from '../errors.ts';
import { hasExactly } from '../json/shape.ts';
import type { PublicJwk } from '../key/public-key.ts';
import { verifyCheckpoint } from './checkpoint.ts';
import { PATH_MAX, verifyInclusion } from './inclusion.ts';
import { leafHash } from './merkle-tree.ts';

/** The JSON that proves offline that a leaf is in a log: place, path (base64url hashes, nearest first) and a signed checkpoint. */
export interface InclusionProof {
  readonly log_origin: string;
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
  readonly checkpoint: string;
}

/** Writes the JSON form of a proof. */
export function inclusionProof(o: {
  log_origin: string;
  index: number;
  size: number;
  path: readonly Uint8Array[];
  checkpoint: string;
}): InclusionProof {
  return { log_origin: o.log_origin, index: o.index, size: o.size, path: o.path.map(encodeBase64url), checkpoint: o.checkpoint };
}

/** The gate from foreign JSON to a proof's form; refuses with `malformed_proof`. */
export function parseProof(value: unknown): InclusionProof {
  if (!hasExactly(value, ['log_origin', 'index', 'size', 'path', 'checkpoint'])) {
    throw new CryptoError('malformed_proof', 'not the members of a proof');
  }
  const { log_origin, index, size, path, checkpoint } = value;
  if (
    typeof log_origin !== 'string' ||
    typeof index !== 'number' ||
    typeof size !== 'number' ||
    typeof checkpoint !== 'string' ||
    !Array.isArray(path) ||
    path.length > PATH_MAX
  ) {
    throw new CryptoError('malformed_proof', 'a member of a proof has another type');
  }
  const steps = path.map((step: unknown): string => {
    if (typeof step !== 'string') throw new CryptoError('malformed_proof', 'a step of a path is not text');
    return step;
  });
  return { log_origin, index, size, path: steps, checkpoint };
}

/**
 * Verifies that `leaf` (an act's exact bytes) stands in the log `origin` (SPEC.md §9.3): the checkpoint's signature, its size,
 * then the path. Refuses with `checkpoint_origin`, `malformed_proof`, `proof_mismatch`, `empty_tree` and the codes of checkpoints.
 */
export function verifyProof(
  leaf: Uint8Array,
  proof: unknown,
  o: { readonly origin: string; readonly jwk: PublicJwk },
): { size: number; root: Uint8Array } {
  const claim = parseProof(proof);
  if (claim.log_origin !== o.origin) throw new CryptoError('checkpoint_origin', `a proof of another log than ${o.origin}`);
  const { size, root } = verifyCheckpoint(claim.checkpoint, o);
  if (size !== claim.size) throw new CryptoError('proof_mismatch', `the checkpoint has ${size} leaves, the proof ${claim.size}`);
  verifyInclusion({
    index: claim.index,
    size,
    leaf_hash: leafHash(leaf),
    path: claim.path.map((step) => decodeBase64url(step, 32)),
    root,
  });
  return { size, root };
}
