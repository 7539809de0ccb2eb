import { liveGrantFor } from '../../access/live-grant-store.ts';
import { PortalError } from '../../errors.ts';
import type { Caller, Portal } from '../../portal.ts';
import { requireScope } from '../../require-scope.ts';

/**
 * Lets pass a signed consumer who at this very moment holds a live grant for this epoch of the dataset. Asked at each request and
 * kept nowhere, so that a revocation closes the gate at once. `forbidden` with reason `no_grant` for everybody else, `scope` for an
 * application without `packages:read`.
 */
export async function requireGrant(portal: Portal, caller: Caller, dataset_id: string, epoch: number): Promise<void> {
  requireScope(caller, ['packages:read']);
  const grant = caller.kind === 'consumer' ? await liveGrantFor(portal.db, caller.consumer_id, dataset_id, portal.clock.now(), { epoch }) : undefined;
  if (grant === undefined) {
    throw new PortalError('forbidden', 'This file is sealed: only a consumer whose access was granted gets it, in a call signed with their key. Ask for access first.', { reason: 'no_grant' });
  }
}
