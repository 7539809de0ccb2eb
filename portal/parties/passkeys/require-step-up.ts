import { PortalError } from '../../errors.ts';
import type { Caller, Portal } from '../../portal.ts';

/** How long after answering with a passkey a person may decide. */
export const STEP_UP_SECONDS = 5 * 60;

/** Whether this person answered with a passkey within the last five minutes. */
export function isSteppedUp(member: { stepped_up_at: Date | null }, now: Date): boolean {
  return member.stepped_up_at !== null && now.getTime() - member.stepped_up_at.getTime() <= STEP_UP_SECONDS * 1000;
}

/**
 * Refuses with `forbidden` (`step_up_needed`) a person who did not answer with a passkey within the last five minutes. Nodes and
 * consumers sign each call, and the command line on the portal's machine has no browser: they pass.
 */
export function requireStepUp(portal: Pick<Portal, 'clock'>, caller: Caller): void {
  if (caller.kind !== 'member' || isSteppedUp(caller, portal.clock.now())) return;
  throw new PortalError('forbidden', 'Confirm with your passkey that it is you, then try again.', { reason: 'step_up_needed' });
}
