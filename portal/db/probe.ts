import { sql } from 'kysely';
import type { Db } from '../portal.ts';

/** The time of the database's clock; throws when the database does not answer (`isDatabaseAway`). */
export async function databaseClock(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`SELECT clock_timestamp() AS now`.execute(db);
  return rows[0]?.now ?? new Date(0);
}

/** In a transaction: PostgreSQL ends it after 10 s of silence, and no lock is waited for longer than 5 s. */
export async function boundTransaction(trx: Db): Promise<void> {
  await sql`SET LOCAL idle_in_transaction_session_timeout = '10s'`.execute(trx);
  await sql`SET LOCAL lock_timeout = '5s'`.execute(trx);
}
