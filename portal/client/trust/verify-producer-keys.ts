import { parseProducerKeySet, type ProducerKeySet } from '#catalog-schema';
import { keyWithRole, type PublicJwk, verifyKeySetChain, type VerifiedKeySet } from '#crypto';
import { ClientError, refusingAs } from '../errors.ts';
import { checkPinnedChain, grownChain } from './pinned-chain.ts';
import { type KeySetPlace, lowestPlaces, type PinOrigin, type Pins, type ProducerPin } from './pins.ts';

/** A producer whose key sets verified from its id alone. */
export interface VerifiedProducer {
  producer_id: string;
  name: string;
  domain: string | undefined;
  key_sets: readonly VerifiedKeySet[];
  newest: VerifiedKeySet;
  keys: ProducerKeySet;
  pin: ProducerPin | undefined;
}

/** Whether the name and the id belong together: confirmed by a person or by the domain, or only asserted by the portal. */
export interface NameVerdict {
  verdict: 'confirmed' | 'asserted_by_portal';
  by: PinOrigin;
  /** When the producer was pinned; null when this is the first meeting. */
  since: string | null;
}

/**
 * Verifies a producer's key sets from its id and compares them with its pin. Refuses with `producer_keys_refused`,
 * `producer_keys_forked`, `producer_keys_shorter`.
 */
export function verifyProducerKeys(statements: readonly unknown[], producer_id: string, pins: Pins, o: { saved?: boolean } = {}): VerifiedProducer {
  const chain = refusingAs('producer_keys_refused', 'The key sets of the producer do not verify.', () =>
    verifyKeySetChain(statements, { typ: 'producer-keys+jws', party_id: producer_id }),
  );
  const newest = chain.at(-1);
  if (newest === undefined) throw new ClientError('producer_keys_refused', 'No key set of the producer was given.');
  const pin = pins.producers.find((candidate) => candidate.producer_id === producer_id);
  if (pin !== undefined) checkPinnedChain('producer', chain, pin.key_sets, o.saved ?? false);
  const keys = refusingAs('producer_keys_refused', 'The newest key set of the producer is not one.', () => parseProducerKeySet(newest.payload));
  return { producer_id, name: keys.name, domain: keys.domain, key_sets: chain, newest, keys, pin };
}

/** The pin that remembers a verified producer; a confirmation once given stays, chains only grow, places in logs only go down. */
export function producerPin(producer: VerifiedProducer, now: Date, o: { confirmed_by?: PinOrigin; heads_seq?: number; places?: readonly KeySetPlace[] } = {}): ProducerPin {
  const { pin } = producer;
  return {
    producer_id: producer.producer_id,
    name: producer.name,
    ...(producer.domain === undefined ? {} : { domain: producer.domain }),
    key_sets: grownChain(producer.key_sets, pin?.key_sets ?? []),
    confirmed_by: o.confirmed_by ?? pin?.confirmed_by ?? 'first_use',
    pinned_at: pin?.pinned_at ?? now.toISOString(),
    key_set_places: lowestPlaces([...(pin?.key_set_places ?? []), ...(o.places ?? [])]),
    heads_seq: Math.max(pin?.heads_seq ?? 0, o.heads_seq ?? 0),
  };
}

/** The lookup for statements of the producer's `decide` or `release` keys made at the time `at` (RFC 3339), in every version of the chain. */
export function producerKeyFor(producer: VerifiedProducer, role: 'decide' | 'release', at: string): (kid: string) => PublicJwk | undefined {
  return (kid) => producer.key_sets.map((set) => keyWithRole(set, kid, role, at)).findLast((jwk) => jwk !== undefined);
}

/** What may be said about the producer's name. A second meeting through the same portal confirms nothing new. */
export function nameVerdict(pin: ProducerPin | undefined): NameVerdict {
  if (pin === undefined) return { verdict: 'asserted_by_portal', by: 'first_use', since: null };
  const verdict = pin.confirmed_by === 'first_use' ? 'asserted_by_portal' : 'confirmed';
  return { verdict, by: pin.confirmed_by, since: pin.pinned_at };
}
