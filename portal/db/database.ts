import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Db } from '../portal.ts';
import type { Tables } from './tables.ts';

/** A pool of connections with its end. */
export interface Database {
  db: Db;
  /** Waits for running queries and closes every connection. Once only. */
  close(): Promise<void>;
}

/** How a pool is opened; the defaults suit one process among several. */
export interface DatabaseOptions {
  /** Most connections of this process; 10 unless told. */
  max?: number;
  /** What PostgreSQL shows in pg_stat_activity. */
  application_name?: string;
  /** Told about connections that break between queries; the next query on them fails as well. */
  onBrokenConnection?: (cause: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5000;
const QUERY_TIMEOUT_MS = 30_000;

/**
 * Opens a pool on a PostgreSQL URL; connects at the first query. A query that gets no connection within 5 s, or no answer within
 * 30 s, fails (`isDatabaseAway`). bigint columns come as text, so that no digit is lost; times come as Date.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Timeouts are kept by this side: poolers refuse most settings at connection time.
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: options.application_name ?? 'sceau-portal',
  });
  // Without a listener a connection that the server closes would end the process: the pool hears of idle ones, a connection that
  // is lent out for a transaction speaks for itself between two queries.
  pool.on('error', (cause) => options.onBrokenConnection?.(cause));
  pool.on('connect', (client) => client.on('error', (cause) => options.onBrokenConnection?.(cause)));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { db, close: () => db.destroy() };
}

const AWAY_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', '53300', '57P01', '57P02', '57P03']);
const AWAY_MESSAGES = /^(timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end)/;

/** Whether an error says that PostgreSQL could not be reached, went away or refused one more connection: try again later. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // A file that is missing is an ENOENT too; only that of a socket is the database's.
  if (code === 'ENOENT') return 'syscall' in error && error.syscall === 'connect';
  return AWAY_CODES.has(code) || code.startsWith('08') || AWAY_MESSAGES.test(error.message);
}

/** Whether an error is a unique index refusing a second row (23505), optionally that of one named constraint or index. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505' && (constraint === undefined || error.constraint === constraint);
}

/** Whether PostgreSQL ended a statement because it took longer than it may (57014). */
export function isStatementTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '57014';
}
