import type { Portal } from '../../portal.ts';
import type { Member, Session } from '../find-session.ts';
import { markSteppedUp } from '../session-store.ts';
import { acceptCounter } from './accept-counter.ts';
import { verifyAnswer } from './verify-answer.ts';

/** Steps a session up by an answer of one of its member's passkeys; gives the member as they may act now. Refuses as `verifyAnswer` and `acceptCounter` do. */
export async function confirmWithPasskey(portal: Portal, { member, session_hash }: Session, answer: string): Promise<Member> {
  const verified = await verifyAnswer(portal, { answer, purpose: 'confirm', bound_to: session_hash, member_id: member.member_id });
  await acceptCounter(portal, member, verified);
  const now = portal.clock.now();
  await markSteppedUp(portal.db, session_hash, now);
  return { ...member, stepped_up_at: now };
}
