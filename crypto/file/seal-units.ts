import type { KeyObject } from 'node:crypto';
import { bodyLeafHash, LEAF_HASH_SIZE, LEAF_SIZE } from '../body/body-tree.ts';
import { CHUNK_SIZE, createChunkSealer, NONCE_SIZE, SEALED_CHUNK_SIZE } from '../body/chunk-cipher.ts';
import { CryptoError } from '../errors.ts';
import { hasByteAt, fillFrom, writeAt } from './positioned-file.ts';
import type { SharedUnits } from './shared-units.ts';

/** Chunks of plaintext that one thread seals at a time: two leaves of the source's own tree. */
const UNIT_CHUNKS = 32;
const UNIT_SIZE = UNIT_CHUNKS * CHUNK_SIZE;
const SEALED_UNIT_SIZE = UNIT_CHUNKS * SEALED_CHUNK_SIZE;

/** A file to seal, for the threads that do it; everything in it can be handed to another thread. */
export interface SealTask {
  readonly kind: 'seal';
  readonly source: number;
  readonly target: number;
  readonly key: KeyObject;
  readonly nonce: Uint8Array;
  readonly size: number;
  readonly body_size: number;
  /** The leaf hashes of the body, filled in by the threads. */
  readonly leaves: Uint8Array<SharedArrayBuffer>;
  /** The leaf hashes of the source, filled in likewise where they are wanted. */
  readonly source_leaves: Uint8Array<SharedArrayBuffer> | undefined;
}

/** How many units the sealing of a source has: one when it is empty. */
export function sealUnitCount(size: number): number {
  return Math.max(1, Math.ceil(size / UNIT_SIZE));
}

/**
 * Seals units until none is left. A unit begins inside a leaf of the body: the thread before carries the beginning of that leaf over,
 * and only whole leaves, hashed, are written. Each chunk of the source is read once. Throws `source_changed` when the source is not
 * of its size any more.
 */
export function sealUnits(task: SealTask, units: SharedUnits, done: (bytes: number) => void): void {
  const plain = new Uint8Array(UNIT_SIZE);
  const body = new Uint8Array(LEAF_SIZE + NONCE_SIZE + SEALED_UNIT_SIZE);
  const last_unit = sealUnitCount(task.size) - 1;
  for (let unit = units.take(); unit !== undefined; unit = units.take()) {
    // 1 the source, each byte read once: nothing can be sealed twice under one counter value
    const from = unit * UNIT_SIZE;
    const text = plain.subarray(0, Math.min(UNIT_SIZE, task.size - from));
    if (fillFrom(task.source, text, from) < text.length || (unit === last_unit && hasByteAt(task.source, task.size))) {
      throw new CryptoError('source_changed', 'the file became longer or shorter while it was sealed');
    }
    if (task.source_leaves !== undefined) hashLeaves(text, from, task.source_leaves);

    // 2 its chunks; the bytes of the body from `start` on stand in `body` from 0 on
    const begin = unit === 0 ? 0 : bodyOffset(unit);
    const start = begin - (begin % LEAF_SIZE);
    if (unit === 0) body.set(task.nonce);
    const end = start + sealChunks(task.key, text, unit, unit === last_unit, body, (unit === 0 ? NONCE_SIZE : begin) - start);

    // 3 the leaf that the next unit ends is carried over, as early as can be
    const whole = unit === last_unit ? end : end - (end % LEAF_SIZE);
    if (unit !== last_unit) units.carryInto(unit + 1, body.subarray(whole - start, end - start));
    if (unit > 0) units.receive(unit, body.subarray(0, begin - start));

    // 4 the leaves, then the file
    const leaves = body.subarray(0, whole - start);
    hashLeaves(leaves, start, task.leaves);
    writeAt(task.target, leaves, start);
    done(text.length);
  }
}

function bodyOffset(unit: number): number {
  return NONCE_SIZE + unit * SEALED_UNIT_SIZE;
}

function sealChunks(key: KeyObject, text: Uint8Array, unit: number, is_last: boolean, into: Uint8Array, offset: number): number {
  const from = unit * UNIT_CHUNKS;
  const sealChunk = createChunkSealer(key, { from, to: from + UNIT_CHUNKS });
  let at = offset;
  let position = 0;
  do {
    const chunk = text.subarray(position, position + CHUNK_SIZE);
    position += chunk.length;
    at = sealChunk(chunk, is_last && position === text.length, into, at);
  } while (position < text.length);
  return at;
}

// Hashes of the leaves that `bytes` holds, which begin at a leaf of the whole.
function hashLeaves(bytes: Uint8Array, position: number, hashes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; offset += LEAF_SIZE) {
    hashes.set(bodyLeafHash(bytes.subarray(offset, offset + LEAF_SIZE)), ((position + offset) / LEAF_SIZE) * LEAF_HASH_SIZE);
  }
}
