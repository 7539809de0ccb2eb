import { PortalError } from '../errors.ts';
import { appendAct } from '../log/append-act.ts';
import { requireMay } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { actorName } from './actor-name.ts';
import { hasStandingEnrolment } from './enrolment-store.ts';
import { lockInvitation, setNodeCode } from './invitation-store.ts';
import { makeNodeCode, NODE_CODE_SECONDS } from './node-code.ts';
import { requireStepUp } from './passkeys/require-step-up.ts';

/**
 * A one-time code with which the invited producer's node enrols; shown once, stored hashed, replaces an earlier one. Refuses with
 * `not_found`, or `conflict` (`already_enrolled`) when a node used the invitation and was not refused.
 */
export async function createNodeCode(portal: Portal, actor: Caller, input: { invitation_id: string }): Promise<{ code: string; expires_at: string; name: string }> {
  requireMay(actor, 'invite_producer');
  requireStepUp(portal, actor);
  const { code, code_locator, code_hash } = makeNodeCode(portal.random);
  const expires = new Date(portal.clock.now().getTime() + NODE_CODE_SECONDS * 1000);
  return portal.db.transaction().execute(async (trx) => {
    const invitation = await lockInvitation(trx, input.invitation_id);
    if (invitation === undefined) throw new PortalError('not_found', 'There is no such invitation.');
    if (invitation.used_at !== null && (await hasStandingEnrolment(trx, input.invitation_id))) {
      throw new PortalError('conflict', 'A node has already enrolled with this invitation. Refuse that enrolment first if it is not the right one.', { reason: 'already_enrolled' });
    }
    await setNodeCode(trx, input.invitation_id, { code_locator, code_hash, code_expires_at: expires });
    await appendAct(trx, portal, { type: 'operator.act', subject_digest: `node-code ${input.invitation_id}`, public: false, actor: actorName(actor) });
    return { code, expires_at: expires.toISOString(), name: invitation.name };
  });
}
