import { createTransport, type Transporter } from 'nodemailer';
import type { Portal } from '../portal.ts';
import { claimMails, markMailFailed, markMailSent } from './mail-store.ts';
import { transportOptions } from './smtp-transport.ts';

/** Where mails leave: opened once per process, closed at its end. */
export interface MailRoom {
  /** Sends what is due, at most 20 mails; gives how many left. Mails that fail are tried again later, for two days. */
  sendMails(): Promise<number>;
  close(): void;
}

const BATCH = 20;
const ATTEMPTS_MAX = 12;
const TIMEOUT_MS = 20_000;

/**
 * The worker of the outbox. Each mail is claimed by moving its next attempt ahead before it is sent, so that several portals share the
 * work and a crash repeats a mail at worst; its Message-ID stays the same. The text is erased once the mail has left: it may hold a
 * link to sign in.
 */
export function openMailRoom(portal: Portal, smtp_url: string): MailRoom {
  const transport: Transporter = createTransport(transportOptions(smtp_url, TIMEOUT_MS), { from: portal.config.mail_from });
  return { sendMails: () => sendMails(portal, transport), close: () => transport.close() };
}

async function sendMails(portal: Portal, transport: Transporter): Promise<number> {
  const host = new URL(portal.config.public_origin).hostname;
  const claimed = await portal.db.transaction().execute((trx) => claimMails(trx, { now: portal.clock.now(), limit: BATCH, wait_ms: waitAfter }));
  let sent = 0;
  for (const mail of claimed) {
    try {
      await transport.sendMail({ to: { name: '', address: mail.to_email }, subject: mail.subject, text: mail.text_body, messageId: `<${mail.mail_id}@${host}>` });
      await markMailSent(portal.db, mail.mail_id, portal.clock.now());
      sent += 1;
    } catch (err) {
      const given_up = mail.attempts >= ATTEMPTS_MAX;
      // Mail servers repeat the address in their refusals, and it must be erasable.
      const last_error = (err instanceof Error ? err.message : String(err)).replaceAll(mail.to_email, '<address>').slice(0, 500);
      portal.logger.warn({ why: last_error, mail_id: mail.mail_id, attempts: mail.attempts, given_up }, 'mail not sent');
      await markMailFailed(portal.db, mail.mail_id, { last_error, given_up });
    }
  }
  return sent;
}

/** 2, 4, 8 minutes and so on, at most 6 hours; in milliseconds. */
function waitAfter(attempts: number): number {
  return Math.min(2 ** attempts * 60_000, 6 * 3600_000);
}
