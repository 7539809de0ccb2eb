import type { Client } from '../client.ts';
import { readList, readObject } from '../wire/answer.ts';
import { signedCall } from '../wire/call.ts';
import { type AccessRequest, readAccessRequest } from './access-request.ts';

/** The consumer's own requests, newest first as the portal lists them. */
export async function listAccessRequests(client: Client): Promise<AccessRequest[]> {
  const answer = await signedCall(client, { method: 'GET', path: '/api/v1/access-requests' });
  return readList(readObject(answer.json(), 'a list of requests'), 'access_requests', readAccessRequest);
}
