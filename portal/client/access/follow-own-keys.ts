import { type Statement, statementDigest } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError, refusingAsync } from '../errors.ts';
import { type ConsumerKeys, saveKeySets, withKeySets } from '../home/consumer-keys.ts';
import { readList, readObject, readStatement } from '../wire/answer.ts';
import { signedCall } from '../wire/call.ts';

/**
 * The consumer's keys with what other devices have added since, as the portal knows it, kept in the home. The chain must verify from
 * the consumer's own id and continue the one known here: `own_keys_forked` otherwise. A portal that does not know this key, or knows
 * fewer key sets, changes nothing.
 */
export async function followOwnKeys(client: Client): Promise<ConsumerKeys> {
  const keys = await client.consumerKeys();
  const served = await servedKeySets(client, keys.consumer_id);
  if (served === undefined || served.length <= keys.key_sets.length) return keys;
  const forked = keys.key_sets.some((known, index) => statementDigest(known) !== statementDigest(served[index]));
  if (forked) throw new ClientError('own_keys_forked', 'The portal shows another history of your own keys.', { facts: { version: served.length } });
  const followed = await refusingAsync('own_keys_forked', 'The key sets that the portal shows as yours do not verify.', () => withKeySets(keys, served), { version: served.length });
  const home = await client.home();
  if (home !== undefined) await saveKeySets(home, followed.key_sets);
  return followed;
}

/** The key sets that the portal holds of a consumer, unverified; undefined where it does not know the key that asks. */
export async function servedKeySets(client: Client, consumer_id: string): Promise<Statement[] | undefined> {
  try {
    const answer = await signedCall(client, { method: 'GET', path: `/api/v1/consumers/${consumer_id}` });
    return readList(readObject(answer.json(), 'the key sets of a consumer'), 'key_sets', (value) => readStatement(value, 'a key set'));
  } catch (cause) {
    if (cause instanceof ClientError && (cause.code === 'not_recognised' || cause.code === 'not_found')) return undefined;
    throw cause;
  }
}
