import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { withdrawnMail } from './access-mails.ts';
import { type Asker, isAsker } from './asker.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { deleteDraft, findRequest, moveRequest, noRequest, OPEN_STATES } from './request-store.ts';
import { tellAsker } from './tell-people.ts';

/**
 * Takes back a request that has not ended, for whoever made it; withdrawing again does nothing. A draft, of which nobody else has heard,
 * is deleted. Refuses with `not_found` (also for others, and for a draft that is gone) and `conflict` (`request_ended`: granted,
 * refused or expired).
 */
export async function withdrawAccessRequest(portal: Portal, asker: Asker, input: { request_id: string }): Promise<{ request_id: string; state: 'withdrawn' }> {
  const { request_id } = input;
  const request = await findRequest(portal.db, request_id);
  if (request === undefined || !isAsker(portal, asker, request)) throw noRequest();
  if (request.state === 'withdrawn' || (await deleteDraft(portal.db, request_id))) return { request_id, state: 'withdrawn' };
  const moved = await portal.db.transaction().execute(async (trx) => {
    if (!(await moveRequest(trx, { request_id, from: OPEN_STATES, to: 'withdrawn', now: portal.clock.now() }))) return false;
    await tellAsker(trx, portal, request, await getToldDataset(trx, request.dataset_id), (subject) => withdrawnMail(portal, subject));
    return true;
  });
  if (!moved) throw new PortalError('conflict', 'This request has ended already.', { reason: 'request_ended' });
  return { request_id, state: 'withdrawn' };
}
