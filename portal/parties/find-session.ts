import type { Caller, Portal } from '../portal.ts';
import { rolesOf } from './member-store.ts';
import { hashSecret } from './one-time-secret.ts';
import { findSessionRow, touchSession } from './session-store.ts';

export type Member = Extract<Caller, { kind: 'member' }>;

/** A person signed in, and the token that every form of theirs must carry. */
export interface Session {
  member: Member;
  csrf_token: string;
  /** What challenges and step-ups of this session are bound to. */
  session_hash: string;
  /** How many passkeys the member has. */
  passkeys: number;
}

/** A session ends after 8 hours without a page, and after 7 days in any case. */
export const SESSION_IDLE_SECONDS = 8 * 3600;
export const SESSION_MAX_SECONDS = 7 * 24 * 3600;
const SEEN_EVERY_SECONDS = 300;

/** The session of a token, with the member's roles as they are now; undefined when unknown or ended. */
export async function findSession(portal: Portal, session_token: string): Promise<Session | undefined> {
  const now = portal.clock.now();
  const session_hash = hashSecret('session', session_token);
  const row = await findSessionRow(portal.db, session_hash, now);
  if (row === undefined) return undefined;
  if (now.getTime() - row.seen_at.getTime() > SEEN_EVERY_SECONDS * 1000) {
    const idle_end = now.getTime() + SESSION_IDLE_SECONDS * 1000;
    const last_end = row.created_at.getTime() + SESSION_MAX_SECONDS * 1000;
    await touchSession(portal.db, session_hash, { seen_at: now, expires_at: new Date(Math.min(idle_end, last_end)) });
  }
  const { member_id, email, name, language, csrf_token, stepped_up_at, passkeys } = row;
  return { member: { kind: 'member', member_id, email, name, language, stepped_up_at, ...(await rolesOf(portal.db, member_id)) }, csrf_token, session_hash, passkeys };
}
