import { requireMay } from '../policy.ts';
import type { Caller, Db } from '../portal.ts';
import { findRequest, noRequest, type RequestState } from './request-store.ts';

/** What a consumer signs to attach their key to a request: its dataset and the very words of its purpose. */
export interface RequestToSign {
  request_id: string;
  dataset_id: string;
  purpose: string;
  state: RequestState;
  fingerprint: string | null;
}

/**
 * A request of this consumer, or one that was made without a key and still waits for one: whoever knows its id, which only its asker
 * was mailed, may read what is to be signed. `not_found` for every other.
 */
export async function getRequestToSign(db: Db, caller: Caller, request_id: string): Promise<RequestToSign> {
  requireMay(caller, 'ask_access');
  const request = await findRequest(db, request_id);
  const waiting = request?.statement === null && (request.state === 'submitted' || request.state === 'awaiting_key');
  const own = request?.consumer_id !== null && caller.kind === 'consumer' && request?.consumer_id === caller.consumer_id;
  if (request === undefined || caller.kind !== 'consumer' || !(waiting || own)) throw noRequest();
  const { dataset_id, purpose, state, fingerprint } = request;
  return { request_id, dataset_id, purpose, state, fingerprint };
}
