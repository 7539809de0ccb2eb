import type { KeyObject } from 'node:crypto';
import { bodyLeafHash, LEAF_HASH_SIZE, LEAF_SIZE } from '../body/body-tree.ts';
import { CHUNK_SIZE, chunkCount, createChunkOpener, NONCE_SIZE, SEALED_CHUNK_SIZE, TAG_SIZE } from '../body/chunk-cipher.ts';
import { equalBytes } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { hasByteAt, fillFrom, writeAt } from './positioned-file.ts';
import type { SharedUnits } from './shared-units.ts';

const UNIT_SIZE = 2 * LEAF_SIZE;

/** A sealed body to open, for the threads that do it; everything in it can be handed to another thread. */
export interface OpenTask {
  readonly kind: 'open';
  readonly body: number;
  readonly target: number;
  readonly key: KeyObject;
  readonly body_size: number;
  /** The leaf hashes under the signed root. */
  readonly leaves: Uint8Array;
}

/** A file whose leaves are to be hashed by threads. */
export interface HashTask {
  readonly kind: 'hash';
  readonly body: number;
  readonly body_size: number;
  /** Filled in by the threads. */
  readonly leaves: Uint8Array<SharedArrayBuffer>;
}

/** How many units a body has that is opened or hashed. */
export function openUnitCount(body_size: number): number {
  return Math.ceil(body_size / UNIT_SIZE);
}

/**
 * Opens units until none is left: first every leaf of a unit by its hash, then the chunks that end in it, the first of which may begin in
 * verified bytes of the unit before. Plaintext is written once all of its unit is authentic. Throws `truncated`, `trailing_bytes`,
 * `leaf_mismatch`, `chunk_authentication`.
 */
export function openUnits(task: OpenTask, units: SharedUnits, done: (bytes: number) => void): void {
  const bytes = new Uint8Array(SEALED_CHUNK_SIZE + UNIT_SIZE);
  const plain = new Uint8Array(SEALED_CHUNK_SIZE + UNIT_SIZE);
  const count = chunkCount(task.body_size);
  const last_unit = openUnitCount(task.body_size) - 1;
  for (let unit = units.take(); unit !== undefined; unit = units.take()) {
    const from = unit * UNIT_SIZE;
    const end = Math.min(from + UNIT_SIZE, task.body_size);
    const first = unit === 0 ? 0 : chunksBefore(from);
    const beyond = unit === last_unit ? count : chunksBefore(end);
    // 1 the leaves; the bytes of the body from `start` on, where chunk `first` begins, stand in `bytes` from 0 on
    const start = unit === 0 ? 0 : chunkOffset(first);
    const fresh = bytes.subarray(from - start, end - start);
    readWhole(task.body, fresh, from, unit === last_unit);
    verifyLeaves(fresh, from, task.leaves);
    // 2 what the next unit needs of them
    if (unit !== last_unit) units.carryInto(unit + 1, bytes.subarray(chunkOffset(beyond) - start, end - start));
    if (unit > 0) units.receive(unit, bytes.subarray(0, from - start));
    // 3 the chunks, then the file
    const openChunk = createChunkOpener(task.key, { from: first, to: beyond });
    let filled = 0;
    for (let chunk = first; chunk < beyond; chunk++) {
      const sealed = bytes.subarray(chunkOffset(chunk) - start, Math.min(chunkOffset(chunk + 1), task.body_size) - start);
      const size = sealed.length - TAG_SIZE;
      openChunk([sealed.subarray(0, size)], sealed.subarray(size), chunk === count - 1, plain, filled);
      filled += size;
    }
    writeAt(task.target, plain.subarray(0, filled), first * CHUNK_SIZE);
    done(filled);
  }
}

/** Hashes the leaves of units until none is left. Throws `truncated`, `trailing_bytes` when the file is not of its size any more. */
export function hashUnits(task: HashTask, units: SharedUnits, done: (bytes: number) => void): void {
  const bytes = new Uint8Array(UNIT_SIZE);
  const last_unit = openUnitCount(task.body_size) - 1;
  for (let unit = units.take(); unit !== undefined; unit = units.take()) {
    const from = unit * UNIT_SIZE;
    const fresh = bytes.subarray(0, Math.min(UNIT_SIZE, task.body_size - from));
    readWhole(task.body, fresh, from, unit === last_unit);
    for (const { leaf, hash } of leavesOf(fresh, from)) task.leaves.set(hash, leaf * LEAF_HASH_SIZE);
    done(fresh.length);
  }
}

function readWhole(fd: number, into: Uint8Array, position: number, is_last: boolean): void {
  if (fillFrom(fd, into, position) < into.length) throw new CryptoError('truncated', 'the file ends before the size it should have');
  if (is_last && hasByteAt(fd, position + into.length)) throw new CryptoError('trailing_bytes', 'the file goes on after the size it should have');
}

function verifyLeaves(bytes: Uint8Array, position: number, leaves: Uint8Array): void {
  for (const { leaf, hash } of leavesOf(bytes, position)) {
    if (!equalBytes(hash, leaves.subarray(leaf * LEAF_HASH_SIZE, (leaf + 1) * LEAF_HASH_SIZE))) {
      throw new CryptoError('leaf_mismatch', `the bytes of leaf ${leaf} are not those signed`);
    }
  }
}

function* leavesOf(bytes: Uint8Array, position: number): Generator<{ leaf: number; hash: Uint8Array }> {
  for (let offset = 0; offset < bytes.length; offset += LEAF_SIZE) {
    yield { leaf: (position + offset) / LEAF_SIZE, hash: bodyLeafHash(bytes.subarray(offset, offset + LEAF_SIZE)) };
  }
}

function chunkOffset(chunk: number): number {
  return NONCE_SIZE + chunk * SEALED_CHUNK_SIZE;
}

// How many whole chunks end at or before that place of the body; not asked for the end of the body, where the last one is shorter.
function chunksBefore(position: number): number {
  return Math.floor((position - NONCE_SIZE) / SEALED_CHUNK_SIZE);
}
