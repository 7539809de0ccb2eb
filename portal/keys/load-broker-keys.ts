import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { recipientOf, type SigningKey } from '#crypto';
import { PortalError } from '../errors.ts';
import { readSecretFile } from './key-file.ts';
import { type PortalKeySets, readKeySetsFile } from './key-set-file.ts';
import { loadSigningKey } from './load-portal-keys.ts';

/** Names of the files in the folder of the broker, which no other process may read. */
export const BROKER_KEY_FILE = 'broker.jwk';
export const BROKER_IDENTITY_FILE = 'broker-identity.txt';

/** What only the broker's process holds, with the portal's key sets as it pinned them. */
export interface BrokerKeys {
  /** Signs release statements. */
  signing_key: SigningKey;
  /** The age identity that opens deposits. */
  identity: string;
  /** What opened deposits before the recipient was replaced, newest first: a deposit made then is opened for as long as it is granted. */
  former_identities: readonly string[];
  recipient: string;
  key_sets: PortalKeySets;
}

/** The broker's keys from their folder, each checked against the portal's key set; `unavailable` with what to do otherwise. */
export async function loadBrokerKeys(broker_keys_dir: string): Promise<BrokerKeys> {
  const key_sets = await readKeySetsFile(broker_keys_dir);
  if (key_sets === undefined) throw new PortalError('unavailable', `There are no keys in ${broker_keys_dir}. Create them with "sceau-portal create-keys".`, { reason: 'key_file' });
  const signing_key = await loadSigningKey(join(broker_keys_dir, BROKER_KEY_FILE), key_sets.newest, 'broker');
  const identity = (await readSecretFile(join(broker_keys_dir, BROKER_IDENTITY_FILE))).trim();
  const recipient = await recipientOf(identity);
  if (recipient !== key_sets.payload.broker_recipient) {
    throw new PortalError('unavailable', `The identity in ${broker_keys_dir} is not the one that the portal's key set names.`, { reason: 'key_mismatch' });
  }
  return { signing_key, identity, former_identities: await formerIdentities(broker_keys_dir), recipient, key_sets };
}

/** The file that keeps the identity whose recipient the key set of that version named last. */
export function formerIdentityFile(version: number): string {
  return `broker-identity-${version}.txt`;
}

async function formerIdentities(broker_keys_dir: string): Promise<string[]> {
  const versions = (await readdir(broker_keys_dir)).flatMap((name) => /^broker-identity-([1-9][0-9]{0,3})\.txt$/.exec(name)?.[1] ?? []).map(Number);
  return Promise.all(versions.toSorted((a, b) => b - a).map(async (version) => (await readSecretFile(join(broker_keys_dir, formerIdentityFile(version)))).trim()));
}
