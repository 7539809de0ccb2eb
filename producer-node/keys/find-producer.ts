import type { ProducerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { adoptFolders } from './create-producer.ts';
import { listProducers } from './producer-store.ts';

/**
 * The producer meant by `wish` (identifier, a start of it of at least 6 characters, or name without regard to case); without a wish
 * the only one. Throws `not_initialised`, `two_producers`, `producer_unknown`, `producer_ambiguous`.
 */
export async function findProducer(node: ProducerNode, wish: string | undefined): Promise<ProducerRow> {
  await adoptFolders(node);
  const all = await listProducers(node.db);
  const [first] = all;
  if (first === undefined) throw refusal('not_initialised', {});
  if (wish === undefined) {
    if (all.length > 1) throw refusal('two_producers', { names: all.map((producer) => producer.name).join(', ') });
    return first;
  }
  const exact = all.find((producer) => producer.producer_id === wish || producer.name === wish);
  if (exact !== undefined) return exact;
  const folded = wish.toLocaleLowerCase('fr');
  const matches = all.filter(
    (producer) => (wish.length >= 6 && producer.producer_id.startsWith(wish)) || producer.name.toLocaleLowerCase('fr').includes(folded),
  );
  const [match] = matches;
  if (match === undefined) throw refusal('producer_unknown', { name: wish });
  if (matches.length > 1) throw refusal('producer_ambiguous', { name: wish });
  return match;
}
