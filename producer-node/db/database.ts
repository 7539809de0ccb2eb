import { Kysely, PostgresDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import pg from 'pg';
import { reasonOf, refusal, systemCode } from '../errors.ts';
import * as firstPath from './migrations/0001-first-path.ts';
import * as producerCustody from './migrations/0002-producer-custody.ts';
import * as portalLog from './migrations/0003-portal-log.ts';
import type { Db, Tables } from './tables.ts';

/** A pool of connections with its end. */
export interface Database {
  db: Db;
  /** Waits for running queries and closes every connection. Once only. */
  close(): Promise<void>;
}

const migrations: Record<string, Migration> = { '0001-first-path': firstPath, '0002-producer-custody': producerCustody, '0003-portal-log': portalLog };
const INT8 = 20;

/** Opens a pool on a PostgreSQL URL; connects at the first query. bigint columns come as numbers (all are counters or sizes). */
export function openDatabase(url: string): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: 5,
    connectionTimeoutMillis: 5000,
    query_timeout: 30_000,
    application_name: 'sceau-node',
    types: { getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === INT8 ? Number : format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text')) },
  });
  // Without a listener an idle connection that the server closes would end the process.
  pool.on('error', () => undefined);
  // A connection that is lent out for a transaction speaks for itself between two queries.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy() };
}

/** Brings the database to the newest shape; two processes that migrate at once wait for each other. Throws `database_away`. */
export async function migrate(db: Db): Promise<void> {
  try {
    const { error } = await newMigrator(db).migrateToLatest();
    if (error !== undefined) throw error;
  } catch (cause) {
    throw databaseRefusal(cause) ?? cause;
  }
}

/** In a transaction on an empty database: brings it to the shape it had after these migrations. Refuses `newer_backup` for one that this version does not know. */
export async function migrateAsFar(trx: Db, names: readonly string[]): Promise<void> {
  const known = Object.keys(migrations).sort();
  const unknown = names.find((name, index) => known[index] !== name);
  const last = names.at(-1);
  if (unknown !== undefined || last === undefined) throw refusal('newer_backup', { migration: unknown ?? '' });
  const { error } = await newMigrator(trx).migrateTo(last);
  if (error !== undefined) throw error;
}

/** Names of the migrations that have run on this database, in order. */
export async function doneMigrations(db: Db): Promise<string[]> {
  const known = await newMigrator(db).getMigrations();
  return known.filter((migration) => migration.executedAt !== undefined).map((migration) => migration.name);
}

function newMigrator(db: Db): Migrator {
  const untyped = db as unknown as Kysely<never>;
  return new Migrator({ db: untyped, provider: { getMigrations: async () => migrations } });
}

const AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'EACCES', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', '53300', '57P01', '57P02', '57P03', '3D000', '28000', '28P01']);
const AWAY_MESSAGE = /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end)/;

/** The refusal `database_away` for an error that says PostgreSQL could not be reached or went away; undefined for any other. */
export function databaseRefusal(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof AggregateError) return error.errors.map(databaseRefusal).find((found) => found !== undefined);
  const code = systemCode(error) ?? '';
  const socketMissing = code === 'ENOENT' && 'syscall' in error && error.syscall === 'connect';
  const away = socketMissing || (AWAY.has(code) && !('path' in error && code === 'EACCES' && !isConnect(error))) || code.startsWith('08') || AWAY_MESSAGE.test(error.message);
  return away ? refusal('database_away', { reason: reasonOf(error) }, { cause: error }) : undefined;
}

function isConnect(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'connect';
}

/** Whether an error is a unique index refusing a second row, optionally that of one named index. */
export function isUniqueViolation(error: unknown, index?: string): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505' && (index === undefined || error.constraint === index);
}
