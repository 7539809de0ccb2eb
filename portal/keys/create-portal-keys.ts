import { join } from 'node:path';
import { encodeBase64url, exportSigningKey, generateAgeIdentity, generateSigningKey, signKeySet } from '#crypto';
import type { PortalConfig } from '../config.ts';
import { PortalError } from '../errors.ts';
import { findOtherPortal } from '../parties/key-store.ts';
import type { Portal } from '../portal.ts';
import { writeNewFile } from './key-file.ts';
import { KEY_SETS_FILE, type PortalKeySets, readKeySetsFile, verifyPortalKeySets } from './key-set-file.ts';
import { BROKER_IDENTITY_FILE, BROKER_KEY_FILE } from './load-broker-keys.ts';
import { CODE_KEY_FILE, DECISION_KEY_FILE, LOG_KEY_FILE } from './load-portal-keys.ts';
import { recordPortalKeySets } from './record-portal-key-sets.ts';

/** Where the root key is written; the operator takes it away, nothing reads it in daily work. */
export const ROOT_KEY_FILE = join('offline-root', 'root.jwk');

/** How long a key set of the portal is valid. */
export const PORTAL_KEYS_VALID_YEARS = 3;

/** What the making of keys needs of the portal, which has no keys yet. */
export type KeylessPortal = Pick<Portal, 'db' | 'clock' | 'random'> & { config: Pick<PortalConfig, 'name' | 'public_origin' | 'keys_dir' | 'broker_keys_dir'> };

/**
 * Makes the keys of the portal and of its broker, their folders (0700) and files (0600), and records key set 1 with its act. Run
 * again it makes nothing but the key of codes where that is missing, and records what is not yet recorded. `conflict` where the database belongs to another portal.
 * `log_origin` names the log for ever: the host of the public origin and `/log` unless told.
 */
export async function createPortalKeys(portal: KeylessPortal, o: { log_origin?: string } = {}): Promise<{ created: boolean; portal_id: string; root_key_path: string }> {
  const { keys_dir, broker_keys_dir } = portal.config;
  if (broker_keys_dir === undefined) throw new PortalError('bad_request', 'Say with SCEAU_BROKER_KEYS_DIR where the keys of the broker go.');
  const known = await readKeySetsFile(keys_dir);
  const sets = known ?? (await writeKeys(portal, { keys_dir, broker_keys_dir, log_origin: o.log_origin ?? `${new URL(portal.config.public_origin).host}/log` }));
  await writeCodeKey(portal, keys_dir);
  await recordPortalKeySets(portal, sets);
  return { created: known === undefined, portal_id: sets.newest.party_id, root_key_path: join(keys_dir, ROOT_KEY_FILE) };
}

async function writeKeys(portal: KeylessPortal, o: { keys_dir: string; broker_keys_dir: string; log_origin: string }): Promise<PortalKeySets> {
  const { keys_dir, broker_keys_dir } = o;
  const recorded = await findOtherPortal(portal.db, '');
  if (recorded !== undefined) throw new PortalError('conflict', `This database belongs to the portal ${recorded}, whose keys are not in ${keys_dir}. Restore that folder.`, { reason: 'other_portal' });
  const root = generateSigningKey();
  const log = generateSigningKey();
  const decision = generateSigningKey();
  const broker = generateSigningKey();
  const age = await generateAgeIdentity();
  const expires = new Date(portal.clock.now());
  expires.setUTCFullYear(expires.getUTCFullYear() + PORTAL_KEYS_VALID_YEARS);
  const payload = {
    v: 1,
    version: 1,
    prev: null,
    name: portal.config.name,
    origin: o.log_origin,
    threshold: 1,
    expires_at: `${expires.toISOString().slice(0, 19)}Z`,
    keys: [
      { jwk: root.public_jwk, roles: ['root'] },
      { jwk: log.public_jwk, roles: ['log'] },
      { jwk: decision.public_jwk, roles: ['decision'] },
      { jwk: broker.public_jwk, roles: ['broker'] },
    ],
    broker_recipient: age.recipient,
    witnesses: [],
  };
  const sets = verifyPortalKeySets([signKeySet('portal-keys+jws', payload, [root])]);
  const chain = `${JSON.stringify(sets.statements, null, 2)}\n`;
  await writeNewFile(join(broker_keys_dir, BROKER_KEY_FILE), `${exportSigningKey(broker)}\n`);
  await writeNewFile(join(broker_keys_dir, BROKER_IDENTITY_FILE), `${age.identity}\n`);
  await writeNewFile(join(broker_keys_dir, KEY_SETS_FILE), chain);
  await writeNewFile(join(keys_dir, ROOT_KEY_FILE), `${exportSigningKey(root)}\n`);
  await writeNewFile(join(keys_dir, LOG_KEY_FILE), `${exportSigningKey(log)}\n`);
  await writeNewFile(join(keys_dir, DECISION_KEY_FILE), `${exportSigningKey(decision)}\n`);
  // Last: this file says that the others are whole.
  await writeNewFile(join(keys_dir, KEY_SETS_FILE), chain);
  return sets;
}

// Losing it costs nothing but the codes that are under way: a new one is made when it is missing.
async function writeCodeKey(portal: KeylessPortal, keys_dir: string): Promise<void> {
  const writing = writeNewFile(join(keys_dir, CODE_KEY_FILE), `${encodeBase64url(portal.random(32))}\n`);
  await writing.catch((cause: unknown) => {
    if (!(cause instanceof PortalError && cause.reason === 'key_file_exists')) throw cause;
  });
}
