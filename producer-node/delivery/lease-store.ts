import { sql } from 'kysely';
import type { Db } from '../db/tables.ts';

/**
 * Takes or keeps the lease `name` for `seconds`; false when another living holder has it. The token grows whenever it changes hands.
 * Times are the database's.
 */
export async function takeLease(db: Db, name: string, holder: string, seconds: number): Promise<boolean> {
  const until = sql<Date>`clock_timestamp() + make_interval(secs => ${seconds})`;
  const taken = await db
    .insertInto('lease')
    .values({ name, holder, token: 1, expires_at: until })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ holder, expires_at: until, token: sql<number>`CASE WHEN lease.holder = ${holder} THEN lease.token ELSE lease.token + 1 END` })
        .where((eb) => eb.or([eb('lease.holder', '=', holder), eb('lease.expires_at', '<', sql<Date>`clock_timestamp()`)])),
    )
    .returning('token')
    .executeTakeFirst();
  return taken !== undefined;
}

/** Gives a lease back, so that another process need not wait. */
export async function releaseLease(db: Db, name: string, holder: string): Promise<void> {
  await db.deleteFrom('lease').where('name', '=', name).where('holder', '=', holder).execute();
}
