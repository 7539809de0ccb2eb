/** What the node knows of the newest content key of a dataset. */
export interface KnownEpoch {
  epoch: number;
  recipient: string;
  created_at: Date;
  spent: boolean;
}

/** What the portal says of the epochs of a dataset. */
export interface PortalEpoch {
  epoch: number;
  recipient: string;
  spent: boolean;
}

/** Seal for the content key in use, or for a new one. */
export type EpochChoice = { kind: 'reuse'; epoch: number } | { kind: 'new'; epoch: number; reason: 'first' | 'spent' | 'old' | 'custody' | 'portal_away' | 'unknown_here' };

const LIFETIME_DAYS = 90;

/**
 * Which epoch protects a changed body. The content key in use stays unless it is 90 days old, was spent by a revocation or an expiry,
 * the custody changed, or nobody can say: with the portal away (`portal` undefined) a new key is the safe answer, for every live
 * grant is given a new epoch unasked. A new epoch is above every number known here or there.
 */
export function chooseEpoch(o: { current: KnownEpoch | undefined; portal: readonly PortalEpoch[] | undefined; custody_changed: boolean; now: Date }): EpochChoice {
  const highest = Math.max(0, o.current?.epoch ?? 0, ...(o.portal ?? []).map((known) => known.epoch));
  const next = highest + 1;
  const { current } = o;
  if (current === undefined) return { kind: 'new', epoch: next, reason: highest === 0 ? 'first' : 'unknown_here' };
  if (o.custody_changed) return { kind: 'new', epoch: next, reason: 'custody' };
  if (current.spent) return { kind: 'new', epoch: next, reason: 'spent' };
  if (o.now.getTime() - current.created_at.getTime() >= LIFETIME_DAYS * 24 * 3600 * 1000) return { kind: 'new', epoch: next, reason: 'old' };
  if (o.portal === undefined) return { kind: 'new', epoch: next, reason: 'portal_away' };
  if (current.epoch < highest) return { kind: 'new', epoch: next, reason: 'unknown_here' };
  const there = o.portal.find((known) => known.epoch === current.epoch);
  if (there !== undefined && there.recipient !== current.recipient) return { kind: 'new', epoch: next, reason: 'unknown_here' };
  if (there?.spent === true) return { kind: 'new', epoch: next, reason: 'spent' };
  return { kind: 'reuse', epoch: current.epoch };
}
