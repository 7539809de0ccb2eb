import type { Statement } from '#crypto';
import { listKeySets } from '../parties/key-store.ts';
import type { Db } from '../portal.ts';

/** An entry with the key sets of the consumer that it is about, oldest first; null as long as there is none. */
export type WithConsumerKeys<T> = T & { consumer_key_sets: Statement[] | null };

/** Adds to requests and grants what a node needs to verify their consumers without believing the portal. */
export async function withConsumerKeys<T extends { consumer_id: string | null }>(db: Db, entries: readonly T[]): Promise<WithConsumerKeys<T>[]> {
  const chains = new Map<string, Statement[]>();
  for (const { consumer_id } of entries) {
    if (consumer_id !== null && !chains.has(consumer_id)) chains.set(consumer_id, (await listKeySets(db, 'consumer', consumer_id)).map((set) => set.statement));
  }
  return entries.map((entry) => ({ ...entry, consumer_key_sets: entry.consumer_id === null ? null : (chains.get(entry.consumer_id) ?? []) }));
}
