import { PortalError } from '../errors.ts';
import { may } from '../policy.ts';
import type { Caller } from '../portal.ts';

/** Refuses a caller who is not a node of this active producer: `unauthenticated` for nobody, else `forbidden` with reason `not_your_producer`. */
export function requireOwnProducer(caller: Caller, producer_id: string): void {
  if (may(caller, 'publish', { producer_id })) return;
  if (caller.kind === 'anonymous') throw new PortalError('unauthenticated', 'Sign this call with the key of a node.');
  throw new PortalError('forbidden', 'This node does not publish for this producer, or the producer is not active on this portal (a fingerprint may still have to be compared).', { reason: 'not_your_producer' });
}
