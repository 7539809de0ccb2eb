import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { randomBytes } from '#crypto';
import type { PortalConfig } from './config.ts';
import { type Database, openDatabase } from './db/database.ts';
import { loadPortalKeys, requireRecordedKeys } from './keys/load-portal-keys.ts';
import type { Portal } from './portal.ts';
import { createStore } from './storage/create-store.ts';

/** Collaborators that need no keys: what commands like `create-keys` work with. */
export type KeylessCollaborators = Omit<Portal, 'keys'>;

/** Opens the database and the store, and takes clock and randomness from the system. Close the database at the end. */
export function openCollaborators(config: PortalConfig, o: { application_name?: string; max?: number } = {}): { parts: KeylessCollaborators; database: Database } {
  const logger = pino(
    { level: config.log_level, base: { process: o.application_name ?? 'portal' }, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describeError } },
    pino.destination({ fd: 2, sync: true }),
  );
  const database = openDatabase(config.database_url, { ...o, onBrokenConnection: (err) => logger.warn({ err }, 'a database connection broke') });
  const parts: KeylessCollaborators = {
    config,
    db: database.db,
    store: createStore(config.store),
    logger,
    clock: { now: () => new Date() },
    random: randomBytes,
    newUuid: () => randomUUID(),
  };
  return { parts, database };
}

/**
 * The portal of a configuration: keys loaded, and the database known to be this portal's. Throws `unavailable` with what to do; the
 * database is closed again then.
 */
export async function createPortal(config: PortalConfig, o: { application_name?: string; max?: number } = {}): Promise<{ portal: Portal; close(): Promise<void> }> {
  const { parts, database } = openCollaborators(config, o);
  try {
    const keys = await loadPortalKeys(config.keys_dir);
    await requireRecordedKeys(parts.db, keys);
    return { portal: { ...parts, keys }, close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** An error as the log shows it. The details of a database error are left out: they quote rows, and rows are about people. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = 'code' in error ? error.code : undefined;
  const reason = 'reason' in error ? error.reason : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(reason === undefined ? {} : { reason }),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
