import { appendAct } from '../log/append-act.ts';
import type { Db, Portal } from '../portal.ts';
import { newRequestMail, receivedMail } from './access-mails.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { setRequestAct, type StoredRequest } from './request-store.ts';
import { endsUndecided } from './request-clocks.ts';
import { tellAsker, tellOfficers } from './tell-people.ts';

/** Tells whoever asked and the officers of a request that was just submitted, and the log when it is signed. In the transaction that submits it. */
export async function announceRequest(trx: Db, portal: Portal, request: StoredRequest): Promise<void> {
  if (request.request_digest !== null) await logRequest(trx, portal, request, request.request_digest);
  const dataset = await getToldDataset(trx, request.dataset_id);
  await tellAsker(trx, portal, request, dataset, (subject) => receivedMail(portal, { ...subject, ends_at: endsUndecided(request) }));
  await tellOfficers(trx, portal, request, dataset, (subject) => newRequestMail(portal, { ...subject, at_node: dataset.custody === 'producer' }));
}

/** Appends the act of a signed request, blinded: who asks for what is nobody's business but the parties'. */
export async function logRequest(trx: Db, portal: Portal, request: StoredRequest, digest: string): Promise<void> {
  const { act_id } = await appendAct(trx, portal, { type: 'request', subject_digest: digest, public: false });
  await setRequestAct(trx, request.request_id, act_id);
}
