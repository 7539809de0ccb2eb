import type { Client } from '../client.ts';
import { listAll } from '../wire/list-all.ts';
import { type AccessRequest, readAccessRequest } from './access-request.ts';

/** All of the consumer's own requests, page by page, in the portal's order: open ones first, then newest first. */
export async function listAccessRequests(client: Client): Promise<AccessRequest[]> {
  return listAll(client, { path: '/api/v1/access-requests', what: 'a list of requests', name: 'access_requests', read: readAccessRequest });
}
