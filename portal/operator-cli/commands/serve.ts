import { createServer, type Server } from 'node:http';
import { createPortal } from '../../create-portal.ts';
import { pendingMigrations } from '../../db/migrate.ts';
import { PortalError } from '../../errors.ts';
import { runSequencer } from '../../log/run-sequencer.ts';
import { requireContinuedLog } from '../../log/seen-checkpoint.ts';
import { recordProcessSeen } from '../../parties/record-process-seen.ts';
import { openMailRoom } from '../../parties/send-mails.ts';
import type { Portal } from '../../portal.ts';
import { runPeriodically } from '../../run-periodically.ts';
import { retentionJobs } from '../retention-jobs.ts';
import type { Outcome, Session } from '../terminal.ts';
import { configOf } from '../with-portal.ts';

const GRACE_MS = 5000;

/**
 * `sceau-portal serve`: the HTTP server and the jobs beside it, until the terminal's signal aborts. Then the server takes no more
 * calls, those running get 5 s, the jobs end their turn, and the database is closed.
 */
export async function serve(session: Session): Promise<Outcome> {
  const { words, terminal } = session;
  const config = configOf(session);
  const { portal, close } = await createPortal(config, { application_name: 'sceau-portal web' });
  try {
    if ((await pendingMigrations(portal.db)).length > 0) throw new PortalError('unavailable', words.serve.not_migrated, { reason: 'not_migrated' });
    await requireContinuedLog(portal);
    const server = createServer(session.createApp(portal).callback());
    // A part of 16 MiB may come over a slow line; proxies keep connections for a minute.
    server.requestTimeout = 10 * 60_000;
    server.keepAliveTimeout = 65_000;
    await listen(session, server, config.listen);
    const jobs = startJobs(portal, terminal.signal);
    terminal.err(words.serve.listening(config.public_origin, config.listen.host, config.listen.port));
    await aborted(terminal.signal);
    terminal.err(words.serve.stopping);
    await Promise.all([stopServer(server), jobs]);
  } finally {
    await close();
  }
  return { json: { stopped: true }, lines: [words.serve.stopped] };
}

/** Everything the web process does besides answering; each job may run in several portals at once. */
function startJobs(portal: Portal, signal: AbortSignal): Promise<unknown> {
  const { logger } = portal;
  const every = (name: string, seconds: number, work: () => Promise<unknown>) => runPeriodically({ name, seconds, logger, signal }, work);
  const jobs = [
    runSequencer(portal, signal),
    every('web seen', 10, () => recordProcessSeen(portal, 'web')),
    ...retentionJobs(portal).map(({ name, seconds, turn }) => every(name, seconds, turn)),
  ];
  if (portal.config.smtp_url !== undefined) {
    const mail_room = openMailRoom(portal, portal.config.smtp_url);
    jobs.push(every('send mails', 2, () => mail_room.sendMails()).finally(() => mail_room.close()));
  }
  return Promise.all(jobs);
}

function listen(session: Session, server: Server, at: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const busy = cause.code === 'EADDRINUSE';
      reject(busy ? new PortalError('unavailable', session.words.serve.port_busy(at.host, at.port), { reason: 'port_busy', cause }) : cause);
    });
    server.listen(at.port, at.host, resolve);
  });
}

async function stopServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection whose last answer has left is kept for more requests, which nobody will take.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
