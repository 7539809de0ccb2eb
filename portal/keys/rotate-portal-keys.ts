import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exportSigningKey, generateAgeIdentity, generateSigningKey, signKeySet, type VerifiedKeySet } from '#crypto';
import { PortalError } from '../errors.ts';
import { type KeylessPortal, PORTAL_KEYS_VALID_YEARS } from './create-portal-keys.ts';
import { writeNewFile } from './key-file.ts';
import { KEY_SETS_FILE, type PortalKeySets, readKeySetsFile, verifyPortalKeySets } from './key-set-file.ts';
import { BROKER_IDENTITY_FILE, BROKER_KEY_FILE, formerIdentityFile, loadBrokerKeys } from './load-broker-keys.ts';
import { loadSigningKey, requireRecordedKeys } from './load-portal-keys.ts';
import { recordPortalKeySets } from './record-portal-key-sets.ts';

const NEXT = '.next';

/**
 * Makes the portal's next key set, signed by its root key: a new signing key and a new recipient for the broker, valid for three more years. The
 * broker keeps what opened the deposits so far; log and decision key stay. The web and broker processes are stopped before and started
 * after. A crash in between is finished by the next call. Throws `unavailable` (`key_file`, `key_mismatch`, `keys_differ`), `bad_request`.
 */
export async function rotatePortalKeys(portal: KeylessPortal, o: { root_file: string }): Promise<{ portal_id: string; version: number; expires_at: string }> {
  const { keys_dir, broker_keys_dir } = portal.config;
  if (broker_keys_dir === undefined) throw new PortalError('bad_request', 'Say with SCEAU_BROKER_KEYS_DIR where the keys of the broker are.');
  if (!(await exists(join(keys_dir, KEY_SETS_FILE + NEXT)))) await prepare(portal, { keys_dir, broker_keys_dir, root_file: o.root_file });
  // What stands beside the keys of today is whole from here on: it replaces them, the file that the start looks at last.
  for (const file of [BROKER_KEY_FILE, BROKER_IDENTITY_FILE, KEY_SETS_FILE]) await takeUp(join(broker_keys_dir, file));
  await takeUp(join(keys_dir, KEY_SETS_FILE));
  const sets = await setsOf(keys_dir);
  await recordPortalKeySets(portal, sets);
  return { portal_id: sets.newest.party_id, version: sets.newest.version, expires_at: sets.newest.expires_at };
}

async function prepare(portal: KeylessPortal, o: { keys_dir: string; broker_keys_dir: string; root_file: string }): Promise<void> {
  const { keys_dir, broker_keys_dir } = o;
  const sets = await setsOf(keys_dir);
  // An earlier call may have ended between its files and the database.
  await recordPortalKeySets(portal, sets);
  await requireRecordedKeys(portal.db, { portal_id: sets.newest.party_id, key_set_digest: sets.newest.digest });
  const former = await loadBrokerKeys(broker_keys_dir);
  if (former.key_sets.newest.digest !== sets.newest.digest) throw new PortalError('unavailable', `The key sets in ${keys_dir} and ${broker_keys_dir} differ. One of them was restored from an older state.`, { reason: 'keys_differ' });
  const root = await loadSigningKey(o.root_file, sets.newest, 'root');
  const broker = generateSigningKey();
  const age = await generateAgeIdentity();
  const expires = new Date(portal.clock.now());
  expires.setUTCFullYear(expires.getUTCFullYear() + PORTAL_KEYS_VALID_YEARS);
  const payload = {
    ...sets.newest.payload,
    version: sets.newest.version + 1,
    prev: sets.newest.digest,
    expires_at: `${expires.toISOString().slice(0, 19)}Z`,
    keys: [...keptKeys(sets.newest), { jwk: broker.public_jwk, roles: ['broker'] }],
    broker_recipient: age.recipient,
  };
  const chain = `${JSON.stringify(verifyPortalKeySets([...sets.statements, signKeySet('portal-keys+jws', payload, [root])]).statements, null, 2)}\n`;
  await keepFormer(join(broker_keys_dir, formerIdentityFile(sets.newest.version)), former.identity);
  for (const [file, text] of [[BROKER_KEY_FILE, `${exportSigningKey(broker)}\n`], [BROKER_IDENTITY_FILE, `${age.identity}\n`], [KEY_SETS_FILE, chain]] as const) {
    await rm(join(broker_keys_dir, file + NEXT), { force: true });
    await writeNewFile(join(broker_keys_dir, file + NEXT), text);
  }
  // Last: this file says that the others are whole.
  await writeNewFile(join(keys_dir, KEY_SETS_FILE + NEXT), chain);
}

function keptKeys(set: VerifiedKeySet) {
  const keys = set.payload['keys'];
  return Array.isArray(keys) ? keys.filter((_, index) => set.keys[index]?.roles.includes('broker') !== true) : [];
}

async function setsOf(keys_dir: string): Promise<PortalKeySets> {
  const sets = await readKeySetsFile(keys_dir);
  if (sets === undefined) throw new PortalError('unavailable', `There are no keys in ${keys_dir}. Create them with "sceau-portal create-keys".`, { reason: 'key_file' });
  return sets;
}

async function keepFormer(path: string, identity: string): Promise<void> {
  await writeNewFile(path, `${identity}\n`).catch((cause: unknown) => {
    // Kept by a call that did not come further than this.
    if (!(cause instanceof PortalError && cause.reason === 'key_file_exists')) throw cause;
  });
}

async function takeUp(path: string): Promise<void> {
  if (await exists(path + NEXT)) await rename(path + NEXT, path);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
