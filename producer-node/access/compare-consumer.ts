import { parseConsumerKeySet } from '#catalog-schema';
import { deliveryFingerprint, type VerifiedKeySet, verifyKeySetChain } from '#crypto';
import type { ConsumerRow } from '../db/tables.ts';
import type { VerifiedConsumer } from './verify-request.ts';

/** What became of pinned keys that is no added device. */
export type KeyChange = 'forked' | 'shorter' | 'retired' | 'renamed';

/**
 * How a consumer's keys stand to those pinned: never seen; the same; the same with devices that a pinned key added; or changed in any
 * other way, which stops everything until somebody looks (`stopped`: somebody has yet to).
 */
export type ConsumerStanding = { kind: 'new' } | { kind: 'same' } | { kind: 'extended'; added: number } | { kind: 'changed'; why: KeyChange } | { kind: 'stopped' };

/** Compares a verified consumer with the pin, if there is one. */
export function compareConsumer(pin: Pick<ConsumerRow, 'consumer_id' | 'key_sets' | 'changed_key_sets'> | undefined, consumer: VerifiedConsumer): ConsumerStanding {
  if (pin === undefined) return { kind: 'new' };
  if (pin.changed_key_sets !== null) return { kind: 'stopped' };
  const pinned = verifyKeySetChain(pin.key_sets, { typ: 'consumer-keys+jws', party_id: pin.consumer_id });
  const { chain } = consumer;
  if (pinned.some((set, index) => chain[index] !== undefined && chain[index].digest !== set.digest)) return { kind: 'changed', why: 'forked' };
  if (chain.length < pinned.length) return { kind: 'changed', why: 'shorter' };
  let added = 0;
  for (let index = pinned.length; index < chain.length; index += 1) {
    const [before, after] = [chain[index - 1], chain[index]];
    if (before === undefined || after === undefined) continue;
    const why = otherChange(before, after);
    if (why !== undefined) return { kind: 'changed', why };
    added += after.keys.length - before.keys.length;
  }
  return chain.length === pinned.length ? { kind: 'same' } : { kind: 'extended', added };
}

function otherChange(before: VerifiedKeySet, after: VerifiedKeySet): KeyChange | undefined {
  const [was, is] = [parseConsumerKeySet(before.payload), parseConsumerKeySet(after.payload)];
  const text = ({ kid, roles, not_before, not_after, scopes }: VerifiedKeySet['keys'][number]): string => JSON.stringify([kid, roles, not_before, not_after, scopes]);
  const keys = new Set(after.keys.map(text));
  const delivery = new Set(is.delivery.map(deliveryFingerprint));
  if (before.keys.some((key) => !keys.has(text(key))) || was.delivery.some((key) => !delivery.has(deliveryFingerprint(key)))) return 'retired';
  return was.name === is.name ? undefined : 'renamed';
}
