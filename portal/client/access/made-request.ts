import { parseRequestId } from '#catalog-schema';
import { type Statement, statementDigest } from '#crypto';
import type { Client } from '../client.ts';
import { refusingAs } from '../errors.ts';
import { malformed, readObject, readText } from '../wire/answer.ts';
import { rememberRequest } from './own-requests.ts';

/** A request as it was sent. */
export interface SignedRequest {
  request_id: string;
  dataset_id: string;
  statement: Statement;
}

/** What was asked, and what is read out to the producer. */
export interface MadeRequest {
  request_id: string;
  state: string;
  fingerprint: string;
}

/**
 * Reads the portal's answer about a signed request, and keeps the request's digest in the home. Refuses with `answer_malformed` an
 * answer about another request.
 */
export async function readMadeRequest(client: Client, value: unknown, signed: SignedRequest): Promise<MadeRequest> {
  const keys = await client.consumerKeys();
  const object = readObject(value, 'a request');
  const { request_id, dataset_id, statement } = signed;
  if (readText(object, 'request_id') !== request_id) throw malformed(object.what, 'it is about another request');
  const home = await client.home();
  if (home !== undefined) await rememberRequest(home, { request_id, dataset_id, digest: statementDigest(statement) });
  return { request_id, state: readText(object, 'state'), fingerprint: keys.fingerprint };
}

/** The number of a request as it stands in paths; `bad_input` otherwise. */
export function requestInPath(request_id: string): string {
  return refusingAs('bad_input', `${request_id} is not the number of a request.`, () => parseRequestId(request_id.trim().toLowerCase()), { value: request_id });
}
