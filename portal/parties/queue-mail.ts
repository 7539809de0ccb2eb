import type { Db, Portal } from '../portal.ts';
import { insertMail } from './mail-store.ts';

/** A mail to one person. */
export interface MailToQueue {
  to_email: string;
  subject: string;
  text_body: string;
  /** The request that it is about: deleting that deletes the mail. */
  request_id?: string;
}

/** Puts a mail in the outbox in the caller's transaction: it leaves if, and only if, what it tells happened. */
export async function queueMail(trx: Db, portal: Pick<Portal, 'clock' | 'newUuid'>, mail: MailToQueue): Promise<void> {
  const subject = mail.subject.replaceAll(/[\r\n]+/g, ' ');
  await insertMail(trx, { mail_id: portal.newUuid(), to_email: mail.to_email, subject, text_body: mail.text_body, request_id: mail.request_id ?? null, now: portal.clock.now() });
}
