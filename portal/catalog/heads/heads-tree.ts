import { canonicalBytes, digestFromBytes, encodeBase64url, hashesOf, inclusionPath, leafHash, treeRoot } from '#crypto';
import type { HeadsEntry } from './heads-store.ts';

/** Leaf hashes of a producer's heads (formats §4): of JCS [dataset_id, version, digest], in the order given. */
export function headsLeaves(entries: readonly HeadsEntry[]): Uint8Array[] {
  return entries.map((entry) => leafHash(canonicalBytes(entry)));
}

/** The Merkle root over the entries, as a digest. */
export function headsRoot(entries: readonly HeadsEntry[]): string {
  return digestFromBytes(treeRoot(headsLeaves(entries)));
}

/** The inclusion path of one entry, each step base64url. */
export async function headsPath(entries: readonly HeadsEntry[], index: number): Promise<string[]> {
  const path = await inclusionPath(entries.length, index, hashesOf(headsLeaves(entries)));
  return path.map((step) => encodeBase64url(step));
}
