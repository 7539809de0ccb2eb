import type { Db, Portal } from '../portal.ts';
import { SESSION_IDLE_SECONDS } from './find-session.ts';
import { hashSecret, newToken } from './one-time-secret.ts';
import { insertSession } from './session-store.ts';

/** A fresh session; the token goes into the cookie, and nowhere else. */
export interface NewSession {
  session_token: string;
  csrf_token: string;
  next_path: string;
  language: string;
}

/** Opens a session of a member: always a new one, never one that the browser brought. `stepped_up`: they answered with a passkey just now. */
export async function openSession(trx: Db, portal: Pick<Portal, 'clock' | 'random'>, o: { member_id: string; stepped_up: boolean }): Promise<Pick<NewSession, 'session_token' | 'csrf_token'>> {
  const session_token = newToken(portal.random);
  const csrf_token = newToken(portal.random);
  const now = portal.clock.now();
  await insertSession(trx, {
    session_hash: hashSecret('session', session_token),
    member_id: o.member_id,
    csrf_token,
    created_at: now,
    seen_at: now,
    expires_at: new Date(now.getTime() + SESSION_IDLE_SECONDS * 1000),
    stepped_up_at: o.stepped_up ? now : null,
  });
  return { session_token, csrf_token };
}
