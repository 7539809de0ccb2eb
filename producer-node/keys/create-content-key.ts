import { parseKeyDeposit, parseProducerKeySet } from '#catalog-schema';
import { digestOf, generateContentKey, sealText, signStatement, verifyKeySetChain } from '#crypto';
import { isUniqueViolation } from '../db/database.ts';
import type { ProducerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { insertContentKey } from './content-key-store.ts';
import { readProducerKey } from './key-home.ts';

/**
 * Makes the content key of one epoch: its text is sealed to the producer's recovery recipient and to the broker, and both copies are
 * durable before this resolves, so before anything is sealed for the key. The identity itself is kept nowhere.
 * Gives the recipient to seal for. Throws `published_meanwhile` when another process made this epoch.
 */
export async function createContentKey(
  node: ProducerNode,
  o: { producer: ProducerRow; dataset_id: string; epoch: number; broker_recipient: string },
): Promise<{ recipient: string }> {
  const { producer, dataset_id, epoch } = o;
  const key = await generateContentKey(dataset_id, epoch);
  const newest = verifyKeySetChain(producer.key_sets, { typ: 'producer-keys+jws', party_id: producer.producer_id }).at(-1);
  const { recovery_recipient } = parseProducerKeySet(newest?.payload);
  const recovery = await sealText(key.text, [recovery_recipient]);
  const deposit = await sealText(key.text, [o.broker_recipient]);
  const payload = parseKeyDeposit({ v: 1, producer_id: producer.producer_id, dataset_id, epoch, recipient: key.recipient, deposit_sha256: digestOf(deposit) });
  const statement = signStatement('key-deposit+jws', payload, [await readProducerKey(node.config.home, producer.producer_id, 'release')]);
  try {
    await insertContentKey(node.db, {
      dataset_id,
      epoch,
      producer_id: producer.producer_id,
      recipient: key.recipient,
      recovery: Buffer.from(recovery),
      deposit: Buffer.from(deposit),
      deposit_statement: JSON.stringify(statement),
      created_at: node.clock.now(),
      spent_at: null,
      delivered_at: null,
    });
  } catch (cause) {
    if (isUniqueViolation(cause)) throw refusal('published_meanwhile', { dataset_id }, { cause });
    throw cause;
  }
  return { recipient: key.recipient };
}
