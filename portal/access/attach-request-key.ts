import { isUniqueViolation } from '../db/database.ts';
import { PortalError } from '../errors.ts';
import { requireMay } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { keyAttachedMail, yourKeyMail } from './access-mails.ts';
import { logRequest } from './announce-request.ts';
import { getAskableDataset } from './askable-dataset-store.ts';
import { checkRequestFits, readRequestStatement } from './read-request-statement.ts';
import type { MadeRequest } from './request-access.ts';
import { attachStatement, findRequest, getConsumerFingerprint, noRequest } from './request-store.ts';
import { tellAsker, tellOfficers } from './tell-people.ts';

/**
 * Attaches a consumer's signed request to one that was made without a key: same dataset, same words of purpose. The request's id,
 * which only its asker was mailed, is what entitles; an officer still compares the fingerprint before anything opens, and the asker
 * is mailed it. The same statement again gets the same answer. Refuses with `not_found`, `conflict` (`key_attached`, `request_ended`,
 * `request_pending`, `offer_changed`), `bad_evidence`, `expired`.
 */
export async function attachRequestKey(portal: Portal, caller: Caller, input: { request_id: string; request: unknown }): Promise<MadeRequest> {
  requireMay(caller, 'ask_access');
  if (caller.kind !== 'consumer') throw new PortalError('unauthenticated', 'Sign this call with an identity key of a registered consumer.');
  return attachSignedRequest(portal, caller.consumer_id, input);
}

/** As `attachRequestKey`, for whoever brings what the consumer signed: its signature by an identity key is what says who asks. */
export async function attachSignedRequest(portal: Portal, consumer_id: string, input: { request_id: string; request: unknown }): Promise<MadeRequest> {
  const { request_id } = input;
  const known = await findRequest(portal.db, request_id);
  // Before its address is confirmed a request is nobody's, and one of another consumer is none of this one's business.
  if (known === undefined || known.confirmed_at === null || (known.consumer_id !== null && known.consumer_id !== consumer_id)) throw noRequest();
  const signed = await readRequestStatement(portal, consumer_id, input.request);
  const answer = { request_id, dataset_id: known.dataset_id };
  if (known.request_digest === signed.digest) return { ...answer, state: known.state, fingerprint: known.fingerprint };
  if (known.statement !== null) throw new PortalError('conflict', 'A key is attached to this request already.', { reason: 'key_attached' });
  if (signed.payload.request_id !== request_id) throw new PortalError('bad_evidence', 'The signed request has another id.', { reason: 'request_mismatch' });
  const dataset = await getAskableDataset(portal.db, known.dataset_id);
  await checkRequestFits(portal, signed, { dataset, purpose: known.purpose });

  const fingerprint = await getConsumerFingerprint(portal.db, consumer_id);
  const statement = JSON.stringify(signed.statement);
  const attached = await portal.db
    .transaction()
    .execute(async (trx) => {
      const request = await attachStatement(trx, { request_id, consumer_id, statement, request_digest: signed.digest, fingerprint, now: portal.clock.now() });
      if (request === undefined) return undefined;
      await logRequest(trx, portal, request, signed.digest);
      await tellAsker(trx, portal, request, dataset, (subject) => yourKeyMail(portal, { ...subject, fingerprint }));
      await tellOfficers(trx, portal, request, dataset, (subject) => keyAttachedMail(portal, subject));
      return request;
    })
    .catch((cause: unknown) => {
      if (isUniqueViolation(cause, 'access_request_live')) throw new PortalError('conflict', 'You have another open request for this dataset. Withdraw one of them.', { reason: 'request_pending', cause });
      throw cause;
    });
  if (attached === undefined) throw new PortalError('conflict', 'This request has ended, or got a key meanwhile.', { reason: 'request_ended' });
  return { ...answer, state: attached.state, fingerprint };
}
