import type { Portal } from '../portal.ts';
import { endedMail } from './access-mails.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { deleteLapsedDrafts, listUndecided, moveRequest, OPEN_STATES } from './request-store.ts';
import { UNDECIDED_SECONDS } from './request-clocks.ts';
import { tellAsker } from './tell-people.ts';

/**
 * Deletes drafts whose address nobody confirmed in time (at most 1000: they may hold a stranger's), and ends requests that were not
 * decided in time, with a mail (at most 100). Gives the number of both. Run now and then by any process.
 */
export async function expireRequests(portal: Portal): Promise<{ drafts: number; requests: number }> {
  const now = portal.clock.now();
  const before = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
  const drafts = await deleteLapsedDrafts(portal.db, { now, limit: 1000 });
  const undecided = await listUndecided(portal.db, { before: before(UNDECIDED_SECONDS), limit: 100 });
  for (const request of undecided) {
    await portal.db.transaction().execute(async (trx) => {
      if (!(await moveRequest(trx, { request_id: request.request_id, from: OPEN_STATES, to: 'expired', now }))) return;
      const dataset = await getToldDataset(trx, request.dataset_id);
      await tellAsker(trx, portal, request, dataset, (subject) => endedMail(portal, { ...subject, why: 'undecided' }));
    });
  }
  return { drafts, requests: undecided.length };
}
