import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Db } from '../portal.ts';
import { PortalError } from '../errors.ts';
import * as firstPath from './migrations/0001-first-path.ts';
import * as producerCustody from './migrations/0003-producer-custody.ts';
import * as consumerKeys from './migrations/0004-consumer-keys.ts';
import * as passkeys from './migrations/0006-passkeys.ts';
import * as applications from './migrations/0007-applications.ts';
import * as askingAndErasure from './migrations/0008-asking-and-erasure.ts';

// A list in code rather than a folder scan: what runs is what was compiled.
const migrations: Record<string, Migration> = {
  '0001-first-path': firstPath,
  '0003-producer-custody': producerCustody,
  '0004-consumer-keys': consumerKeys,
  '0006-passkeys': passkeys,
  '0007-applications': applications,
  '0008-asking-and-erasure': askingAndErasure,
};

/**
 * Brings the database to the newest shape; gives the names of the migrations that ran now, in order. Two processes that migrate at
 * once wait for each other. Throws what PostgreSQL said when one fails, of which nothing remains then.
 */
export async function migrate(db: Db): Promise<string[]> {
  const { error, results } = await newMigrator(db).migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new PortalError('unavailable', 'The database could not be migrated.', { cause: error });
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}

/** In a transaction on an empty database: brings it to the shape it had after these migrations. `conflict` (`newer_backup`) for one that this version does not know. */
export async function migrateAsFar(trx: Db, names: readonly string[]): Promise<void> {
  const known = Object.keys(migrations).sort();
  const unknown = names.find((name, index) => known[index] !== name);
  const last = names.at(-1);
  if (unknown !== undefined || last === undefined) throw new PortalError('conflict', `This version does not know the migration ${unknown ?? '(none)'}.`, { reason: 'newer_backup' });
  const { error } = await newMigrator(trx).migrateTo(last);
  if (error !== undefined) throw error instanceof Error ? error : new PortalError('unavailable', 'The database could not be migrated.', { cause: error });
}

/** Names of the migrations that have run on this database, in order. */
export async function doneMigrations(db: Db): Promise<string[]> {
  const known = await newMigrator(db).getMigrations();
  return known.filter((migration) => migration.executedAt !== undefined).map((migration) => migration.name);
}

/** Names of the migrations that have not run on this database; empty when it is up to date. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const known = await newMigrator(db).getMigrations();
  return known.filter((migration) => migration.executedAt === undefined).map((migration) => migration.name);
}

function newMigrator(db: Db): Migrator {
  // The migrator knows no tables, a pool of ours knows all; both are the same handle.
  const untyped = db as unknown as Kysely<never>;
  return new Migrator({ db: untyped, provider: { getMigrations: async () => migrations } });
}
