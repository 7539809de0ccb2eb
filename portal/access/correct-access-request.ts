import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { correctedMail } from './access-mails.ts';
import { type Asker, isAsker } from './asker.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { correctRequest, findRequest, noRequest } from './request-store.ts';
import { tellOfficers } from './tell-people.ts';

/** What an asker may put right; an address cannot be: another one has to be confirmed, by asking anew. */
export interface Correction {
  request_id: string;
  name: string;
  organisation: string;
  purpose: string;
}

/**
 * Puts right name, organisation and purpose of a request that no key signed and nobody answered yet; its officers are told. Refuses
 * with `not_found` (also for others) and `conflict` (`request_settled`: what was signed or agreed to stays as it was read).
 */
export async function correctAccessRequest(portal: Portal, asker: Asker, input: Correction): Promise<void> {
  const request = await findRequest(portal.db, input.request_id);
  if (request === undefined || !isAsker(portal, asker, request)) throw noRequest();
  if (request.contact_name === input.name && request.organisation === input.organisation && request.purpose === input.purpose) return;
  await portal.db.transaction().execute(async (trx) => {
    if (!(await correctRequest(trx, { ...input, now: portal.clock.now() }))) {
      throw new PortalError('conflict', 'This request was answered or signed meanwhile, and stays as it was read. Withdraw it and ask again.', { reason: 'request_settled' });
    }
    await tellOfficers(trx, portal, request, await getToldDataset(trx, request.dataset_id), (subject) => correctedMail(portal, subject));
  });
}
