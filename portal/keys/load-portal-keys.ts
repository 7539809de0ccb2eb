import { join } from 'node:path';
import { importSigningKey, type SigningKey, type VerifiedKeySet } from '#crypto';
import { PortalError } from '../errors.ts';
import { listKeySets } from '../parties/key-store.ts';
import type { Db, PortalKeys } from '../portal.ts';
import { readSecretFile } from './key-file.ts';
import { readKeySetsFile } from './key-set-file.ts';

/** Names of the files in the folder of the web process. */
export const LOG_KEY_FILE = 'log.jwk';
export const DECISION_KEY_FILE = 'decision.jwk';
export const CODE_KEY_FILE = 'codes.key';

/**
 * The keys of the web process from their folder; each must hold its role in the newest key set there. Throws `unavailable` with
 * what to do for files that are missing, readable by others or of another portal.
 */
export async function loadPortalKeys(keys_dir: string): Promise<PortalKeys> {
  const sets = await readKeySetsFile(keys_dir);
  if (sets === undefined) throw new PortalError('unavailable', `There are no keys in ${keys_dir}. Create them with "sceau-portal create-keys".`, { reason: 'key_file' });
  return {
    portal_id: sets.newest.party_id,
    key_sets: sets.statements,
    key_set_digest: sets.newest.digest,
    log_origin: sets.payload.origin,
    log_key: await loadSigningKey(join(keys_dir, LOG_KEY_FILE), sets.newest, 'log'),
    decision_key: await loadSigningKey(join(keys_dir, DECISION_KEY_FILE), sets.newest, 'decision'),
    code_key: await loadCodeKey(join(keys_dir, CODE_KEY_FILE)),
    broker_recipient: sets.payload.broker_recipient,
  };
}

async function loadCodeKey(path: string): Promise<Uint8Array> {
  const key = Buffer.from((await readSecretFile(path)).trim(), 'base64url');
  if (key.length !== 32) throw new PortalError('unavailable', `The file ${path} holds no key of 32 bytes. Move it away and run "sceau-portal create-keys".`, { reason: 'key_file' });
  return new Uint8Array(key);
}

/** A signing key from its file, which must hold `role` in the key set; `unavailable` otherwise. */
export async function loadSigningKey(path: string, set: VerifiedKeySet, role: string): Promise<SigningKey> {
  const key = importSigningKey(await readSecretFile(path));
  if (!set.keys.some((member) => member.kid === key.kid && member.roles.includes(role))) {
    throw new PortalError('unavailable', `The key in ${path} is not the ${role} key of the portal's key set: the files belong to different portals.`, { reason: 'key_mismatch' });
  }
  return key;
}

/** Refuses with `unavailable` a database that records other key sets than the folder: one of the two is of another portal or older. */
export async function requireRecordedKeys(db: Db, keys: Pick<PortalKeys, 'portal_id' | 'key_set_digest'>): Promise<void> {
  const newest = (await listKeySets(db, 'portal', keys.portal_id)).at(-1);
  if (newest === undefined) throw new PortalError('unavailable', 'This database does not know the keys of this portal. Record them with "sceau-portal create-keys".', { reason: 'keys_not_recorded' });
  if (newest.digest !== keys.key_set_digest) throw new PortalError('unavailable', 'The key folder and the database hold different key sets of this portal. One of them was restored from an older state.', { reason: 'keys_differ' });
}
