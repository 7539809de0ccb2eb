import type { Portal } from '../../portal.ts';
import { getMember } from '../member-store.ts';
import { hashSecret } from '../one-time-secret.ts';
import { type NewSession, openSession } from '../open-session.ts';
import { safePath } from '../request-sign-in.ts';
import { acceptCounter } from './accept-counter.ts';
import { passkeyRefused } from './passkey-refused.ts';
import { verifyAnswer } from './verify-answer.ts';

/** Signs in whoever answers with a registered passkey, in the browser that was given the challenge; the new session has stepped up. Refuses as `verifyAnswer` and `acceptCounter` do. */
export async function signInWithPasskey(portal: Portal, input: { answer: string; browser_token: string | undefined; next_path: string }): Promise<NewSession> {
  if (input.browser_token === undefined) throw passkeyRefused('passkey_challenge', 'This browser asked for nothing. Open the page again and retry.');
  const verified = await verifyAnswer(portal, { answer: input.answer, purpose: 'sign_in', bound_to: hashSecret('sign-in browser', input.browser_token) });
  const member = await getMember(portal.db, verified.passkey.member_id);
  await acceptCounter(portal, member, verified);
  const made = await openSession(portal.db, portal, { member_id: member.member_id, stepped_up: true });
  return { ...made, next_path: safePath(input.next_path), language: member.language };
}
