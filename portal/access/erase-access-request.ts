import { PortalError } from '../errors.ts';
import { forgetAddress } from '../parties/forget-address-store.ts';
import { deleteMailsOfRequest } from '../parties/mail-store.ts';
import { queueMail } from '../parties/queue-mail.ts';
import type { Db, Portal } from '../portal.ts';
import { erasedMail } from './access-mails.ts';
import { type Asker, isAsker } from './asker.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { findGrantOfRequest, isOver } from './grant-store.ts';
import { listOfficers } from './officer-store.ts';
import { renounceGrant } from './renounce-grant.ts';
import { deleteRequest, eraseRequest, findRequest, lockRequest, noRequest, type StoredRequest } from './request-store.ts';

const ATTEMPTS = 3;

/**
 * Erases a request for whoever made it: name, address, organisation, purpose, answer, and every mail about it. A live access is given
 * back first, since nobody could be told about it any more. The row goes too, unless a grant rests on it: what stays then says only
 * which key was granted what. Officers are told that there was an erasure, without a name. Refuses with `not_found` (also for others,
 * and once erased); `unavailable` (`erase_raced`): send it again.
 */
export async function eraseAccessRequest(portal: Portal, asker: Asker, input: { request_id: string }): Promise<{ request_id: string; erased: true }> {
  const request = await findRequest(portal.db, input.request_id);
  if (request === undefined || !isAsker(portal, asker, request)) throw noRequest();
  await eraseRequestData(portal, request);
  return { request_id: request.request_id, erased: true };
}

/** Erases a request, whoever made it; for `eraseAccessRequest` and for the clock that ends its keeping. Does nothing to one that is gone. */
export async function eraseRequestData(portal: Portal, request: StoredRequest): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    // First and apart: whoever ends a grant holds its row before the request's, and so do we.
    await renounceGrant(portal, request);
    if (await portal.db.transaction().execute((trx) => erase(trx, portal, request.request_id))) return;
  }
  throw new PortalError('unavailable', 'This request is being decided at this very moment. Try again.', { reason: 'erase_raced', retry_after: 1 });
}

async function erase(trx: Db, portal: Portal, request_id: string): Promise<boolean> {
  const held = await lockRequest(trx, request_id);
  if (held === undefined || held.erased_at !== null) return true;
  const now = portal.clock.now();
  const grant = await findGrantOfRequest(trx, request_id);
  if (grant !== undefined && !isOver(grant, now)) return false;
  // Mails that were written and wait to leave go too: they hold the name.
  await deleteMailsOfRequest(trx, request_id);
  if (grant === undefined) await deleteRequest(trx, request_id);
  else await eraseRequest(trx, request_id, now);
  await forgetAddress(trx, held.contact_email);
  // A draft was nobody's but its asker's.
  if (held.confirmed_at === null) return true;
  const dataset = await getToldDataset(trx, held.dataset_id);
  for (const officer of await listOfficers(trx, held.producer_id)) {
    await queueMail(trx, portal, { to_email: officer.email, ...erasedMail({ language: officer.language, title: dataset.title, asked_at: held.created_at.toISOString() }) });
  }
  return true;
}
