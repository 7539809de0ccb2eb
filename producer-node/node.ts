import { randomUUID } from 'node:crypto';
import type { SigningKey } from '#crypto';
import type { NodeConfig } from './config.ts';
import { migrate, openDatabase } from './db/database.ts';
import type { Db } from './db/tables.ts';
import { openKeyHome } from './keys/key-home.ts';
import { createSpool, type Spool } from './storage/spool.ts';

/** All collaborators of the node; first argument of every command. */
export interface ProducerNode {
  config: NodeConfig;
  db: Db;
  /** The node's own key, with role `api` in the key sets of its producers; signs calls. */
  node_key: SigningKey;
  spool: Spool;
  clock: { now(): Date };
  newUuid: () => string;
  /** The network; replaceable in tests. */
  fetch: typeof fetch;
  /** Name of this process in leases. */
  holder: string;
  close(): Promise<void>;
}

/**
 * Opens the node: checks its folder, makes what is missing there (folder, node key, spool), reaches and migrates the database.
 * Throws `home_too_open`, `home_not_ours`, `home_unwritable`, `key_damaged`, `database_away`.
 */
export async function openNode(config: NodeConfig): Promise<ProducerNode> {
  const database = openDatabase(config.database_url);
  try {
    // The database first: a node whose database is away must not leave a half-made home behind.
    await migrate(database.db);
    const { node_key, spool_dir } = await openKeyHome(config.home);
    return {
      config,
      db: database.db,
      node_key,
      spool: await createSpool(spool_dir),
      clock: { now: () => new Date() },
      newUuid: () => randomUUID(),
      fetch: globalThis.fetch,
      holder: `${process.pid}-${randomUUID()}`,
      close: database.close,
    };
  } catch (cause) {
    await database.close();
    throw cause;
  }
}
