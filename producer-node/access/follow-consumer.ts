import type { ConsumerRow, ProducerRow } from '../db/tables.ts';
import type { ProducerNode } from '../node.ts';
import { compareConsumer, type ConsumerStanding } from './compare-consumer.ts';
import { extendPin, findConsumer, stopConsumer } from './consumer-store.ts';
import { storedStatement } from './stored-statement.ts';
import type { VerifiedConsumer } from './verify-request.ts';

/**
 * Holds a consumer's verified keys against the pin and acts on it: devices and delivery keys that a pinned key added are taken; any other
 * change stops the consumer, durably, until somebody confirms. Gives the pin as it was found.
 */
export async function followConsumer(node: ProducerNode, producer: ProducerRow, consumer: VerifiedConsumer): Promise<{ pin: ConsumerRow | undefined; standing: ConsumerStanding }> {
  const { producer_id } = producer;
  const { consumer_id } = consumer;
  const pin = await findConsumer(node.db, producer_id, consumer_id);
  const standing = compareConsumer(pin, consumer);
  const key_sets = consumer.key_sets.map(storedStatement);
  if (standing.kind === 'changed') await stopConsumer(node.db, { producer_id, consumer_id, key_sets, why: standing.why });
  if (standing.kind === 'extended') await extendPin(node.db, { producer_id, consumer_id, key_sets });
  return { pin, standing };
}
