import { type Purpose, type PortalConfig, readConfig } from '../config.ts';
import { createPortal } from '../create-portal.ts';
import type { Portal } from '../portal.ts';
import type { Session } from './terminal.ts';

/** Whoever types on the portal's host: may what an operator may. */
export const COMMAND_LINE = { kind: 'command_line' } as const;

/** The configuration that the environment gives, for one purpose, in the session's language. */
export function configOf(session: Session, purpose: Purpose = 'web'): PortalConfig {
  return readConfig(session.terminal.env, { purpose, lang: session.lang });
}

/** Opens the portal for one command and closes it again, whatever happens. */
export async function withPortal<T>(session: Session, work: (portal: Portal) => Promise<T>): Promise<T> {
  const config = configOf(session);
  // A command's own words are enough; the log is for processes that run.
  const { portal, close } = await createPortal({ ...config, log_level: 'silent' }, { application_name: 'sceau-portal command', max: 2 });
  try {
    return await work(portal);
  } finally {
    await close();
  }
}
