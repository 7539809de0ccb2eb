import { RETENTION_JOBS, retentionJobs } from '../retention-jobs.ts';
import type { Outcome, Session } from '../terminal.ts';
import { withPortal } from '../with-portal.ts';

/** `sceau-portal purge`: ends, erases and deletes at once all that is due by the clocks that `serve` follows too; says how much. */
export async function purge(session: Session): Promise<Outcome> {
  return withPortal(session, async (portal) => {
    const counts: Record<string, number> = {};
    for (const { name, turn } of retentionJobs(portal)) {
      counts[name] = 0;
      // A turn has its limit: another one until nothing is due.
      for (let done = await turn(); done > 0; done = await turn()) counts[name] += done;
    }
    return { json: counts, lines: RETENTION_JOBS.map((name) => session.words.purge.done[name](counts[name] ?? 0)) };
  });
}
