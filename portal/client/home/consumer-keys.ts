import { type ConsumerKeySet, parseConsumerKeySet } from '#catalog-schema';
import {
  exportSigningKey, fingerprintOf, generateAgeIdentity, generateSigningKey, importSigningKey, parseStatement, parseStrictJson,
  recipientOf, signKeySet, type SigningKey, type Statement, utf8, verifyKeySetChain,
} from '#crypto';
import { ClientError, refusingAsync } from '../errors.ts';
import { type Home, readHomeFile, writeHomeFile } from './home-folder.ts';

/** A consumer's own keys: who calls and asks (`signing_key`), and to whom content keys are sealed (`identity`); both are secrets. */
export interface ConsumerKeys {
  consumer_id: string;
  name: string;
  /** What is read out to the producer: six groups of five digits of the consumer's id. */
  fingerprint: string;
  signing_key: SigningKey;
  /** `AGE-SECRET-KEY-…` */
  identity: string;
  /** `age1…` */
  recipient: string;
  /** The key sets, version 1 first, as registered at a portal. */
  key_sets: Statement[];
  /** The newest of them, read. */
  newest: ConsumerKeySet;
  /** Names of all identity keys that the consumer's devices have or had. */
  identity_kids: readonly string[];
}

/** The file of a home with the key that signs. */
export const SIGNING_KEY_FILE = 'identity.jwk';
/** The file of a home with the key that opens. */
export const DELIVERY_KEY_FILE = 'delivery.age';
const KEY_SETS_FILE = 'key-sets.json';
const LIFETIME_YEARS = 10;

/** How a key set calls its printed backup. */
export const BACKUP_NAME = 'backup';

/** The keys of a printed backup: one more device, that lies in a drawer. */
export type BackupKeys = Pick<ConsumerKeys, 'signing_key' | 'identity' | 'recipient'>;

/** New consumer keys and their key set, version 1; `name` is what producers see beside the fingerprint. With `backup`, its keys stand in the set too. */
export async function generateConsumerKeys(name: string, now: Date, o: { backup?: BackupKeys } = {}): Promise<ConsumerKeys> {
  const signingKey = generateSigningKey();
  const { identity, recipient } = await generateAgeIdentity();
  const payload = parseConsumerKeySet({
    v: 1,
    version: 1,
    prev: null,
    name,
    threshold: 1,
    expires_at: inTenYears(now),
    keys: [{ jwk: signingKey.public_jwk, roles: ['identity'] }, ...(o.backup === undefined ? [] : [{ jwk: o.backup.signing_key.public_jwk, roles: ['identity'] }])],
    delivery: [
      { form: 'age', key: recipient, name, device: signingKey.kid },
      ...(o.backup === undefined ? [] : [{ form: 'age', key: o.backup.recipient, name: BACKUP_NAME, device: o.backup.signing_key.kid }]),
    ],
  });
  return consumerKeys(signingKey, identity, [signKeySet('consumer-keys+jws', payload, [signingKey])]);
}

/** Writes new keys into a home that has none; refuses with `keys_exist`, and then nothing was changed. */
export async function saveConsumerKeys(home: Home, keys: ConsumerKeys): Promise<void> {
  for (const name of [KEY_SETS_FILE, SIGNING_KEY_FILE, DELIVERY_KEY_FILE]) {
    if ((await readHomeFile(home, name)) !== undefined) {
      throw new ClientError('keys_exist', `${home.path} holds keys already; they are never overwritten.`, { facts: { path: home.path } });
    }
  }
  // The key set last: a home without it has no keys, whatever a power cut left behind.
  await writeHomeFile(home, SIGNING_KEY_FILE, exportSigningKey(keys.signing_key), { fresh: true });
  await writeHomeFile(home, DELIVERY_KEY_FILE, `${keys.identity}\n`, { fresh: true });
  await writeHomeFile(home, KEY_SETS_FILE, JSON.stringify(keys.key_sets), { fresh: true });
}

/** The keys of a home, or undefined when it has none; refuses with `home_damaged` files that do not belong together. */
export async function loadConsumerKeys(home: Home): Promise<ConsumerKeys | undefined> {
  const keySets = await readHomeFile(home, KEY_SETS_FILE);
  if (keySets === undefined) return undefined;
  const jwk = await readHomeFile(home, SIGNING_KEY_FILE);
  const identity = await readHomeFile(home, DELIVERY_KEY_FILE);
  if (jwk === undefined || identity === undefined) throw damaged(home);
  return refusingAsync('home_damaged', `The keys in ${home.path} do not belong together.`, async () => {
    const list = parseStrictJson(utf8(keySets));
    if (!Array.isArray(list)) throw damaged(home);
    const keys = await consumerKeys(importSigningKey(jwk), identity.trimEnd(), list.map((entry: unknown) => parseStatement(entry)));
    const newest = verifyKeySetChain(keys.key_sets, { typ: 'consumer-keys+jws' }).at(-1);
    const set = parseConsumerKeySet(newest?.payload);
    if (newest?.keys.every((key) => key.kid !== keys.signing_key.kid) !== false || set.delivery.every((delivery) => delivery.key !== keys.recipient)) {
      throw damaged(home);
    }
    return keys;
  });
}

/** Keeps further key sets of the same consumer; the keys of this home stay. */
export async function saveKeySets(home: Home, keySets: readonly Statement[]): Promise<void> {
  await writeHomeFile(home, KEY_SETS_FILE, JSON.stringify(keySets));
}

/** The consumer's keys with other key sets, which hold them; refuses like `verifyKeySetChain`. */
export async function withKeySets(keys: ConsumerKeys, keySets: readonly Statement[]): Promise<ConsumerKeys> {
  return consumerKeys(keys.signing_key, keys.identity, [...keySets]);
}

/** Ten years from `now`: until when a key set is good unless a next one comes. */
export function inTenYears(now: Date): string {
  const expires = new Date(now);
  expires.setUTCFullYear(expires.getUTCFullYear() + LIFETIME_YEARS);
  return expires.toISOString();
}

/** The consumer's keys out of a signing key, an age identity and the chain of key sets that names both. */
export async function consumerKeys(signingKey: SigningKey, identity: string, keySets: Statement[]): Promise<ConsumerKeys> {
  const chain = verifyKeySetChain(keySets, { typ: 'consumer-keys+jws' });
  const newest = chain.at(-1);
  const set = parseConsumerKeySet(newest?.payload);
  const consumerId = newest?.party_id ?? '';
  return {
    consumer_id: consumerId,
    name: set.name,
    fingerprint: fingerprintOf(consumerId),
    signing_key: signingKey,
    identity,
    recipient: await recipientOf(identity),
    key_sets: keySets,
    newest: set,
    identity_kids: chain.flatMap((step) => step.keys.filter((key) => key.roles.includes('identity')).map((key) => key.kid)),
  };
}

function damaged(home: Home): ClientError {
  return new ClientError('home_damaged', `The keys in ${home.path} do not belong together.`, { facts: { path: home.path, why: 'keys' } });
}
