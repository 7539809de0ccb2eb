import { PortalError } from '../errors.ts';
import { appendAct } from '../log/append-act.ts';
import { requireMay } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { actorName } from './actor-name.ts';
import { decideEnrolment, getEnrolment } from './enrolment-store.ts';
import { requireStepUp } from './passkeys/require-step-up.ts';
import { settleProducer } from './producer-store.ts';

/** Ends an enrolment that waits; the producer may come back with a new code. Refuses with `not_found`, `conflict` (`already_decided`). */
export async function refuseEnrolment(portal: Portal, actor: Caller, input: { enrolment_id: string }): Promise<{ producer_id: string }> {
  requireMay(actor, 'decide_enrolment', {}, { hidden: true });
  requireStepUp(portal, actor);
  const { producer_id } = await getEnrolment(portal.db, input.enrolment_id);
  await portal.db.transaction().execute(async (trx) => {
    if (!(await decideEnrolment(trx, { enrolment_id: input.enrolment_id, state: 'refused', decided_by: actorName(actor), now: portal.clock.now() }))) {
      throw new PortalError('conflict', 'This enrolment has already been decided.', { reason: 'already_decided' });
    }
    await settleProducer(trx, producer_id, 'refused');
    await appendAct(trx, portal, { type: 'operator.act', subject_digest: `refuse-enrolment ${input.enrolment_id}`, public: false, actor: actorName(actor) });
  });
  return { producer_id };
}
