import { beginBackup, dumpDatabase, packFolder } from '#backup';
import type { Digest } from '#crypto';
import { doneMigrations } from '../db/database.ts';
import { offlineFolder, offlineKeysAreHere } from '../keys/key-home.ts';
import { listProducers } from '../keys/producer-store.ts';
import type { ProducerNode } from '../node.ts';

/** What a backup of the node holds. */
export interface NodeBackup {
  digest: Digest;
  files: number;
  producers: number;
  /** Folders with keys that belong in a safe; they are not in the backup. */
  offline: readonly string[];
}

/**
 * Backs up the node into the folder `into`: its database as of one moment, then its folder with daily keys and waiting bodies, all
 * sealed to `recipients`. Keys of the folders `offline` stay out. The node may go on working: a body that is delivered meanwhile is
 * at the portal, where its restored version finds it. Throws BackupError.
 */
export async function backUpNode(node: ProducerNode, o: { into: string; recipients: readonly string[] }): Promise<NodeBackup> {
  const { home } = node.config;
  const producers = await listProducers(node.db);
  const offline: string[] = [];
  for (const { producer_id } of producers) if (await offlineKeysAreHere(home, producer_id)) offline.push(offlineFolder(home, producer_id));
  const writer = await beginBackup(o.into, o.recipients);
  try {
    const migrations = await doneMigrations(node.db);
    const taken_at = node.clock.now().toISOString();
    await writer.seal('database.jsonl', dumpDatabase(node.db));
    await packFolder(writer, 'home', home, { skip: staysOut, may_vanish: (path) => path.startsWith('spool/') });
    const finished = await writer.finish({ kind: 'node', subject: node.node_key.kid, taken_at, migrations, checkpoint: null });
    return { ...finished, producers: producers.length, offline };
  } finally {
    await writer.discard();
  }
}

// Offline keys, and what is still being written.
function staysOut(path: string): boolean {
  return /^producers\/[^/]+\/offline\//.test(path) || /(?:^|\/)\./.test(path) || /\.(?:new|part)$/.test(path);
}
