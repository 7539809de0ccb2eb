import { PortalError } from '../errors.ts';
import { appendAct } from '../log/append-act.ts';
import { actorName } from '../parties/actor-name.ts';
import { requireStepUp } from '../parties/passkeys/require-step-up.ts';
import { may } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { deciderName } from './decide-once.ts';
import { findGrant, markLifted, noGrant } from './grant-store.ts';
import { hastenWaitingJobs } from './release-store.ts';
import { getRequest } from './request-store.ts';
import { liftedMail, officersLiftedMail } from './suspension-mails.ts';
import { tellAsker, tellOfficers } from './tell-people.ts';

/**
 * Opens a suspended grant again, as an officer who stepped up and found that it was right after all; what was released meanwhile is handed
 * out. `revokeGrant` is the other way on. Of a lift and a revocation at once one happens. Refuses with `not_found` (also for other
 * producers' people), `forbidden` (`step_up_needed`), `conflict` (`not_suspended`).
 */
export async function liftSuspension(portal: Portal, member: Caller, input: { grant_id: string }): Promise<{ grant_id: string; state: 'active' }> {
  const grant = await findGrant(portal.db, input.grant_id);
  if (grant === undefined || member.kind !== 'member' || !may(member, 'revoke_grant', { producer_id: grant.producer_id })) throw noGrant();
  requireStepUp(portal, member);
  const { grant_id, dataset_id, request_id } = grant;
  const now = portal.clock.now();
  await portal.db.transaction().execute(async (trx) => {
    if (!(await markLifted(trx, { grant_id, now }))) throw new PortalError('conflict', 'This access is not suspended any more. Read it again.', { reason: 'not_suspended' });
    await hastenWaitingJobs(trx, grant_id, now);
    await appendAct(trx, portal, { type: 'operator.act', subject_digest: `lift-suspension ${grant_id}`, public: false, dataset_id, actor: actorName(member) });
    const request = await getRequest(trx, request_id);
    const dataset = await getToldDataset(trx, dataset_id);
    await tellAsker(trx, portal, request, dataset, (subject) => liftedMail(portal, subject));
    await tellOfficers(trx, portal, request, dataset, (subject) => officersLiftedMail(portal, { ...subject, by: deciderName(member, dataset) }));
  });
  return { grant_id, state: 'active' };
}
