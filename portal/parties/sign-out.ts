import type { Portal } from '../portal.ts';
import { hashSecret } from './one-time-secret.ts';
import { deleteSession } from './session-store.ts';

/** Ends the session of a token; nothing happens when there is none. */
export async function signOut(portal: Portal, session_token: string): Promise<void> {
  await deleteSession(portal.db, hashSecret('session', session_token));
}
