import { sql } from 'kysely';
import type { Db } from '../portal.ts';

/** Counts one occurrence in a window and gives how many there are now. */
export async function countOccurrence(db: Db, bucket: string, window_start: Date): Promise<number> {
  const { count } = await db
    .insertInto('rate_limit')
    .values({ bucket, window_start, count: 1 })
    .onConflict((conflict) => conflict.columns(['bucket', 'window_start']).doUpdateSet({ count: sql<number>`rate_limit.count + 1` }))
    .returning('count')
    .executeTakeFirstOrThrow();
  return count;
}

/** How many occurrences a window has so far. */
export async function occurrences(db: Db, bucket: string, window_start: Date): Promise<number> {
  const row = await db.selectFrom('rate_limit').select('count').where('bucket', '=', bucket).where('window_start', '=', window_start).executeTakeFirst();
  return row?.count ?? 0;
}

/** Remembers the nonce of a signed call; false when it was seen before. Of those who race, one gets true. */
export async function insertNonce(db: Db, row: { kid: string; nonce: string; expires_at: string }): Promise<boolean> {
  const inserted = await db.insertInto('http_nonce').values(row).onConflict((conflict) => conflict.doNothing()).returning('nonce').executeTakeFirst();
  return inserted !== undefined;
}

/** Deletes nonces and windows that count no more, and sign-ins, sessions, challenges, alarms and mails that ended; gives the number of rows per table. */
export async function deleteExpired(db: Db, before: { http_nonce: Date; rate_limit: Date; sign_in: Date; session: Date; passkey_challenge: Date; decision_alarm: Date; mail: Date; application_use: Date }): Promise<Record<string, number>> {
  const deletions = {
    http_nonce: db.deleteFrom('http_nonce').where('expires_at', '<', before.http_nonce),
    rate_limit: db.deleteFrom('rate_limit').where('window_start', '<', before.rate_limit),
    sign_in: db.deleteFrom('sign_in').where('expires_at', '<', before.sign_in),
    session: db.deleteFrom('session').where('expires_at', '<=', before.session),
    passkey_challenge: db.deleteFrom('passkey_challenge').where('expires_at', '<', before.passkey_challenge),
    decision_alarm: db.deleteFrom('decision_alarm').where('expires_at', '<', before.decision_alarm),
    application_use: db.deleteFrom('application_use').where('last_call_at', '<', before.application_use),
    mail: db.deleteFrom('mail').where('state', '!=', 'waiting').where('created_at', '<', before.mail),
  };
  const counts: Record<string, number> = {};
  for (const [table, deletion] of Object.entries(deletions)) counts[table] = Number((await deletion.executeTakeFirst()).numDeletedRows);
  return counts;
}
