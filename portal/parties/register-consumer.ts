import { type ConsumerKeySet, deliveryInForce, parseConsumerKeySet } from '#catalog-schema';
import { checkDeliveryKey, deliveryFingerprint, fingerprintOf, parseStatement, readUnverifiedPayload, verifyKeySetChain } from '#crypto';
import { reopenReleaseJobs } from '../access/release-store.ts';
import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { isAnswered } from './challenge-delivery-key.ts';
import { upsertConsumer } from './consumer-store.ts';
import { listKeySets } from './key-store.ts';
import { explainRace, recordKeySets } from './record-key-sets.ts';
import { takeFromRateLimit } from './take-from-rate-limit.ts';

/**
 * Registers a consumer by its self-signed key sets, or takes further ones: the chain must hold, begin the consumer of that id and
 * continue what is known. Delivery keys that are new here must be good ones, and foreign programs' (`openpgp`, `jwe`) be shown to open by the
 * answers to their challenges. When the delivery keys changed, the broker is asked again for what the consumer may open. The same again
 * gives the same answer. Refuses with `bad_evidence` (also `chain_forked`, `challenge_unanswered`, a code of delivery keys), `schema`,
 * `conflict` (`chain_shorter`, `key_of_another`), `expired`.
 */
export async function registerConsumer(
  portal: Portal,
  input: { consumer_id: string; key_sets: readonly unknown[]; answers: readonly string[]; address: string },
): Promise<{ consumer_id: string; fingerprint: string }> {
  await takeFromRateLimit(portal, { bucket: `registration:${input.address}`, limit: 60, window_seconds: 3600 });
  const chain = verifyKeySetChain(input.key_sets, { typ: 'consumer-keys+jws', party_id: input.consumer_id });
  const statements = input.key_sets.map(parseStatement);
  const payloads = chain.map((set) => parseConsumerKeySet(set.payload));
  const newest = chain.at(-1);
  const newest_set = payloads.at(-1);
  if (newest === undefined || newest_set === undefined) throw new PortalError('bad_request', 'Send at least one key set.');
  const now = portal.clock.now();
  if (Date.parse(newest.expires_at) <= now.getTime()) throw new PortalError('expired', 'The newest key set has expired. Check the clock, or make a new version.', { reason: 'key_set_expired' });
  const consumer_id = newest.party_id;
  const { name } = newest_set;
  const fingerprint = fingerprintOf(consumer_id);
  await checkNewDelivery(portal, newest_set, { consumer_id, answers: input.answers });

  await portal.db
    .transaction()
    .execute(async (trx) => {
      await upsertConsumer(trx, { consumer_id, name, fingerprint, now });
      const added = await recordKeySets(trx, portal, { party_type: 'consumer', chain, statements });
      if (added > 0) await reopenReleaseJobs(trx, consumer_id, now);
    })
    .catch((cause: unknown) => {
      throw explainRace(cause);
    });
  return { consumer_id, fingerprint };
}

async function checkNewDelivery(portal: Portal, set: ConsumerKeySet, o: { consumer_id: string; answers: readonly string[] }): Promise<void> {
  const latest = (await listKeySets(portal.db, 'consumer', o.consumer_id)).at(-1);
  // An older set than the one known is refused as such when it is recorded.
  if (latest !== undefined && latest.version > set.version) return;
  const known = new Set(latest === undefined ? [] : parseConsumerKeySet(readUnverifiedPayload(latest.statement)).delivery.map(deliveryFingerprint));
  const now = portal.clock.now();
  for (const delivery of deliveryInForce(set, now)) {
    const fingerprint = deliveryFingerprint(delivery);
    if (known.has(fingerprint)) continue;
    await checkDeliveryKey(delivery, now);
    // An age key was made by our own program, which opens its first package itself; whether another program's key opens nobody knows yet.
    if (delivery.form !== 'age' && !isAnswered(portal, fingerprint, o.answers)) {
      throw new PortalError('bad_evidence', 'Show first that you can open what is sealed to this key: ask for a challenge, open it, and send its last line.', { reason: 'challenge_unanswered' });
    }
  }
}
