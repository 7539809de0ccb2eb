/** A version of a dataset and the digest of its manifest. */
export interface Head {
  version: number;
  digest: string;
}

/** What the two sides know of one dataset. */
export interface BothHeads {
  /** Newest version here that the portal accepted. */
  published: Head | undefined;
  /** Versions signed here that wait to be sent, lowest first. */
  waiting: readonly Head[];
  /** Newest version that the portal shows. */
  portal: Head | undefined;
}

/** Go on from here; take over the portal's version first; or stop, because the two histories contradict each other. */
export type HeadVerdict = 'agree' | 'adopt' | 'conflict';

/**
 * Compares the two histories before anything is signed. The portal may be ahead by versions that wait here (the answer was lost) or,
 * when nothing waits here, by versions this node has forgotten (a restored backup): these are adopted after their signature was
 * checked. A portal that is behind what it once accepted, or has other bytes under the same version, is a conflict.
 */
export function compareHeads({ published, waiting, portal }: BothHeads): HeadVerdict {
  const known = published?.version ?? 0;
  if (portal === undefined) return known === 0 ? 'agree' : 'conflict';
  if (portal.version < known) return 'conflict';
  if (portal.version === known) return portal.digest === published?.digest ? 'agree' : 'conflict';
  if (waiting.length === 0) return 'adopt';
  return waiting.some((head) => head.version === portal.version && head.digest === portal.digest) ? 'agree' : 'conflict';
}

/** A head in words: `version 3 (sha256:abc…)`. */
export function headText(head: Head | undefined): string {
  return head === undefined ? '—' : `version ${head.version} (${head.digest.slice(0, 18)}…)`;
}
