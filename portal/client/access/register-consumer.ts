import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import type { ConsumerKeys } from '../home/consumer-keys.ts';
import { readObject, readText } from '../wire/answer.ts';
import { plainCall } from '../wire/call.ts';
import { followOwnKeys } from './follow-own-keys.ts';

/**
 * Shows the portal the consumer's key sets, which sign themselves; repeating it changes nothing. `keys`: other ones than those of the
 * home; `answers` to challenges of delivery keys that the portal does not know yet. Where another device has written a newer set
 * meanwhile, it is taken over instead. Refuses with `conflict`, `portal_refused` (`challenge_unanswered`…).
 */
export async function registerConsumer(client: Client, o: { keys?: ConsumerKeys; answers?: readonly string[] } = {}): Promise<{ consumer_id: string; fingerprint: string }> {
  const keys = o.keys ?? (await client.consumerKeys());
  const json = { key_sets: keys.key_sets, ...(o.answers === undefined || o.answers.length === 0 ? {} : { answers: o.answers }) };
  try {
    const answer = await plainCall(client, { method: 'PUT', path: `/api/v1/consumers/${keys.consumer_id}`, json });
    const object = readObject(answer.json(), 'a registered consumer');
    const fingerprint = readText(object, 'fingerprint');
    // The fingerprint is what a person reads out to the officer: the portal's own copy has to be the same.
    if (fingerprint !== keys.fingerprint) throw new ClientError('answer_malformed', 'The portal computes another fingerprint of your keys.', { facts: { what: 'fingerprint', why: fingerprint } });
  } catch (cause) {
    if (o.keys !== undefined || !(cause instanceof ClientError) || cause.reason !== 'chain_shorter') throw cause;
    await followOwnKeys(client);
  }
  return { consumer_id: keys.consumer_id, fingerprint: keys.fingerprint };
}
