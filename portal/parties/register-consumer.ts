import { parseConsumerKeySet } from '#catalog-schema';
import { fingerprintOf, parseStatement, verifyKeySetChain } from '#crypto';
import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { upsertConsumer } from './consumer-store.ts';
import { explainRace, recordKeySets } from './record-key-sets.ts';
import { takeFromRateLimit } from './take-from-rate-limit.ts';

/**
 * Registers a consumer by its self-signed key sets, or takes further ones: the chain must hold, begin the consumer of that id and
 * continue what is known. The same again gives the same answer. Refuses with `bad_evidence` (also reason `chain_forked`), `schema`,
 * `conflict` (`chain_shorter`, `key_of_another`), `expired`.
 */
export async function registerConsumer(
  portal: Portal,
  input: { consumer_id: string; key_sets: readonly unknown[]; address: string },
): Promise<{ consumer_id: string; fingerprint: string }> {
  await takeFromRateLimit(portal, { bucket: `registration:${input.address}`, limit: 60, window_seconds: 3600 });
  const chain = verifyKeySetChain(input.key_sets, { typ: 'consumer-keys+jws', party_id: input.consumer_id });
  const statements = input.key_sets.map(parseStatement);
  const payloads = chain.map((set) => parseConsumerKeySet(set.payload));
  const newest = chain.at(-1);
  const name = payloads.at(-1)?.name;
  if (newest === undefined || name === undefined) throw new PortalError('bad_request', 'Send at least one key set.');
  const now = portal.clock.now();
  if (Date.parse(newest.expires_at) <= now.getTime()) throw new PortalError('expired', 'The newest key set has expired. Check the clock, or make a new version.', { reason: 'key_set_expired' });
  const consumer_id = newest.party_id;
  const fingerprint = fingerprintOf(consumer_id);

  await portal.db
    .transaction()
    .execute(async (trx) => {
      await upsertConsumer(trx, { consumer_id, name, fingerprint, now });
      await recordKeySets(trx, portal, { party_type: 'consumer', chain, statements });
    })
    .catch((cause: unknown) => {
      throw explainRace(cause);
    });
  return { consumer_id, fingerprint };
}
