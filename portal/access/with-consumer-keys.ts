import type { Statement } from '#crypto';
import { listKeySets } from '../parties/key-store.ts';
import type { Db } from '../portal.ts';
import type { ReceivedRequest } from './request-list-store.ts';

/** A request with all that a node needs to verify it without believing the portal. */
export interface RequestWithEvidence extends ReceivedRequest {
  /** Key sets of the consumer, oldest first; null as long as no key signed. */
  consumer_key_sets: Statement[] | null;
}

/** Adds to requests the key sets of whoever signed them. */
export async function withConsumerKeys(db: Db, requests: readonly ReceivedRequest[]): Promise<RequestWithEvidence[]> {
  const chains = new Map<string, Statement[]>();
  for (const { consumer_id } of requests) {
    if (consumer_id !== null && !chains.has(consumer_id)) chains.set(consumer_id, (await listKeySets(db, 'consumer', consumer_id)).map((set) => set.statement));
  }
  return requests.map((request) => ({ ...request, consumer_key_sets: request.consumer_id === null ? null : (chains.get(request.consumer_id) ?? []) }));
}
