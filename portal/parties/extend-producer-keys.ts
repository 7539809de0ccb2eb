import { parseProducerKeySet } from '#catalog-schema';
import { parseStatement, verifyKeySetChain } from '#crypto';
import { PortalError } from '../errors.ts';
import { requireMay } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { renameProducer } from './producer-store.ts';
import { explainRace, recordKeySets } from './record-key-sets.ts';
import { requireDistinctName } from './require-distinct-name.ts';
import { requireWorkingKeys } from './working-keys.ts';

/**
 * Takes further key sets of an active producer from its node: the whole chain, each version signed by the threshold of its own root
 * keys and of those before. The same again changes nothing. Refuses with `forbidden`, `bad_evidence`, `schema`, `conflict`, and as
 * `requireDistinctName` does: an enrolled producer does not call itself like another.
 */
export async function extendProducerKeys(portal: Portal, actor: Caller, input: { producer_id: string; key_sets: readonly unknown[] }): Promise<{ producer_id: string; version: number }> {
  const { producer_id } = input;
  requireMay(actor, 'publish', { producer_id });
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
