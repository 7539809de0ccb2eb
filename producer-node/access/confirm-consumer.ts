import { fingerprintOf } from '#crypto';
import type { ConsumerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { findConsumer, pinConsumer } from './consumer-store.ts';
import { verifyConsumer, type VerifiedConsumer } from './verify-request.ts';

/** A consumer whose keys changed, with the digits that the new key set has on every machine. */
export interface ChangedConsumer {
  row: ConsumerRow;
  verified: VerifiedConsumer;
  /** Of the id and the newest key set: two people compare them. */
  fingerprint: string;
}

/** The changed keys of a consumer, verified from the id; throws `consumer_unknown`, `consumer_unchanged`, `consumer_chain_refused`. */
export async function readChangedConsumer(node: ProducerNode, producer_id: string, consumer_id: string): Promise<ChangedConsumer> {
  const row = await findConsumer(node.db, producer_id, consumer_id);
  if (row === undefined) throw refusal('consumer_unknown', { consumer_id });
  if (row.changed_key_sets === null) throw refusal('consumer_unchanged', { name: row.name });
  const verified = verifyConsumer(row.changed_key_sets, consumer_id);
  return { row, verified, fingerprint: keySetFingerprint(verified) };
}

/** The digits of a consumer's newest key set. */
export function keySetFingerprint({ consumer_id, chain }: VerifiedConsumer): string {
  return fingerprintOf(consumer_id, chain.at(-1)?.digest ?? '');
}

/** Pins the changed keys: a person compared their digits. */
export async function confirmConsumer(node: ProducerNode, changed: ChangedConsumer): Promise<void> {
  const { row, verified } = changed;
  const { producer_id, consumer_id } = row;
  if (row.changed_key_sets === null) return;
  await pinConsumer(node.db, { producer_id, consumer_id, name: verified.newest.name, key_sets: row.changed_key_sets, confirmation: 'person', vouched_by: null }, { now: node.clock.now(), confirms: true });
}
