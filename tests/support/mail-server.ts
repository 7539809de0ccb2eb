import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { parseMail } from './mail-message.ts';
import type { MailMessage } from './mail-message.ts';

/** A real SMTP server on loopback that keeps what it receives. */
export interface MailServer {
  /** For nodemailer: `smtp://127.0.0.1:port`. */
  url: string;
  host: string;
  port: number;
  /** Everything received, oldest first. */
  mails: MailMessage[];
  /**
   * The next mail to `address` that no earlier call has returned, for which `wanted` holds; waits for it
   * `timeout_seconds` (default 10) and then throws an error that lists what came instead.
   */
  nextMail(address: string, wanted?: (mail: MailMessage) => boolean, timeout_seconds?: number): Promise<MailMessage>;
  /** While a text is set, every mail is refused with it (a permanent 550, or 451 with `temporary`). */
  refuse(reason: { text: string; temporary?: boolean } | undefined): void;
  stop(): Promise<void>;
}

const LARGEST_MAIL = 5 * 1024 * 1024;

/** Starts an SMTP server on a free port of 127.0.0.1, without TLS or sign-in. */
export async function startMailServer(): Promise<MailServer> {
  const mails: MailMessage[] = [];
  const read = new Set<MailMessage>();
  const waiting = new Set<() => void>();
  let refusal: { text: string; temporary?: boolean } | undefined;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    size: LARGEST_MAIL,
    onRcptTo(_address, _session, callback) {
      if (refusal === undefined) return callback();
      callback(Object.assign(new Error(refusal.text), { responseCode: refusal.temporary === true ? 451 : 550 }));
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (stream.sizeExceeded) return callback(Object.assign(new Error('too large'), { responseCode: 552 }));
        const { mailFrom, rcptTo } = session.envelope;
        const envelope = { from: mailFrom === false ? '' : mailFrom.address, to: rcptTo.map((entry) => entry.address) };
        mails.push(parseMail(Buffer.concat(chunks).toString('latin1'), envelope));
        callback();
        for (const wake of waiting) wake();
      });
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;

  return {
    url: `smtp://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    mails,
    async nextMail(address, wanted = () => true, timeout_seconds = 10) {
      const deadline = Date.now() + timeout_seconds * 1000;
      for (;;) {
        const found = mails.find((mail) => !read.has(mail) && mail.to.includes(address) && wanted(mail));
        if (found !== undefined) {
          read.add(found);
          return found;
        }
        const left = deadline - Date.now();
        if (left <= 0) {
          const came = mails.map((mail) => `${mail.to.join(', ')}: ${mail.subject}`).join('; ');
          throw new Error(`No mail to ${address} in ${timeout_seconds} s; received: ${came || 'none'}`);
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(wake, left);
          function wake(): void {
            clearTimeout(timer);
            waiting.delete(wake);
            resolve();
          }
          waiting.add(wake);
        });
      }
    },
    refuse(reason) {
      refusal = reason;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
