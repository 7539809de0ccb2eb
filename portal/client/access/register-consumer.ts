import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import { readObject, readText } from '../wire/answer.ts';
import { plainCall } from '../wire/call.ts';

/** Shows the portal the consumer's key sets, which sign themselves; repeating it changes nothing. */
export async function registerConsumer(client: Client): Promise<{ consumer_id: string; fingerprint: string }> {
  const keys = await client.consumerKeys();
  const answer = await plainCall(client, { method: 'PUT', path: `/api/v1/consumers/${keys.consumer_id}`, json: { key_sets: keys.key_sets } });
  const object = readObject(answer.json(), 'a registered consumer');
  const fingerprint = readText(object, 'fingerprint');
  // The fingerprint is what a person reads out to the officer: the portal's own copy has to be the same.
  if (fingerprint !== keys.fingerprint) throw new ClientError('answer_malformed', 'The portal computes another fingerprint of your keys.', { facts: { what: 'fingerprint', why: fingerprint } });
  return { consumer_id: keys.consumer_id, fingerprint };
}
