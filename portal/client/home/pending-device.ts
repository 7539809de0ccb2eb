import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exportSigningKey, generateAgeIdentity, generateSigningKey, importSigningKey, recipientOf, type Statement } from '#crypto';
import { ClientError, refusingAsync } from '../errors.ts';
import { type BackupKeys, type ConsumerKeys, consumerKeys, DELIVERY_KEY_FILE, loadConsumerKeys, saveKeySets, SIGNING_KEY_FILE } from './consumer-keys.ts';
import { type Home, readHomeFile, syncFolder, writeHomeFile } from './home-folder.ts';

/** A device that has made its keys and waits until another one lets it in. */
export interface PendingDevice extends BackupKeys {
  /** Whose device it wants to be. */
  consumer_id: string;
}

const PENDING_FILE = 'joining.json';

/**
 * The device that waits in a home, made if there is none; the same again each time, so that a code shown stays good. Refuses with
 * `keys_exist` where the home has keys, or waits for another consumer.
 */
export async function pendingDevice(home: Home, consumer_id: string): Promise<PendingDevice> {
  const exists = new ClientError('keys_exist', `${home.path} holds keys already; they are never overwritten.`, { facts: { path: home.path } });
  if ((await loadConsumerKeys(home)) !== undefined) throw exists;
  const waiting = await readHomeFile(home, PENDING_FILE);
  if (waiting === undefined) {
    const signing_key = generateSigningKey();
    const { identity } = await generateAgeIdentity();
    // The marker last: keys without it are of nobody's, and are written anew only where none were before.
    await writeHomeFile(home, SIGNING_KEY_FILE, exportSigningKey(signing_key), { fresh: true });
    await writeHomeFile(home, DELIVERY_KEY_FILE, `${identity}\n`, { fresh: true });
    await writeHomeFile(home, PENDING_FILE, JSON.stringify({ v: 1, consumer_id }), { fresh: true });
  } else if (waiting !== JSON.stringify({ v: 1, consumer_id })) throw exists;
  return refusingAsync('home_damaged', `The keys in ${home.path} do not belong together.`, async () => {
    const [jwk, identity] = [await readHomeFile(home, SIGNING_KEY_FILE), await readHomeFile(home, DELIVERY_KEY_FILE)];
    if (jwk === undefined || identity === undefined) throw new ClientError('home_damaged', 'A key is missing.', { facts: { path: home.path, why: 'keys' } });
    return { consumer_id, signing_key: importSigningKey(jwk), identity: identity.trimEnd(), recipient: await recipientOf(identity.trimEnd()) };
  });
}

/** Ends the waiting: the home holds the consumer's keys from here on. `keySets` name the device; the caller has verified whose they are. */
export async function settleDevice(home: Home, device: PendingDevice, keySets: readonly Statement[]): Promise<ConsumerKeys> {
  const keys = await consumerKeys(device.signing_key, device.identity, [...keySets]);
  await saveKeySets(home, keySets);
  await rm(join(home.path, PENDING_FILE), { force: true });
  await syncFolder(home.path);
  return keys;
}
