import { appendAct } from '../log/append-act.ts';
import type { Db, Portal } from '../portal.ts';
import { newRequestMail } from './access-mails.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { setRequestAct, type StoredRequest } from './request-store.ts';
import { tellOfficers } from './tell-people.ts';

/** Tells the officers of a request that was just submitted, and the log when it is signed. In the transaction that submits it. */
export async function announceRequest(trx: Db, portal: Portal, request: StoredRequest): Promise<void> {
  if (request.request_digest !== null) await logRequest(trx, portal, request, request.request_digest);
  const { contact_name, organisation } = request;
  const dataset = await getToldDataset(trx, request.dataset_id);
  await tellOfficers(trx, portal, request, dataset, (subject) => newRequestMail(portal, { ...subject, contact_name, organisation, at_node: dataset.custody === 'producer' }));
}

/** Appends the act of a signed request, blinded: who asks for what is nobody's business but the parties'. */
export async function logRequest(trx: Db, portal: Portal, request: StoredRequest, digest: string): Promise<void> {
  const { act_id } = await appendAct(trx, portal, { type: 'request', subject_digest: digest, public: false });
  await setRequestAct(trx, request.request_id, act_id);
}
