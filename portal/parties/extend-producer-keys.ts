import { parseProducerKeySet, type ProducerId } from '#catalog-schema';
import { parseStatement, verifyKeySetChain } from '#crypto';
import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { getProducer, renameProducer } from './producer-store.ts';
import { explainRace, recordKeySets } from './record-key-sets.ts';
import { requireDistinctName } from './require-distinct-name.ts';
import { takeFromRateLimit } from './take-from-rate-limit.ts';
import { requireWorkingKeys } from './working-keys.ts';

/**
 * Takes further key sets of an active producer: the whole chain, each version signed by the threshold of its own root keys and of those
 * before, whoever brings it: a node whose keys ran out or were lost has no other way back. The same again changes nothing. Refuses with
 * `not_found`, `forbidden` (`producer_suspended`), `bad_evidence`, `schema`, `conflict`, `rate_limited`, and as `requireDistinctName`
 * does: an enrolled producer does not call itself like another.
 */
export async function extendProducerKeys(portal: Portal, input: { producer_id: ProducerId; key_sets: readonly unknown[]; address: string }): Promise<{ producer_id: string; version: number }> {
  const { producer_id } = input;
  await takeFromRateLimit(portal, { bucket: `key-sets:${input.address}`, limit: 60, window_seconds: 3600 });
  const { state } = await getProducer(portal.db, producer_id);
  if (state !== 'active') throw new PortalError('forbidden', 'This producer is suspended. Ask the operator of the portal.', { reason: 'producer_suspended' });
  const chain = verifyKeySetChain(input.key_sets, { typ: 'producer-keys+jws', party_id: producer_id });
  const statements = input.key_sets.map(parseStatement);
  const payload = chain.map((set) => parseProducerKeySet(set.payload)).at(-1);
  const newest = chain.at(-1);
  if (newest === undefined || payload === undefined) throw new PortalError('bad_request', 'Send at least one key set.');
  requireWorkingKeys(newest, portal.clock.now());
  await portal.db
    .transaction()
    .execute(async (trx) => {
      const added = await recordKeySets(trx, portal, { party_type: 'producer', chain, statements });
      if (added > 0) await requireDistinctName(trx, { producer_id, name: payload.name });
      if (added > 0) await renameProducer(trx, producer_id, { name: payload.name, domain: payload.domain ?? null });
    })
    .catch((cause: unknown) => {
      throw explainRace(cause);
    });
  return { producer_id, version: newest.version };
}
