import { type ConsumerKeySet, parseConsumerKeySet } from '#catalog-schema';
import { signKeySet, type SigningKey, statementDigest } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import { type ConsumerKeys, inTenYears, saveKeySets, withKeySets } from '../home/consumer-keys.ts';
import { followOwnKeys } from './follow-own-keys.ts';
import { registerConsumer } from './register-consumer.ts';

/** What a next key set says differently; undefined where nothing is to be changed. */
export type KeySetChange = (set: ConsumerKeySet) => Pick<ConsumerKeySet, 'keys' | 'delivery'> | undefined;

const OVERTAKEN: ReadonlySet<string> = new Set(['chain_shorter', 'chain_forked', 'race']);
const TRIES = 4;

/**
 * Writes the next version of the consumer's key set, signed by this device, shows it to the portal and then keeps it here: the portal
 * takes one successor only, so two devices that change at once do not part. Begins with what other devices have changed. Gives the
 * keys as they are then. Refuses with `conflict`, `portal_refused`, `own_keys_forked`, `keys_missing`.
 */
export async function changeKeySet(client: Client, change: KeySetChange, o: { answers?: readonly string[] } = {}): Promise<ConsumerKeys> {
  const home = await client.home();
  if (home === undefined) throw new ClientError('keys_missing', 'A changed key set is kept in the home, and there is none.');
  for (let attempt = 1; ; attempt++) {
    const keys = await followOwnKeys(client);
    const changed = change(keys.newest);
    const next = changed === undefined ? keys : await signNextKeySet(keys, changed, { by: keys.signing_key, now: client.now() });
    try {
      await registerConsumer(client, { keys: next, ...(o.answers === undefined ? {} : { answers: o.answers }) });
    } catch (cause) {
      // Another device was quicker: its change first, then this one.
      if (cause instanceof ClientError && OVERTAKEN.has(cause.reason ?? '') && attempt < TRIES) continue;
      throw cause;
    }
    await saveKeySets(home, next.key_sets);
    return next;
  }
}

/** The keys with one more key set behind the others, good for ten years, signed by a key of the set before. */
export async function signNextKeySet(keys: ConsumerKeys, change: Pick<ConsumerKeySet, 'keys' | 'delivery'>, o: { by: SigningKey; now: Date }): Promise<ConsumerKeys> {
  const payload = parseConsumerKeySet({
    ...keys.newest,
    ...change,
    version: keys.newest.version + 1,
    prev: statementDigest(keys.key_sets.at(-1)),
    expires_at: inTenYears(o.now),
  });
  return withKeySets(keys, [...keys.key_sets, signKeySet('consumer-keys+jws', payload, [o.by])]);
}
