import { consistencyPath, encodeBase64url, inclusionPath, inclusionProof, type InclusionProof } from '#crypto';
import { PortalError } from '../errors.ts';
import type { Db } from '../portal.ts';
import { findAct, hashReader, latestCheckpoint } from './log-store.ts';

/** An act's exact bytes with the proof that the log holds them; `blind_key` for the act's parties only. */
export interface ProvedAct {
  /** base64url of the leaf. */
  leaf: string;
  proof: InclusionProof;
  /** base64url of 32 bytes; present where subject or actor are blinded. */
  blind_key?: string;
}

/** The proof of an act under the newest checkpoint; undefined as long as the act waits for its index, or is unknown. */
export async function proofForAct(db: Db, act_id: string): Promise<ProvedAct | undefined> {
  const act = await findAct(db, act_id);
  if (act === undefined || act.leaf_index === null) return undefined;
  return {
    leaf: encodeBase64url(act.leaf),
    proof: await proofForIndex(db, act.leaf_index),
    ...(act.blind_key === null ? {} : { blind_key: encodeBase64url(act.blind_key) }),
  };
}

/** The inclusion proof of the leaf at `index`; `not_found` where the log has no such leaf (an empty log has none at all). */
export async function proofForIndex(db: Db, index: number): Promise<InclusionProof> {
  const checkpoint = await latestCheckpoint(db);
  if (checkpoint === undefined || index >= checkpoint.size) throw new PortalError('not_found', 'The log has no leaf of this index.');
  const path = await inclusionPath(checkpoint.size, index, await hashReader(db, checkpoint.size, [index]));
  const log_origin = checkpoint.note.slice(0, checkpoint.note.indexOf('\n'));
  return inclusionProof({ log_origin, index, size: checkpoint.size, path, checkpoint: checkpoint.note });
}

/**
 * The proof that the log of `first` leaves is the beginning of that of `second`; `bad_request` unless 1 ≤ first ≤ second,
 * `not_found` beyond the newest checkpoint.
 */
export async function consistencyProof(db: Db, first: number, second: number): Promise<Uint8Array[]> {
  if (first < 1 || first > second) throw new PortalError('bad_request', 'Give 1 ≤ first ≤ second.', { reason: 'malformed_parameter' });
  const checkpoint = await latestCheckpoint(db);
  if (checkpoint === undefined || second > checkpoint.size) throw new PortalError('not_found', 'The log is not that long.');
  return consistencyPath(first, second, await hashReader(db, second, [first - 1]));
}
