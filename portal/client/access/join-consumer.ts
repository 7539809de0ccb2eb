import { type Statement, verifyKeySetChain } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError, refusingAs } from '../errors.ts';
import { type BackupKeys, type ConsumerKeys, consumerKeys } from '../home/consumer-keys.ts';
import type { Home } from '../home/home-folder.ts';
import { type PendingDevice, settleDevice } from '../home/pending-device.ts';
import { addDevice } from './device-changes.ts';
import { signNextKeySet } from './change-key-set.ts';
import { servedKeySets } from './follow-own-keys.ts';
import { registerConsumer } from './register-consumer.ts';

/**
 * Makes this home a device of the consumer if another device has let it in meanwhile; undefined as long as none has. The key sets are
 * the portal's word until the chain verifies from the consumer's id, which the person brought here: `own_keys_forked` otherwise.
 */
export async function joinConsumer(client: Client, home: Home, device: PendingDevice): Promise<ConsumerKeys | undefined> {
  const served = await chainFor(client, device);
  return served === undefined ? undefined : settleDevice(home, device, served);
}

/**
 * Makes this home a device of the consumer by a printed backup, which signs the next key set as any other device would. Refuses with
 * `backup_unknown` where the portal does not know the backup (any more), `own_keys_forked`, `conflict`.
 */
export async function joinByBackup(client: Client, home: Home, o: { device: PendingDevice; backup: BackupKeys & { consumer_id: string }; name: string }): Promise<ConsumerKeys> {
  const { device, backup } = o;
  const joined = await joinConsumer(client, home, device);
  if (joined !== undefined) return joined;
  const served = await chainFor(client, backup);
  if (served === undefined) throw new ClientError('backup_unknown', 'The portal does not know this backup: it was retired, or never registered there.');
  const keys = await consumerKeys(backup.signing_key, backup.identity, served);
  const offer = { jwk: device.signing_key.public_jwk, kid: device.signing_key.kid, recipient: device.recipient };
  const next = await signNextKeySet(keys, addDevice(keys.newest, offer, o.name), { by: backup.signing_key, now: client.now() });
  await registerConsumer(client, { keys: next });
  return settleDevice(home, device, next.key_sets);
}

async function chainFor(client: Client, o: Pick<PendingDevice, 'consumer_id' | 'signing_key'>): Promise<Statement[] | undefined> {
  const served = await servedKeySets({ ...client, signingKey: () => Promise.resolve(o.signing_key) }, o.consumer_id);
  if (served === undefined) return undefined;
  const newest = refusingAs('own_keys_forked', 'The key sets that the portal shows do not verify.', () => verifyKeySetChain(served, { typ: 'consumer-keys+jws', party_id: o.consumer_id }), { version: served.length }).at(-1);
  if (newest?.keys.some((key) => key.kid === o.signing_key.kid) !== true) throw new ClientError('own_keys_forked', 'The key sets that the portal shows do not hold this key.', { facts: { version: served.length } });
  return served;
}
