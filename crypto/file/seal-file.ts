import { sealHeader } from '../age/header.ts';
import { rootOfLeaves } from '../body/body-tree.ts';
import { NONCE_SIZE, payloadKey, sealedSize } from '../body/chunk-cipher.ts';
import type { SealedBody } from '../body/seal-body.ts';
import { randomBytes } from '../bytes.ts';
import { type Digest, digestOf } from '../digest.ts';
import { createHashMemory } from './hash-memory.ts';
import { runUnits, type UnitProgress } from './run-units.ts';
import { sealUnitCount } from './seal-units.ts';

/** A file to seal into another, both given as descriptors of regular files, open, the target empty. */
export interface FileToSeal {
  readonly source: number;
  readonly target: number;
  /** Bytes of the source, as it was looked at. */
  readonly size: number;
  readonly recipient: string;
  /** Whether `source_root` is wanted: a second hash of every byte. */
  readonly hash_source?: boolean;
  readonly progress?: UnitProgress;
}

/** What sealing a file gives. */
export interface SealedFile extends SealedBody {
  /** Root of the tree over the source itself, for the producer's own records, never for the manifest; null when not asked for. */
  readonly source_root: Digest | null;
}

/**
 * Seals like `sealBody`, on one thread per processor, in memory that does not grow with the file. Every call uses a fresh file key and
 * a fresh nonce; after an error the target holds worthless bytes, and the caller discards it.
 * Refuses with `malformed_recipient`, and with `source_changed` a source that is not of `size` any more; passes on errors of the system.
 */
export async function sealFile(o: FileToSeal): Promise<SealedFile> {
  const { source, target, size } = o;
  const body_size = sealedSize(size);
  const { header, file_key } = await sealHeader([o.recipient]);
  const nonce = randomBytes(NONCE_SIZE);
  const key = payloadKey(file_key, nonce);
  file_key.fill(0);
  const leaves = createHashMemory(body_size);
  const source_leaves = o.hash_source === true ? createHashMemory(size) : undefined;
  await runUnits({ kind: 'seal', source, target, key, nonce, size, body_size, leaves, source_leaves }, sealUnitCount(size), o.progress);
  return {
    header,
    header_sha256: digestOf(header),
    header_size: header.length,
    body_size,
    size,
    root: rootOfLeaves(leaves),
    leaves: leaves.slice(),
    source_root: source_leaves === undefined ? null : rootOfLeaves(source_leaves),
  };
}
