import { PortalError } from './errors.ts';
import type { Caller } from './portal.ts';

/** Everything on the portal that not everybody may do. */
export type Action =
  // operators, and the command line on the portal's host
  | 'invite_producer'
  | 'decide_enrolment'
  | 'create_operator'
  | 'reset_passkeys'
  // a producer's nodes
  | 'publish'
  | 'upload'
  | 'report_heads'
  | 'read_producer_work'
  | 'decide_at_node'
  // a producer's officers
  | 'decide_access'
  | 'read_producer_inbox'
  // officers and nodes of the producer
  | 'revoke_grant'
  // consumers and members, for themselves
  | 'ask_access'
  | 'read_own_access'
  | 'withdraw_own_request';

/** What an action is about; only the parties that the rule looks at. */
export interface Subject {
  producer_id?: string;
  consumer_id?: string | null;
  member_id?: string | null;
}

/** Whether the caller may do this to that. The only place with rules about who may; routes, pages and commands ask here. */
export function may(caller: Caller, action: Action, subject: Subject = {}): boolean {
  switch (action) {
    case 'invite_producer':
    case 'decide_enrolment':
    case 'create_operator':
    case 'reset_passkeys':
      return caller.kind === 'command_line' || (caller.kind === 'member' && caller.operator);
    case 'publish':
    case 'upload':
    case 'report_heads':
    case 'read_producer_work':
    case 'decide_at_node':
      return isNodeOf(caller, subject);
    case 'decide_access':
    case 'read_producer_inbox':
      return isOfficerOf(caller, subject);
    case 'revoke_grant':
      return isOfficerOf(caller, subject) || isNodeOf(caller, subject);
    case 'ask_access':
      // An application reads what was granted; asking in its owner's name is for the owner.
      // Neither an account nor a key is needed to ask: the address is confirmed by mail.
      return caller.kind === 'anonymous' || caller.kind === 'member' || (caller.kind === 'consumer' && caller.role === 'identity');
    case 'read_own_access':
      return isOwn(caller, subject);
    case 'withdraw_own_request':
      return isOwn(caller, subject) && !(caller.kind === 'consumer' && caller.role !== 'identity');
  }
}

/**
 * Refuses with `unauthenticated` (nobody in particular), `not_found` (`hidden`: the thing's existence is not the caller's business)
 * or `forbidden` what `may` does not allow.
 */
export function requireMay(caller: Caller, action: Action, subject: Subject = {}, o: { hidden?: boolean } = {}): void {
  if (may(caller, action, subject)) return;
  if (caller.kind === 'anonymous') throw new PortalError('unauthenticated', 'Sign in, or sign the call.');
  if (o.hidden === true) throw new PortalError('not_found', 'There is no such thing here.');
  throw new PortalError('forbidden', 'You may not do this.', { reason: action });
}

function isNodeOf(caller: Caller, subject: Subject): boolean {
  return caller.kind === 'node' && subject.producer_id !== undefined && caller.producer_ids.includes(subject.producer_id);
}

function isOfficerOf(caller: Caller, subject: Subject): boolean {
  return caller.kind === 'member' && subject.producer_id !== undefined && caller.officer_of.includes(subject.producer_id);
}

function isOwn(caller: Caller, subject: Subject): boolean {
  if (caller.kind === 'consumer') return typeof subject.consumer_id === 'string' && subject.consumer_id === caller.consumer_id;
  return caller.kind === 'member' && typeof subject.member_id === 'string' && subject.member_id === caller.member_id;
}
