import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BACKUP_WORDS, BackupError, readIdentityFile } from '#backup';
import { backUpPortal } from '../../backup/back-up-portal.ts';
import { restorePortal } from '../../backup/restore-portal.ts';
import type { PortalConfig } from '../../config.ts';
import { type KeylessCollaborators, openCollaborators } from '../../create-portal.ts';
import { isDatabaseAway } from '../../db/database.ts';
import { PortalError } from '../../errors.ts';
import { ROOT_KEY_FILE } from '../../keys/create-portal-keys.ts';
import type { Outcome, Session } from '../terminal.ts';
import { configOf } from '../with-portal.ts';

const SHOWN_ROOTS = 10;

/** `sceau-portal backup`: exit code 1 also where the backup is whole but the store was not. */
export async function backup(session: Session, into: string, options: { recipient: string[]; bodies?: 'copy' | 'list' }): Promise<Outcome> {
  const words = session.words.backup;
  const shared = BACKUP_WORDS[session.lang];
  return withCollaborators(session, 'sceau-portal backup', async (parts) => {
    const bodies = options.bodies ?? (parts.config.store.kind === 's3' ? 'list' : 'copy');
    const done = await backUpPortal(parts, { into, recipients: options.recipient, bodies, progress: progressOf(session, words.body_done) });
    const lines = [shared.done(into, done.files), words.bodies[bodies](done.bodies), shared.digest(done.digest)];
    if (hasRootKey(parts.config)) lines.push(shared.offline(join(parts.config.keys_dir, ROOT_KEY_FILE)));
    if (done.damaged.length > 0) lines.push(words.damaged(done.damaged.length), ...done.damaged.slice(0, SHOWN_ROOTS));
    return { json: { into, ...done, bodies_are: bodies }, lines, exit_code: done.damaged.length === 0 ? 0 : 1 };
  });
}

/** `sceau-portal restore`. */
export async function restore(session: Session, from: string, options: { identity: string; digest?: string; checkpoint?: string[] }): Promise<Outcome> {
  const words = session.words.restore;
  return withCollaborators(session, 'sceau-portal restore', async (parts) => {
    const identities = await readIdentityFile(options.identity);
    const checkpoints = await Promise.all((options.checkpoint ?? []).map(readCheckpoint));
    const restored = await restorePortal(parts, { from, identities, checkpoints, ...(options.digest === undefined ? {} : { digest: options.digest }), progress: progressOf(session, words.body_done) });
    const lines = [BACKUP_WORDS[session.lang].restored(restored.taken_at), words.done(restored.portal_id, restored.log_size, restored.bodies)];
    if (restored.missing.length > 0) lines.push(words.missing(restored.missing.length), ...restored.missing.slice(0, SHOWN_ROOTS));
    lines.push(words.next);
    return { json: { ...restored }, lines };
  });
}

async function withCollaborators(session: Session, application_name: string, work: (parts: KeylessCollaborators) => Promise<Outcome>): Promise<Outcome> {
  const config = configOf(session, 'backup');
  const { parts, database } = openCollaborators({ ...config, log_level: 'silent' }, { max: 2, application_name });
  try {
    return await work(parts);
  } catch (error) {
    throw saidBy(session, error);
  } finally {
    await database.close();
  }
}

function saidBy(session: Session, error: unknown): unknown {
  const refusal = error instanceof BackupError ? error : isDatabaseAway(error) ? new BackupError('no_database', error instanceof Error ? error.message : '', error) : undefined;
  if (refusal === undefined) return error;
  const asked = refusal.code === 'bad_recipient' || refusal.code === 'identity_file';
  return new PortalError(asked ? 'bad_request' : 'unavailable', BACKUP_WORDS[session.lang].refusals[refusal.code](refusal.about), { reason: `backup_${refusal.code}`, cause: refusal });
}

async function readCheckpoint(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new PortalError('bad_request', path, { reason: 'backup_checkpoint_file', cause });
  });
}

function hasRootKey(config: PortalConfig): boolean {
  return statSync(join(config.keys_dir, ROOT_KEY_FILE), { throwIfNoEntry: false }) !== undefined;
}

// A line now and then: a store may hold a hundred thousand bodies.
function progressOf(session: Session, say: (count: number) => string): (done: number) => void {
  let said = performance.now();
  return (done) => {
    if (performance.now() - said < 5000) return;
    said = performance.now();
    session.terminal.err(say(done));
  };
}
