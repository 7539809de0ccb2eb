import { type BackupWriter, beginBackup, dumpDatabase, packFolder } from '#backup';
import { bytesOf, type Digest, hexOfDigest, TreeHasher, utf8 } from '#crypto';
import type { KeylessCollaborators } from '../create-portal.ts';
import { doneMigrations } from '../db/migrate.ts';
import { PortalError } from '../errors.ts';
import { loadBrokerKeys } from '../keys/load-broker-keys.ts';
import { loadPortalKeys, requireRecordedKeys } from '../keys/load-portal-keys.ts';
import { latestCheckpoint } from '../log/log-store.ts';
import { SEEN_CHECKPOINT_FILE } from '../log/seen-checkpoint.ts';
import { type ListedBody, listBodies } from './body-list-store.ts';

/** Where the operator's root key lies until it is taken away: never in a backup. */
const OFFLINE = 'offline-root/';
/** Restored sessions would open again what was closed since; the rest is of the hour. */
const NOT_KEPT = ['public.session', 'public.sign_in', 'public.rate_limit', 'public.process_seen'];
const PAGE = 1000;

/** What a backup of the portal holds. */
export interface PortalBackup {
  digest: Digest;
  files: number;
  bodies: number;
  body_bytes: number;
  /** Roots that the database names and the store does not hold whole. */
  damaged: readonly string[];
  log_size: number;
}

/**
 * Backs up portal and broker into the folder `into`: both key folders without the root key, the database as of one moment, and the
 * bodies, or with `bodies: 'list'` only their roots. Keys and database are sealed to `recipients`. The portal goes on working: keys with
 * the remembered checkpoint come first, bodies last, so that everything the database names is there. Every body is checked against its root.
 * Throws BackupError; `unavailable` for keys that are not those of this database.
 */
export async function backUpPortal(
  parts: KeylessCollaborators,
  o: { into: string; recipients: readonly string[]; bodies: 'copy' | 'list'; progress?: (done: number) => void },
): Promise<PortalBackup> {
  const { keys_dir, broker_keys_dir } = parts.config;
  const keys = await loadPortalKeys(keys_dir);
  await requireRecordedKeys(parts.db, keys);
  if (broker_keys_dir === undefined) throw new PortalError('bad_request', 'SCEAU_BROKER_KEYS_DIR', { reason: 'configuration' });
  const broker = await loadBrokerKeys(broker_keys_dir);
  if (broker.key_sets.newest.party_id !== keys.portal_id) throw new PortalError('unavailable', `The keys in ${broker_keys_dir} are those of another portal.`, { reason: 'key_mismatch' });

  const writer = await beginBackup(o.into, o.recipients);
  try {
    await packFolder(writer, 'keys', keys_dir, { skip: (path) => path.startsWith(OFFLINE) || path.startsWith(`${SEEN_CHECKPOINT_FILE}.`) });
    await packFolder(writer, 'broker-keys', broker_keys_dir);
    const migrations = await doneMigrations(parts.db);
    const checkpoint = await latestCheckpoint(parts.db);
    const taken_at = parts.clock.now().toISOString();
    await writer.seal('database.jsonl', dumpDatabase(parts.db, { without: NOT_KEPT }));
    const bodies = await keepBodies(parts, writer, o);
    const finished = await writer.finish({ kind: 'portal', subject: keys.portal_id, taken_at, migrations, checkpoint: checkpoint?.note ?? null });
    return { ...finished, ...bodies, log_size: checkpoint?.size ?? 0 };
  } finally {
    await writer.discard();
  }
}

async function keepBodies(parts: KeylessCollaborators, writer: BackupWriter, o: { bodies: 'copy' | 'list'; progress?: (done: number) => void }): Promise<Pick<PortalBackup, 'bodies' | 'body_bytes' | 'damaged'>> {
  const lines: string[] = [];
  const damaged: string[] = [];
  let body_bytes = 0;
  for (let after = ''; ; ) {
    const page = await listBodies(parts.db, after, PAGE);
    for (const body of page) {
      const kept = o.bodies === 'copy' && (await keepBody(parts, writer, body));
      if (o.bodies === 'copy' ? !kept : !(await isStored(parts, body))) damaged.push(body.root);
      lines.push(`${JSON.stringify({ root: body.root, body_size: body.body_size, kept })}\n`);
      body_bytes += body.body_size;
      o.progress?.(lines.length);
    }
    after = page.at(-1)?.root ?? '';
    if (page.length < PAGE) break;
  }
  await writer.keep('bodies.jsonl', bytesOf(utf8(lines.join(''))));
  return { bodies: lines.length, body_bytes, damaged };
}

// A body that is not the one its name promises is no use in a backup, and somebody has to hear of it.
async function keepBody(parts: KeylessCollaborators, writer: BackupWriter, body: ListedBody): Promise<boolean> {
  const root_hex = hexOfDigest(body.root as Digest);
  if (!(await isStored(parts, body))) return false;
  const tree = new TreeHasher();
  const source = await parts.store.readBody(root_hex, 0, body.body_size);
  await writer.keepNamed(bodyPath(root_hex), hashing(source, tree));
  return tree.finish().root === body.root;
}

/** Where a body lies in a backup. */
export function bodyPath(root_hex: string): string {
  return `bodies/${root_hex.slice(0, 2)}/${root_hex}`;
}

async function isStored(parts: KeylessCollaborators, body: ListedBody): Promise<boolean> {
  return (await parts.store.statBody(hexOfDigest(body.root as Digest))) === body.body_size;
}

async function* hashing(source: AsyncIterable<Uint8Array>, tree: TreeHasher): AsyncGenerator<Uint8Array> {
  for await (const bytes of source) {
    tree.update(bytes);
    yield bytes;
  }
}
