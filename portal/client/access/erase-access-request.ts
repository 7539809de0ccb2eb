import type { Client } from '../client.ts';
import { signedCall } from '../wire/call.ts';
import { requestInPath } from './made-request.ts';

/** Has the portal erase a request of this consumer with its name, address and purpose; an access that came of it ends. */
export async function eraseAccessRequest(client: Client, request_id: string): Promise<void> {
  await signedCall(client, { method: 'POST', path: `/api/v1/access-requests/${requestInPath(request_id)}/erasure`, json: {} });
}
