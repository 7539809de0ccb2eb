import { PortalError } from '../errors.ts';
import { may } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { deleteDraft, findRequest, moveRequest, noRequest, OPEN_STATES, type StoredRequest } from './request-store.ts';

/**
 * Takes back a request that has not ended, for whoever made it; withdrawing again does nothing. A draft, of which nobody else has heard,
 * is deleted. Refuses with `not_found` (also for others, and for a draft that is gone) and `conflict` (`request_ended`: granted,
 * refused or expired).
 */
export async function withdrawAccessRequest(portal: Portal, caller: Caller, input: { request_id: string }): Promise<{ request_id: string; state: 'withdrawn' }> {
  const { request_id } = input;
  const request = await findRequest(portal.db, request_id);
  if (request === undefined || !isAsker(caller, request)) throw noRequest();
  if (request.state === 'withdrawn' || (await deleteDraft(portal.db, request_id))) return { request_id, state: 'withdrawn' };
  const moved = await portal.db.transaction().execute((trx) => moveRequest(trx, { request_id, from: OPEN_STATES, to: 'withdrawn', now: portal.clock.now() }));
  if (!moved) throw new PortalError('conflict', 'This request has ended already.', { reason: 'request_ended' });
  return { request_id, state: 'withdrawn' };
}

/** Whether the caller made this request: its consumer, its member, or the member whose confirmed address it has. */
export function isAsker(caller: Caller, request: StoredRequest): boolean {
  if (may(caller, 'withdraw_own_request', request)) return true;
  return caller.kind === 'member' && request.confirmed_at !== null && request.contact_email === caller.email;
}
