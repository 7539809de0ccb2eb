import type { Db } from '../portal.ts';

/** A session with the member it is of. */
export interface SessionRow {
  csrf_token: string;
  created_at: Date;
  seen_at: Date;
  stepped_up_at: Date | null;
  member_id: string;
  email: string;
  name: string;
  language: string;
  /** How many passkeys the member has. */
  passkeys: number;
}

/** The session of a hashed token that has not ended. */
export async function findSessionRow(db: Db, session_hash: string, now: Date): Promise<SessionRow | undefined> {
  const row = await db
    .selectFrom('session')
    .innerJoin('member', 'member.member_id', 'session.member_id')
    .select(['session.csrf_token', 'session.created_at', 'session.seen_at', 'session.stepped_up_at', 'member.member_id', 'member.email', 'member.name', 'member.language'])
    .select((eb) => eb.selectFrom('passkey').select(eb.fn.countAll<string>().as('passkeys')).whereRef('passkey.member_id', '=', 'session.member_id').as('passkeys'))
    .where('session.session_hash', '=', session_hash)
    .where('session.expires_at', '>', now)
    .executeTakeFirst();
  return row && { ...row, passkeys: Number(row.passkeys) };
}

/** Keeps a new session. */
export async function insertSession(trx: Db, row: { session_hash: string; member_id: string; csrf_token: string; created_at: Date; seen_at: Date; expires_at: Date; stepped_up_at: Date | null }): Promise<void> {
  await trx.insertInto('session').values(row).execute();
}

/** Says that a session is in use, and until when it lives now. */
export async function touchSession(db: Db, session_hash: string, o: { seen_at: Date; expires_at: Date }): Promise<void> {
  await db.updateTable('session').set(o).where('session_hash', '=', session_hash).execute();
}

/** Ends a session; nothing happens when there is none. */
export async function deleteSession(db: Db, session_hash: string): Promise<void> {
  await db.deleteFrom('session').where('session_hash', '=', session_hash).execute();
}

/** Notes that the person behind a session answered with a passkey at `now`. */
export async function markSteppedUp(db: Db, session_hash: string, now: Date): Promise<void> {
  await db.updateTable('session').set({ stepped_up_at: now }).where('session_hash', '=', session_hash).execute();
}

/** Ends every session of a member. */
export async function deleteSessionsOf(trx: Db, member_id: string): Promise<void> {
  await trx.deleteFrom('session').where('member_id', '=', member_id).execute();
}
