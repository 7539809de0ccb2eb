import { PortalError } from '../errors.ts';
import { knownError } from '../problem.ts';
import type { Session } from './terminal.ts';

/** Exit codes of every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const;

/** Says what went wrong on standard error, as JSON when asked, and gives the exit code. Wrong input and settings are the caller's (2). */
export function explainError(session: Session, error: unknown): number {
  const { words, terminal } = session;
  const known = knownError(error) ?? new PortalError('unavailable', words.internal, { reason: 'internal', cause: error });
  const detail = detailOf(session, known);
  if (session.json) {
    const { code, reason, issues } = known;
    terminal.err(JSON.stringify({ error: { code, ...(reason === undefined ? {} : { reason }), detail, ...(issues.length === 0 ? {} : { issues }) } }));
  } else {
    terminal.err(`${words.error} ${detail}`);
  }
  const level = terminal.env['SCEAU_LOG_LEVEL'];
  if ((level === 'debug' || level === 'trace') && known.cause !== undefined) terminal.err(String(known.cause instanceof Error ? known.cause.stack : known.cause));
  return known.code === 'schema' || known.code === 'bad_request' ? EXIT.usage : EXIT.failed;
}

/** The sentence for people, in their language where it is known there. */
export function detailOf(session: Pick<Session, 'words'>, error: PortalError): string {
  const { reasons } = session.words;
  // Settings are already said in the chosen language, one line each.
  if (error.reason === 'configuration') return `\n${error.detail}`;
  // A reason that is not in the table was said by the command itself, in the session's words.
  return reasons[error.reason ?? error.code] ?? error.detail;
}
