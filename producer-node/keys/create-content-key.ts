import { parseKeyDeposit, parseProducerKeySet } from '#catalog-schema';
import { type ContentKey, digestOf, generateContentKey, recipientOf, sealText, signStatement, verifyKeySetChain } from '#crypto';
import { isUniqueViolation } from '../db/database.ts';
import type { NewContentKey, ProducerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { insertContentKey } from './content-key-store.ts';
import { ensureCustodyIdentity, readProducerKey } from './key-home.ts';

/** Who holds a new content key beside the recovery holders: the broker of this recipient, or this node alone. */
export type KeyHolder = { custody: 'portal'; broker_recipient: string } | { custody: 'producer' };

/**
 * Makes the content key of one epoch: its text is sealed to the producer's recovery recipient and, by custody, to the broker or to this
 * node, and both copies are durable before this resolves, so before anything is sealed for the key. The key itself is kept nowhere.
 * Gives the recipient to seal for. Throws `published_meanwhile` when another process made this epoch.
 */
export async function createContentKey(
  node: ProducerNode,
  o: { producer: ProducerRow; dataset_id: string; epoch: number; holder: KeyHolder },
): Promise<{ recipient: string }> {
  const { producer, dataset_id, epoch } = o;
  const key = await generateContentKey(dataset_id, epoch);
  const newest = verifyKeySetChain(producer.key_sets, { typ: 'producer-keys+jws', party_id: producer.producer_id }).at(-1);
  const { recovery_recipient } = parseProducerKeySet(newest?.payload);
  const recovery = await sealText(key.text, [recovery_recipient]);
  const second = o.holder.custody === 'portal' ? await deposited(node, producer, key, o.holder.broker_recipient) : await keptHere(node, producer, key);
  try {
    await insertContentKey(node.db, {
      dataset_id,
      epoch,
      producer_id: producer.producer_id,
      recipient: key.recipient,
      recovery: Buffer.from(recovery),
      ...second,
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

type SecondCopy = Pick<NewContentKey, 'custody' | 'deposit' | 'deposit_statement' | 'sealed_here'>;

async function deposited(node: ProducerNode, producer: ProducerRow, key: ContentKey, broker_recipient: string): Promise<SecondCopy> {
  const { dataset_id, epoch, recipient } = key;
  const deposit = await sealText(key.text, [broker_recipient]);
  const payload = parseKeyDeposit({ v: 1, producer_id: producer.producer_id, dataset_id, epoch, recipient, deposit_sha256: digestOf(deposit) });
  const statement = signStatement('key-deposit+jws', payload, [await readProducerKey(node.config.home, producer.producer_id, 'release')]);
  return { custody: 'portal', deposit: Buffer.from(deposit), deposit_statement: JSON.stringify(statement), sealed_here: null };
}

async function keptHere(node: ProducerNode, producer: ProducerRow, key: ContentKey): Promise<SecondCopy> {
  const identity = await ensureCustodyIdentity(node.config.home, producer.producer_id);
  const sealed = await sealText(key.text, [await recipientOf(identity)]);
  return { custody: 'producer', deposit: null, deposit_statement: null, sealed_here: Buffer.from(sealed) };
}
