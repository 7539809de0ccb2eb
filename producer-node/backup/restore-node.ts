import { BackupError, loadDatabase, openBackup, stageFolder } from '#backup';
import type { NodeConfig } from '../config.ts';
import { migrate, migrateAsFar, openDatabase } from '../db/database.ts';
import { openKeyHome, readProducerKey } from '../keys/key-home.ts';
import { listProducers } from '../keys/producer-store.ts';

/** What was restored. */
export interface RestoredNode {
  taken_at: string;
  node_kid: string;
  producers: readonly string[];
}

/**
 * Restores a node from a backup into an empty folder and an empty database: everything is verified before anything is written, the
 * database is loaded in one transaction, and committed once the keys of every producer in it lie in the folder. A refusal leaves both
 * as they were. Throws BackupError, `newer_backup`, `key_missing`, `key_damaged`, `database_away`.
 */
export async function restoreNode(config: NodeConfig, o: { from: string; identities: readonly string[]; digest?: string }): Promise<RestoredNode> {
  const backup = await openBackup(o.from, { kind: 'node', identities: o.identities, ...(o.digest === undefined ? {} : { digest: o.digest }) });
  const database = openDatabase(config.database_url);
  try {
    const home = await stageFolder(backup, 'home', config.home);
    let producers: string[] = [];
    try {
      await loadDatabase(database.db, {
        read: (sink) => backup.open('database.jsonl', sink),
        prepare: (trx) => migrateAsFar(trx, backup.list.migrations),
        check: async (trx) => {
          await home.place();
          const { node_key } = await openKeyHome(config.home);
          if (node_key.kid !== backup.list.subject) throw new BackupError('altered', 'home/node.jwk.age');
          const rows = await listProducers(trx);
          for (const { producer_id } of rows) for (const role of ['manifest', 'decide', 'release'] as const) await readProducerKey(config.home, producer_id, role);
          producers = rows.map((row) => row.name);
        },
      });
    } catch (cause) {
      await home.discard();
      throw cause;
    }
    await migrate(database.db);
    return { taken_at: backup.list.taken_at, node_kid: backup.list.subject, producers };
  } finally {
    await database.close();
  }
}
