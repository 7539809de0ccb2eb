import { deliveryInForce, parseConsumerKeySet } from '#catalog-schema';
import { deliveryFingerprint, readUnverifiedPayload } from '#crypto';
import { listKeySets } from '../parties/key-store.ts';
import type { Db } from '../portal.ts';
import { listConsumersOfMember } from './request-list-store.ts';

/** A key that receives what is granted, as its owner's page shows it. */
export interface MemberKey {
  form: 'age' | 'openpgp' | 'jwe';
  /** What its owner calls it; empty where nobody said. */
  name: string;
  fingerprint: string;
  not_after: string | null;
}

/** The keys of one consumer, and the thirty digits that are read out to producers. */
export interface MemberConsumer {
  consumer_id: string;
  name: string;
  fingerprint: string;
  keys: MemberKey[];
}

/** The consumers that a member's requests came from (made signed in, or confirmed with their address), with their keys in force at `now`. */
export async function listMemberKeys(db: Db, member: { member_id: string; email: string }, now: Date): Promise<MemberConsumer[]> {
  const consumers = await listConsumersOfMember(db, member);
  return Promise.all(
    consumers.map(async (consumer) => {
      const newest = (await listKeySets(db, 'consumer', consumer.consumer_id)).at(-1);
      const delivery = newest === undefined ? [] : deliveryInForce(parseConsumerKeySet(readUnverifiedPayload(newest.statement)), now);
      return { ...consumer, keys: delivery.map((one) => ({ form: one.form, name: one.name ?? '', fingerprint: deliveryFingerprint(one), not_after: one.not_after ?? null })) };
    }),
  );
}
