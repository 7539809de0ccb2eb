import type { Db } from '../portal.ts';

/** A mail as it lies in the outbox or left it. */
export interface StoredMail {
  mail_id: string;
  to_email: string;
  subject: string;
  text_body: string;
  state: 'waiting' | 'sent' | 'failed';
  created_at: Date;
}

/** A mail that one worker has claimed; `attempts` counts this one. */
export interface ClaimedMail {
  mail_id: string;
  to_email: string;
  subject: string;
  text_body: string;
  attempts: number;
}

/** Puts a mail in the outbox. */
export async function insertMail(trx: Db, o: { mail_id: string; to_email: string; subject: string; text_body: string; request_id: string | null; now: Date }): Promise<void> {
  const { now, ...row } = o;
  await trx
    .insertInto('mail')
    .values({ ...row, state: 'waiting', next_attempt_at: now, created_at: now })
    .execute();
}

/** The newest mails of the outbox, whatever became of them, at most `limit`; for the demonstration's letter box. */
export async function listMails(db: Db, limit: number): Promise<StoredMail[]> {
  return db.selectFrom('mail').select(['mail_id', 'to_email', 'subject', 'text_body', 'state', 'created_at']).orderBy('created_at', 'desc').orderBy('mail_id').limit(limit).execute();
}

/**
 * Claims mails that are due, at most `limit`, by moving their next attempt ahead: other workers pass them over, and get them when this
 * one dies. In a transaction.
 */
export async function claimMails(trx: Db, o: { now: Date; limit: number; wait_ms: (attempts: number) => number }): Promise<ClaimedMail[]> {
  const due = await trx
    .selectFrom('mail')
    .select(['mail_id', 'attempts'])
    .where('state', '=', 'waiting')
    .where('next_attempt_at', '<=', o.now)
    .orderBy('next_attempt_at')
    .limit(o.limit)
    .forUpdate()
    .skipLocked()
    .execute();
  const claimed: ClaimedMail[] = [];
  for (const { mail_id, attempts } of due) {
    claimed.push(
      await trx
        .updateTable('mail')
        .set({ attempts: attempts + 1, next_attempt_at: new Date(o.now.getTime() + o.wait_ms(attempts + 1)) })
        .where('mail_id', '=', mail_id)
        .returning(['mail_id', 'to_email', 'subject', 'text_body', 'attempts'])
        .executeTakeFirstOrThrow(),
    );
  }
  return claimed;
}

/** Deletes every mail about a request, those that wait to leave too. */
export async function deleteMailsOfRequest(trx: Db, request_id: string): Promise<void> {
  await trx.deleteFrom('mail').where('request_id', '=', request_id).execute();
}

/** A mail has left: its text, which may hold a link to sign in, is erased. */
export async function markMailSent(db: Db, mail_id: string, now: Date): Promise<void> {
  await db.updateTable('mail').set({ state: 'sent', sent_at: now, text_body: '', last_error: null }).where('mail_id', '=', mail_id).execute();
}

/** A mail was not taken; when given up for good, its text is erased. */
export async function markMailFailed(db: Db, mail_id: string, o: { last_error: string; given_up: boolean }): Promise<void> {
  const { last_error } = o;
  await db
    .updateTable('mail')
    .set(o.given_up ? { state: 'failed', text_body: '', last_error } : { last_error })
    .where('mail_id', '=', mail_id)
    .execute();
}

/** How many mails wait, and how many are not sent though older than `late`. */
export async function countMails(db: Db, late: Date): Promise<{ waiting: number; late: number }> {
  const row = await db
    .selectFrom('mail')
    .select((eb) => [
      eb.fn.countAll<string>().filterWhere('state', '=', 'waiting').as('waiting'),
      eb.fn.countAll<string>().filterWhere('created_at', '<', late).as('late'),
    ])
    .where('state', '!=', 'sent')
    .executeTakeFirstOrThrow();
  return { waiting: Number(row.waiting), late: Number(row.late) };
}
