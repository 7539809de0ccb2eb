import type { Scope } from '#catalog-schema';
import { PortalError } from './errors.ts';
import type { Caller } from './portal.ts';

/**
 * Refuses with `forbidden` (`scope`) an application that has none of these scopes. Everybody else is bound by other rules and passes; with no
 * scope given, no application passes.
 */
export function requireScope(caller: Caller, scopes: readonly Scope[]): void {
  if (caller.kind !== 'consumer' || caller.role !== 'application') return;
  if (scopes.some((scope) => caller.scopes?.includes(scope) === true)) return;
  throw new PortalError('forbidden', scopes.length === 0 ? 'An application may not do this: sign the call with the key of a device.' : `This application lacks the scope ${scopes.join(' or ')}.`, { reason: 'scope' });
}
