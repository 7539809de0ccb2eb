import { PortalError } from '../errors.ts';
import { hashCode, hashSecret, readCode, sameHash } from '../parties/one-time-secret.ts';
import type { Caller, Portal } from '../portal.ts';
import { announceRequest } from './announce-request.ts';
import { findRequest, noRequest, submitByCode, submitByToken, takeCodeTry, type RequestState } from './request-store.ts';

const CODE_TRIES = 5;

/** How an address is confirmed: by the link of the mail, or by its code in a call of the consumer who asked. */
export type ConfirmationGiven = { token: string } | { caller: Caller; request_id: string; code: string };

/**
 * Confirms that the asker's address is theirs and submits the request: officers are told now. Once. Refuses with `expired` (a link
 * or code that is used, too old or unknown; after five wrong codes too), `not_found` (somebody else's request).
 */
export async function confirmAccessRequest(portal: Portal, given: ConfirmationGiven): Promise<{ request_id: string; dataset_id: string; state: RequestState }> {
  const now = portal.clock.now();
  const confirm_code_hash = 'token' in given ? undefined : await checkCode(portal, given, now);
  const submitted = await portal.db.transaction().execute(async (trx) => {
    const request =
      'token' in given
        ? await submitByToken(trx, hashSecret('access-request-token', given.token), now)
        : await submitByCode(trx, { request_id: given.request_id, confirm_code_hash: confirm_code_hash ?? '', now });
    if (request !== undefined) await announceRequest(trx, portal, request);
    return request;
  });
  if (submitted === undefined) throw tooLate();
  return { request_id: submitted.request_id, dataset_id: submitted.dataset_id, state: submitted.state };
}

async function checkCode(portal: Portal, given: { caller: Caller; request_id: string; code: string }, now: Date): Promise<string> {
  const request = await findRequest(portal.db, given.request_id);
  const own = given.caller.kind === 'consumer' && given.caller.role === 'identity' && request?.consumer_id === given.caller.consumer_id;
  if (request === undefined || !own) throw noRequest();
  const expected = await takeCodeTry(portal.db, { request_id: given.request_id, max_tries: CODE_TRIES, now });
  if (expected === undefined) throw tooLate();
  if (!sameHash(hashCode(portal.keys.code_key, { purpose: 'access-request-code', row: given.request_id, code: readCode(given.code) }), expected)) {
    throw new PortalError('bad_request', 'This is not the code of the mail.', { reason: 'wrong_code' });
  }
  return expected;
}

function tooLate(): PortalError {
  return new PortalError('expired', 'This link or code was used before or is too old. Ask again to get a new one.', { reason: 'confirmation_expired' });
}
