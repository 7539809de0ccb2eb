import { BackupError, loadDatabase, type OpenedBackup, openBackup, stageFolder } from '#backup';
import { type Digest, equalBytes, hexOfDigest, rootOfSize, verifyCheckpoint } from '#crypto';
import type { KeylessCollaborators } from '../create-portal.ts';
import { migrateAsFar } from '../db/migrate.ts';
import { PortalError } from '../errors.ts';
import { loadBrokerKeys } from '../keys/load-broker-keys.ts';
import { loadPortalKeys, requireRecordedKeys } from '../keys/load-portal-keys.ts';
import { checkLog } from '../log/check-log.ts';
import { hashReader } from '../log/log-store.ts';
import type { Db, Portal } from '../portal.ts';
import { bodyPath } from './back-up-portal.ts';
import { type BodySource, checkBody, putBody } from './put-body.ts';

/** What was restored. */
export interface RestoredPortal {
  portal_id: string;
  taken_at: string;
  log_size: number;
  /** Bodies put into the store, or found there. */
  bodies: number;
  /** Roots that neither backup nor store holds: their producers publish them again. */
  missing: readonly string[];
}

/**
 * Restores portal and broker from a backup: both key folders, bodies, database. Verifies all of it first (list, digests, every sealed
 * file, every body against its root), then stages the keys, puts the bodies, and loads the database in one transaction; before that is
 * committed, keys, log and `checkpoints` (signed notes that nodes or consumers have seen) must agree. Nothing is overwritten, and a
 * refusal leaves folders and database as they were; what it put into the store is named by content and found again.
 * Throws BackupError; `unavailable` with reason `backup_log_shorter`, `backup_log_forked` or `backup_log_damaged`.
 */
export async function restorePortal(
  parts: KeylessCollaborators,
  o: { from: string; identities: readonly string[]; digest?: string; checkpoints: readonly string[]; progress?: (done: number) => void },
): Promise<RestoredPortal> {
  const { keys_dir, broker_keys_dir } = parts.config;
  if (broker_keys_dir === undefined) throw new PortalError('bad_request', 'SCEAU_BROKER_KEYS_DIR', { reason: 'configuration' });
  const backup = await openBackup(o.from, { kind: 'portal', identities: o.identities, ...(o.digest === undefined ? {} : { digest: o.digest }) });
  const bodies = await readBodies(backup);
  for (const body of bodies) if (body.kept && (await checkBody(body)) === undefined) throw new BackupError('altered', bodyPath(hexOfDigest(body.root)));

  const keys_folder = await stageFolder(backup, 'keys', keys_dir);
  const broker_folder = await stageFolder(backup, 'broker-keys', broker_keys_dir).catch(async (cause: unknown) => {
    await keys_folder.discard();
    throw cause;
  });
  try {
    const missing = await restoreBodies(parts, bodies, o.progress);
    let log_size = 0;
    await loadDatabase(parts.db, {
      read: (sink) => backup.open('database.jsonl', sink),
      prepare: (trx) => migrateAsFar(trx, backup.list.migrations),
      check: async (trx) => {
        await keys_folder.place();
        await broker_folder.place();
        const keys = await loadPortalKeys(keys_dir);
        await requireRecordedKeys(trx, keys);
        await loadBrokerKeys(broker_keys_dir);
        log_size = await requireKnownLog({ ...parts, db: trx, keys }, o.checkpoints);
      },
    });
    return { portal_id: backup.list.subject, taken_at: backup.list.taken_at, log_size, bodies: bodies.length - missing.length, missing };
  } catch (cause) {
    await keys_folder.discard();
    await broker_folder.discard();
    throw cause;
  }
}

type ListedBody = BodySource & { kept: boolean };

async function readBodies(backup: OpenedBackup): Promise<ListedBody[]> {
  if (!backup.has('bodies.jsonl')) throw new BackupError('altered', 'bodies.jsonl');
  const pieces: Uint8Array[] = [];
  for await (const bytes of backup.read('bodies.jsonl')) pieces.push(bytes);
  const lines = Buffer.concat(pieces).toString('utf8').split('\n').filter((text) => text !== '');
  return lines.map((text) => {
    const { root, body_size, kept }: { root: Digest; body_size: number; kept: boolean } = JSON.parse(text);
    return { root, body_size, kept, read: () => backup.read(bodyPath(hexOfDigest(root))) };
  });
}

async function restoreBodies(parts: KeylessCollaborators, bodies: readonly ListedBody[], progress: ((done: number) => void) | undefined): Promise<string[]> {
  const missing: string[] = [];
  for (const [index, body] of bodies.entries()) {
    if (body.kept) {
      const leaves = await checkBody(body);
      if (leaves === undefined) throw new BackupError('altered', bodyPath(hexOfDigest(body.root)));
      await putBody(parts.store, body, leaves);
    } else if ((await parts.store.statBody(hexOfDigest(body.root))) !== body.body_size) {
      missing.push(body.root);
    }
    progress?.(index + 1);
  }
  return missing;
}

/** The size of the restored log, which must hold in itself and continue every checkpoint that somebody has seen. */
async function requireKnownLog(portal: Omit<Portal, 'db'> & { db: Db }, checkpoints: readonly string[]): Promise<number> {
  const { size, damage } = await checkLog(portal);
  if (damage !== undefined && damage !== 'empty') throw new PortalError('unavailable', `The log in this backup does not hold (${damage}). Restore another one.`, { reason: 'backup_log_damaged' });
  for (const note of checkpoints) {
    let seen: { size: number; root: Uint8Array };
    try {
      seen = verifyCheckpoint(note, { origin: portal.keys.log_origin, jwk: portal.keys.log_key.public_jwk });
    } catch (cause) {
      throw new PortalError('bad_request', 'One of the checkpoints is not a checkpoint of this portal’s log.', { reason: 'backup_checkpoint', cause });
    }
    if (seen.size > size) {
      const told = `The log in this backup has ${size} acts; a checkpoint that this portal signed has ${seen.size}. Whoever saw the longer log would take this portal for a forger.`;
      throw new PortalError('unavailable', `${told} Restore a newer backup. If there is none, RUNBOOK.md says what to announce first.`, { reason: 'backup_log_shorter' });
    }
    if (!equalBytes(await rootOfSize(seen.size, await hashReader(portal.db, seen.size)), seen.root)) {
      throw new PortalError('unavailable', `The log in this backup is not the one of a checkpoint that this portal signed (${seen.size} acts).`, { reason: 'backup_log_forked' });
    }
  }
  return size;
}

