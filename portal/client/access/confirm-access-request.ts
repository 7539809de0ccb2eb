import type { Client } from '../client.ts';
import { readObject, readText } from '../wire/answer.ts';
import { signedCall } from '../wire/call.ts';
import { requestInPath } from './made-request.ts';

/** Confirms a request by the code of the mail: what the link does, without a browser. Returns the new state. */
export async function confirmAccessRequest(client: Client, request_id: string, code: string): Promise<string> {
  const answer = await signedCall(client, { method: 'POST', path: `/api/v1/access-requests/${requestInPath(request_id)}/confirmation`, json: { code } });
  return readText(readObject(answer.json(), 'a confirmed request'), 'state');
}
