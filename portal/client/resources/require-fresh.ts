import { ClientError } from '../errors.ts';
import type { Verdict } from '../evidence/verdict.ts';

/** Days after the producer's last signed word during which sealed data still open without a new one. */
export const STALE_DAYS = 30;

/**
 * Refuses with `stale` to open sealed data of which nobody knows for more than 30 days whether they are the newest: a portal could hide
 * that they were replaced or withdrawn. A version that is asked for although a newer one is known is opened.
 */
export function requireFresh({ current }: Verdict, now: Date): void {
  if (current.verdict !== 'freshness_unknown' || now.getTime() - Date.parse(current.since) <= STALE_DAYS * 86_400_000) return;
  throw new ClientError('stale', `The producer has not spoken of its newest versions since ${current.since}.`, { facts: { since: current.since, days: STALE_DAYS } });
}
