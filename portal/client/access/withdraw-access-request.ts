import type { Client } from '../client.ts';
import { signedCall } from '../wire/call.ts';
import { requestInPath } from './made-request.ts';

/** Takes back a request that is not decided yet. */
export async function withdrawAccessRequest(client: Client, request_id: string): Promise<void> {
  await signedCall(client, { method: 'POST', path: `/api/v1/access-requests/${requestInPath(request_id)}/withdrawal`, json: {} });
}
