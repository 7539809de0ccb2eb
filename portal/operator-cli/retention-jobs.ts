import { eraseOldRequests } from '../access/erase-old-requests.ts';
import { expireGrants } from '../access/expire-grants.ts';
import { expireRequests } from '../access/expire-requests.ts';
import { discardExpiredUploads } from '../catalog/uploads/discard-expired-uploads.ts';
import { purgeExpired } from '../parties/purge-expired.ts';
import type { Portal } from '../portal.ts';

/** What the clocks of the portal end, by the name under which `sceau-portal purge` counts it. */
export const RETENTION_JOBS = ['ended_grants', 'ended_requests', 'erased_requests', 'discarded_uploads', 'deleted_rows'] as const;

/** One clock: how often `serve` looks at it, in seconds, and a turn, which ends a limited number of things and gives how many. */
export interface RetentionJob {
  name: (typeof RETENTION_JOBS)[number];
  seconds: number;
  turn(): Promise<number>;
}

/**
 * Every clock that the README's table of stored things names, in an order in which what one ends is not yet the next one's. Each turn may run
 * in several processes at once: what it ends is one conditional change.
 */
export function retentionJobs(portal: Portal): readonly RetentionJob[] {
  return [
    { name: 'ended_grants', seconds: 5, turn: () => expireGrants(portal) },
    { name: 'ended_requests', seconds: 600, turn: () => expireRequests(portal).then(({ drafts, requests }) => drafts + requests) },
    { name: 'erased_requests', seconds: 600, turn: () => eraseOldRequests(portal) },
    { name: 'discarded_uploads', seconds: 600, turn: () => discardExpiredUploads(portal) },
    { name: 'deleted_rows', seconds: 600, turn: () => purgeExpired(portal).then((counts) => Object.values(counts).reduce((sum, count) => sum + count, 0)) },
  ];
}
