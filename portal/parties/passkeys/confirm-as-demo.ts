import { PortalError } from '../../errors.ts';
import type { Portal } from '../../portal.ts';
import type { Session } from '../find-session.ts';
import { markSteppedUp } from '../session-store.ts';

/** Steps a session up without a passkey, for visitors of a demonstration whose computer has none. `not_found` anywhere but in a demonstration, which listens on loopback only. */
export async function confirmAsDemo(portal: Portal, { session_hash }: Session): Promise<void> {
  if (!portal.config.demo) throw new PortalError('not_found', 'There is nothing at this address.');
  await markSteppedUp(portal.db, session_hash, portal.clock.now());
}
