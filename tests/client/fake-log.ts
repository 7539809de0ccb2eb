import {
  blindSubject, canonicalBytes, consistencyPath, encodeBase64url, generateSigningKey, hashesOf, inclusionPath, inclusionProof, leafHash, signCheckpoint,
  type SigningKey, treeRoot,
} from '#crypto';
import type { BlindedLoggedAct, LoggedAct } from '#client';

/** A log in memory that proves what stands in it. */
export interface FakeLog {
  readonly origin: string;
  readonly key: SigningKey;
  readonly size: () => number;
  append(act: Record<string, unknown>): number;
  appendBlinded(act: Record<string, unknown>): { index: number; blind_key: string };
  prove(index: number): Promise<LoggedAct>;
  proveBlinded(place: { index: number; blind_key: string }): Promise<BlindedLoggedAct>;
  consistency(first: number, second: number): Promise<string[]>;
}

/** An empty log; a log made `from` another one begins with the same leaves up to `size`. */
export function createFakeLog(origin: string, from?: { log: FakeLog & { leaves: Uint8Array[] }; size: number }): FakeLog & { leaves: Uint8Array[] } {
  const key = from?.log.key ?? generateSigningKey();
  const leaves: Uint8Array[] = from === undefined ? [] : from.log.leaves.slice(0, from.size);
  const hashes = (): Uint8Array[] => leaves.map((leaf) => leafHash(leaf));
  const append = (act: Record<string, unknown>): number => leaves.push(canonicalBytes({ v: 1, at: '2026-03-01T08:30:00Z', ...act })) - 1;
  const prove = async (index: number): Promise<LoggedAct> => {
    const size = leaves.length;
    const path = await inclusionPath(size, index, hashesOf(hashes()));
    const checkpoint = signCheckpoint({ origin, size, root: treeRoot(hashes()) }, key);
    return { leaf: encodeBase64url(leaves[index] ?? new Uint8Array()), proof: inclusionProof({ log_origin: origin, index, size, path, checkpoint }) };
  };
  return {
    origin,
    key,
    leaves,
    size: () => leaves.length,
    append,
    appendBlinded: (act) => {
      const blinded = blindSubject(String(act['subject']));
      return { index: append({ ...act, subject: blinded.subject }), blind_key: blinded.key };
    },
    prove,
    proveBlinded: async ({ index, blind_key }) => ({ ...(await prove(index)), blind_key }),
    consistency: async (first, second) => (await consistencyPath(first, second, hashesOf(hashes().slice(0, second)))).map((step) => encodeBase64url(step)),
  };
}
