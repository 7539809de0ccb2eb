import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes, rootOfSize, verifyCheckpoint } from '#crypto';
import { PortalError } from '../errors.ts';
import type { Db, Portal } from '../portal.ts';
import { hashReader, latestCheckpoint } from './log-store.ts';

/** File beside the log key with the newest checkpoint that this machine signed: what the database cannot forget for us. Not a secret. */
export const SEEN_CHECKPOINT_FILE = 'log-checkpoint.txt';

type Signer = Pick<Portal, 'keys' | 'newUuid'> & { config: Pick<Portal['config'], 'keys_dir'> };

/**
 * Refuses with `unavailable` a database whose log does not continue the checkpoint that this machine signed last: reason `log_shorter`
 * (restored from an older state) or `log_forked`. Whoever saw the longer log would take the portal for a forger if it went on.
 */
export async function requireContinuedLog(portal: Signer & { db: Db }): Promise<void> {
  const seen = await readSeenCheckpoint(portal);
  if (seen === undefined) return;
  const size = (await latestCheckpoint(portal.db))?.size ?? 0;
  const place = join(portal.config.keys_dir, SEEN_CHECKPOINT_FILE);
  if (size < seen.size) {
    throw new PortalError('unavailable', `The log of this database has ${size} acts; this machine signed ${seen.size} (${place}). The database was restored from an older state. Restore a newer backup; if there is none, tell everybody that the last ${seen.size - size} acts are lost, then move that file away.`, { reason: 'log_shorter' });
  }
  const root = await rootOfSize(seen.size, await hashReader(portal.db, seen.size));
  if (!equalBytes(root, seen.root)) {
    throw new PortalError('unavailable', `The log of this database is not the one that this machine signed (${place}, ${seen.size} acts). Restore the right database.`, { reason: 'log_forked' });
  }
}

/** Keeps the checkpoint of a signed note, on disk when it resolves, unless a longer one is kept; a crash leaves one or the other. */
export async function rememberSeenCheckpoint(portal: Signer, o: { size: number; note: string }): Promise<void> {
  const seen = await readSeenCheckpoint(portal);
  if (seen !== undefined && seen.size >= o.size) return;
  const path = join(portal.config.keys_dir, SEEN_CHECKPOINT_FILE);
  const draft = `${path}.${portal.newUuid()}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(o.note);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw new PortalError('unavailable', `The file ${path} cannot be written: the portal must remember there what it signed.`, { reason: 'log_memory', cause });
  }
}

async function readSeenCheckpoint(portal: Signer): Promise<{ size: number; root: Uint8Array } | undefined> {
  const path = join(portal.config.keys_dir, SEEN_CHECKPOINT_FILE);
  let note: string;
  try {
    note = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new PortalError('unavailable', `The file ${path} cannot be read.`, { reason: 'log_memory', cause });
  }
  try {
    return verifyCheckpoint(note, { origin: portal.keys.log_origin, jwk: portal.keys.log_key.public_jwk });
  } catch (cause) {
    throw new PortalError('unavailable', `The file ${path} holds no checkpoint of this portal's log. Find out why before moving it away.`, { reason: 'log_memory', cause });
  }
}
