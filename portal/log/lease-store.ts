import { sql } from 'kysely';
import type { Db } from '../portal.ts';

/** The right to do something alone until it lapses; `token` grows each time it changes hands. */
export interface Lease {
  name: string;
  holder: string;
  token: string;
}

/**
 * Takes or renews a lease for `seconds`; undefined while another holder's runs. Times are the database's, so that clocks of
 * processes do not matter. A lapsed lease gets a new token even for its last holder: somebody may have held it between.
 */
export async function takeLease(db: Db, name: string, holder: string, seconds: number): Promise<Lease | undefined> {
  const { rows } = await sql<{ token: string }>`
    INSERT INTO lease AS held (name, holder, token, expires_at)
    VALUES (${name}, ${holder}, 1, clock_timestamp() + make_interval(secs => ${seconds}))
    ON CONFLICT (name) DO UPDATE SET
      holder = excluded.holder,
      token = CASE WHEN held.holder = excluded.holder AND held.expires_at > clock_timestamp() THEN held.token ELSE held.token + 1 END,
      expires_at = excluded.expires_at
    WHERE held.holder = excluded.holder OR held.expires_at <= clock_timestamp()
    RETURNING token`.execute(db);
  const [row] = rows;
  return row === undefined ? undefined : { name, holder, token: row.token };
}

/**
 * Whether the lease is still this one, and locks it until the transaction ends: nobody can take it over while the holder writes, and
 * whoever was overtaken finds another token. Time does not count here, only the token.
 */
export async function confirmLease(trx: Db, lease: Lease): Promise<boolean> {
  const row = await trx.selectFrom('lease').select('token').where('name', '=', lease.name).where('token', '=', lease.token).forUpdate().executeTakeFirst();
  return row !== undefined;
}

/** Gives a lease back early, so that the next process need not wait for it to lapse. */
export async function giveBackLease(db: Db, lease: Lease): Promise<void> {
  await db.updateTable('lease').set({ expires_at: sql<Date>`clock_timestamp()` }).where('name', '=', lease.name).where('token', '=', lease.token).execute();
}
