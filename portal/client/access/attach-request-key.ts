import { parseDatasetId, parseRequestId } from '#catalog-schema';
import { type Statement, statementDigest } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import { verifyDataset } from '../evidence/fetch-evidence.ts';
import type { ConsumerKeys } from '../home/consumer-keys.ts';
import { readId, readObject, readText } from '../wire/answer.ts';
import { signedCall } from '../wire/call.ts';
import { signAccessRequest } from './access-request.ts';
import { type MadeRequest, readMadeRequest, requestInPath } from './made-request.ts';
import { rememberRequest } from './own-requests.ts';
import { registerConsumer } from './register-consumer.ts';

/** A request made on the portal's pages; dataset and purpose, when given, must be those of the page. */
export interface WebRequest {
  request_id: string;
  dataset_id?: string;
  purpose?: string;
}

/** What a request made on the web asks for, in the portal's words: shown to its asker before the key is put under it. */
export interface RequestToSign {
  request_id: string;
  dataset_id: string;
  purpose: string;
}

/**
 * Attaches the consumer's key to a request made on the portal's pages: reads what it asks for, verifies the dataset, signs the same
 * purpose word for word. Refuses with `not_found`, `conflict`, and with `bad_input` a request for another dataset or purpose than given.
 */
export async function attachRequestKey(client: Client, o: WebRequest): Promise<MadeRequest & RequestToSign> {
  const { asked, request } = await signWebRequest(client, o);
  const { request_id, dataset_id } = asked;
  const answer = await signedCall(client, { method: 'PUT', path: `/api/v1/access-requests/${request_id}/signature`, json: { request } });
  return { ...asked, ...(await readMadeRequest(client, answer.json(), { request_id, dataset_id, statement: request })) };
}

/**
 * Signs a request made on the portal's pages as `attachRequestKey` does, and gives what its asker pastes there instead of sending it:
 * `{key_sets, request}`.
 */
export async function printRequestKey(client: Client, o: WebRequest): Promise<RequestToSign & { fingerprint: string; pasted: { key_sets: readonly Statement[]; request: Statement } }> {
  const { asked, request, keys } = await signWebRequest(client, o);
  const { request_id, dataset_id } = asked;
  const home = await client.home();
  if (home !== undefined) await rememberRequest(home, { request_id, dataset_id, digest: statementDigest(request) });
  return { ...asked, fingerprint: keys.fingerprint, pasted: { key_sets: keys.key_sets, request } };
}

async function signWebRequest(client: Client, o: WebRequest): Promise<{ asked: RequestToSign; request: Statement; keys: ConsumerKeys }> {
  const request_id = requestInPath(o.request_id);
  await registerConsumer(client);
  // Afterwards: another device may have written the newest set.
  const keys = await client.consumerKeys();
  const asked = readRequestToSign((await signedCall(client, { method: 'GET', path: `/api/v1/access-requests/${request_id}` })).json());
  if ((o.dataset_id ?? asked.dataset_id) !== asked.dataset_id || (o.purpose ?? asked.purpose) !== asked.purpose) {
    throw new ClientError('bad_input', 'The request was made for another dataset or another purpose.', { facts: { value: `${asked.dataset_id}, ${asked.purpose}` } });
  }
  const dataset = await verifyDataset(client, asked.dataset_id);
  const request = signAccessRequest({ request_id, purpose: asked.purpose, dataset, keys, now: client.now() });
  return { asked, request, keys };
}

function readRequestToSign(value: unknown): RequestToSign {
  const object = readObject(value, 'a request to sign');
  return { request_id: readId(object, 'request_id', parseRequestId), dataset_id: readId(object, 'dataset_id', parseDatasetId), purpose: readText(object, 'purpose') };
}
