import type { Portal } from '../portal.ts';
import { findGrantOfRequest, isOver } from './grant-store.ts';
import type { StoredRequest } from './request-store.ts';
import { endGrant, signedRevocation } from './end-grant.ts';

/**
 * Ends the grant of a request, suspended or not, because whoever has it gives it back: the portal signs, as it does for an officer, and in either
 * custody the gates close. Does nothing where there is none.
 */
export async function renounceGrant(portal: Portal, request: StoredRequest): Promise<void> {
  const grant = await findGrantOfRequest(portal.db, request.request_id);
  if (grant === undefined || isOver(grant, portal.clock.now())) return;
  const reason = request.language === 'en' ? 'Given back by the person who had asked.' : 'Rendu par la personne qui avait demandé.';
  await endGrant(portal, { actor: { kind: 'anonymous' }, by: request.contact_name, given_back: true, grant, statement: signedRevocation(portal, grant, reason), reason });
}
