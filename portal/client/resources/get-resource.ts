import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FileResource, isSealed } from '#catalog-schema';
import { createLeafVerifier, hashBody, LEAF_SIZE } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError, refusingAs } from '../errors.ts';
import type { VerifiedVersion } from '../evidence/fetch-evidence.ts';
import { fetchLeaves, resourcePath } from './fetch-leaves.ts';
import { fetchRange } from './fetch-range.ts';
import { writeError } from './file-error.ts';
import { assertFree, finishPart, keepVerifiedLeaves, openPart, writeAt } from './part-file.ts';

/** Told as bytes come: how many of how many are verified and written. */
export type Progress = (done: number, total: number) => void;

/** Where a file goes. */
export interface Output {
  path: string;
  /** Replaces what lies there, and begins again instead of resuming. */
  force?: boolean;
  progress?: Progress;
  /** Ends the work with `interrupted`; what can resume is kept, plaintext is not. */
  signal?: AbortSignal;
  /** Opens sealed data although the producer confirmed nothing for 30 days. */
  accept_stale?: boolean;
}

/** Refuses with `interrupted` once the signal was given. */
export function checkInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ClientError('interrupted', 'Interrupted.');
}

/** A body that was fetched and verified whole. */
export interface GotBody {
  path: string;
  body_size: number;
  /** Bytes that were there already from an interrupted work. */
  resumed_from: number;
  leaves: Uint8Array;
}

const TRIES_WITHOUT_PROGRESS = 4;
const PAUSE_MS = 500;

/**
 * Fetches the body of one file of a verified version into `output.path`: for an open file that is the file itself. Each leaf of 1 MiB
 * is checked against the signed root before it is written to `path.part`, so an interrupted work resumes at a leaf boundary, from
 * anywhere, and the final name appears only when all is there. Refuses with `output_exists`, `leaves_refused`, `range_refused`,
 * `encoding_refused`, `body_short`, `body_long`, `body_refused`, `disk_full`, and for sealed files `not_granted`.
 */
export async function getResource(client: Client, version: VerifiedVersion, resource: FileResource, output: Output): Promise<GotBody> {
  const { dataset_id, version: number } = version.verdict;
  const force = output.force ?? false;
  await assertFree(output.path, force);
  const leaves = await fetchLeaves(client, dataset_id, number, resource);
  const part = `${output.path}.part`;
  const file = await openPart(part, isSealed(resource) ? 0o600 : 0o666);
  try {
    if (force) await file.truncate(0);
    const held = await keepVerifiedLeaves(file, resource.body_size, leaves);
    const resumed_from = Math.min(held * LEAF_SIZE, resource.body_size);
    output.progress?.(resumed_from, resource.body_size);
    await fetchRest(client, { path: resourcePath(dataset_id, number, resource.resource_id, 'body'), resource, leaves, file, from_leaf: held, progress: output.progress, interruption: output.signal });
    if (!isSealed(resource)) await checkPlainHash(file, resource.sha256);
    await finishPart(file, part, output.path, force);
    return { path: output.path, body_size: resource.body_size, resumed_from, leaves };
  } catch (cause) {
    throw writeError(cause, part);
  } finally {
    await file.close().catch(() => undefined);
  }
}

interface Rest {
  path: string;
  resource: FileResource;
  leaves: Uint8Array;
  file: FileHandle;
  from_leaf: number;
  progress: Progress | undefined;
  interruption: AbortSignal | undefined;
}

async function fetchRest(client: Client, rest: Rest): Promise<void> {
  const { body_size } = rest.resource;
  let position = Math.min(rest.from_leaf * LEAF_SIZE, body_size);
  let tries = 0;
  while (position < body_size) {
    const before = position;
    try {
      for await (const written of fetchLeavesFrom(client, rest, position)) position = written;
    } catch (cause) {
      if (!isBrokenOff(cause)) throw cause;
      tries = position > before ? 1 : tries + 1;
      if (tries >= TRIES_WITHOUT_PROGRESS) throw cause;
      await sleep(PAUSE_MS * tries);
    }
  }
}

async function* fetchLeavesFrom(client: Client, rest: Rest, from: number): AsyncGenerator<number> {
  const { resource, leaves, file } = rest;
  const verifier = createLeafVerifier({ root: resource.tree.root, leaves, body_size: resource.body_size, from_leaf: from / LEAF_SIZE });
  let position = from;
  for await (const bytes of fetchRange(client, { path: rest.path, from, body_size: resource.body_size, signed: isSealed(resource) })) {
    for (const leaf of refusingAs('body_refused', 'The bytes are not those signed.', () => verifier.push(bytes))) {
      await writeAt(file, leaf, position);
      position += leaf.length;
      rest.progress?.(position, resource.body_size);
      yield position;
    }
    checkInterrupted(rest.interruption);
  }
  refusingAs('body_refused', 'The bytes are not those signed.', () => verifier.finish());
}

function isBrokenOff(cause: unknown): boolean {
  return cause instanceof ClientError && (cause.code === 'portal_away' || cause.code === 'body_short' || cause.code === 'portal_failed');
}

// The tree covers every byte; the plain hash is a second promise of the manifest, and what `sha256sum` prints.
async function checkPlainHash(file: FileHandle, sha256: string): Promise<void> {
  const hashed = await hashBody(file.createReadStream({ start: 0, autoClose: false, highWaterMark: LEAF_SIZE }));
  if (hashed.sha256 !== sha256) throw new ClientError('content_refused', 'The file fits its tree, but not the SHA-256 that the manifest signs.', { reason: 'sha256' });
}
