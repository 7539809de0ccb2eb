import { parseConsumerKeySet } from '#catalog-schema';
import { type PublicJwk, type VerifiedKeySet, verifyKeySetChain, verifyStatement } from '#crypto';
import type { AccessGrantRow, ConsumerRow } from '../db/tables.ts';
import { listHeldContentKeys } from '../keys/content-key-store.ts';
import type { ProducerNode } from '../node.ts';
import { findConsumer } from './consumer-store.ts';
import { queuePackage } from './grant-access.ts';
import { listLiveGrants } from './grant-store.ts';
import { insertPackage, listPackages } from './package-store.ts';
import { type GrantedRequest, sealPackages } from './seal-packages.ts';

/**
 * Seals for every live grant of a producer what it covers and has not been given: new epochs and added devices, unasked. Only under grants that this node
 * signed, only for pinned keys that are not stopped, once per (grant, epoch, delivery key). Gives the numbers of the outbox rows. Safe to
 * repeat, and beside another process of this node.
 */
export async function releaseEpochs(node: ProducerNode, o: { producer_id: string; dataset_id?: string }): Promise<number[]> {
  const now = node.clock.now();
  const outbox_ids: number[] = [];
  for (const grant of await listLiveGrants(node.db, { ...o, now })) {
    const consumer = await findConsumer(node.db, grant.producer_id, grant.consumer_id);
    if (consumer === undefined || consumer.changed_key_sets !== null) continue;
    const keys = await listHeldContentKeys(node.db, grant.dataset_id);
    const known = await listPackages(node.db, grant.grant_id);
    for (const row of await sealPackages(node, { grant, request: grantedRequest(grant, consumer), keys, known })) {
      const outbox_id = await node.db.transaction().execute(async (trx) => ((await insertPackage(trx, row)) ? queuePackage(trx, grant.producer_id, row, now) : undefined));
      if (outbox_id !== undefined) outbox_ids.push(outbox_id);
    }
  }
  return outbox_ids;
}

/** The request that a grant of this node rests on, read again under the pinned keys. */
function grantedRequest(grant: AccessGrantRow, consumer: ConsumerRow): GrantedRequest {
  const chain = verifyKeySetChain(consumer.key_sets, { typ: 'consumer-keys+jws', party_id: consumer.consumer_id });
  const verified = verifyStatement(JSON.parse(grant.request_statement), { typ: 'access-request+jws', keyFor: (kid) => identityKey(chain, kid) });
  return { kid: verified.kids[0] ?? '', newest: parseConsumerKeySet(chain.at(-1)?.payload) };
}

// A request outlives the key that signed it.
function identityKey(chain: readonly VerifiedKeySet[], kid: string): PublicJwk | undefined {
  return chain.flatMap((set) => set.keys).find((key) => key.kid === kid && key.roles.includes('identity'))?.jwk;
}
