import type { Db } from '../portal.ts';

/** A link and code that were mailed. */
export interface SignInRow {
  token_hash: string;
  email: string;
  code_hash: string;
  browser_hash: string;
  language: string;
  next_path: string;
  used_at: Date | null;
  expires_at: Date;
}

/** Keeps a link and code about to be mailed. */
export async function insertSignIn(trx: Db, row: Omit<SignInRow, 'used_at'>): Promise<void> {
  await trx.insertInto('sign_in').values(row).execute();
}

/** The sign-in of a hashed link, whatever became of it. */
export async function findSignIn(db: Db, token_hash: string): Promise<SignInRow | undefined> {
  return db.selectFrom('sign_in').selectAll().where('token_hash', '=', token_hash).executeTakeFirst();
}

/** The sign-ins of an address that this browser asked for and a code may still complete, each with this attempt counted first. */
export async function countCodeAttempt(db: Db, o: { email: string; browser_hash: string; now: Date; attempts_max: number }): Promise<SignInRow[]> {
  return db
    .updateTable('sign_in')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('email', '=', o.email)
    .where('browser_hash', '=', o.browser_hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', o.now)
    .where('attempts', '<', o.attempts_max)
    .returningAll()
    .execute();
}

/** The sign-ins of an address that a code may still complete, newest first; counts nothing. */
export async function listOpenSignIns(db: Db, o: { email: string; now: Date; attempts_max: number }): Promise<SignInRow[]> {
  return db
    .selectFrom('sign_in')
    .selectAll()
    .where('email', '=', o.email)
    .where('used_at', 'is', null)
    .where('expires_at', '>', o.now)
    .where('attempts', '<', o.attempts_max)
    .orderBy('expires_at', 'desc')
    .limit(100)
    .execute();
}

/** Uses a sign-in up; false when somebody did before, or it has expired. Of those who race, one gets true. */
export async function useSignIn(trx: Db, token_hash: string, now: Date): Promise<boolean> {
  const used = await trx
    .updateTable('sign_in')
    .set({ used_at: now })
    .where('token_hash', '=', token_hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('token_hash')
    .executeTakeFirst();
  return used !== undefined;
}
