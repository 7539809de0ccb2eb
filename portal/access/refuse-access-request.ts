import { digestOf, utf8 } from '#crypto';
import { appendAct } from '../log/append-act.ts';
import { actorName } from '../parties/actor-name.ts';
import type { Portal } from '../portal.ts';
import { refusedMail } from './access-mails.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { decideOnce, type Decider, deciderName } from './decide-once.ts';
import { moveRequest, type StoredRequest } from './request-store.ts';
import { tellDecision } from './tell-decision.ts';
import { tellAsker } from './tell-people.ts';

/**
 * Refuses a request that waits for a decision, with words that its asker receives; the caller has checked who decides. Refuses with
 * `conflict` (`already_decided`).
 */
export async function refuseAccessRequest(portal: Portal, decider: Decider, request: StoredRequest, note: string): Promise<void> {
  const { request_id } = request;
  await decideOnce(portal, async (trx) => {
    const subject_digest = request.request_digest ?? digestOf(utf8(request_id));
    const { act_id } = await appendAct(trx, portal, { type: 'refusal', subject_digest, public: false, actor: actorName(decider) });
    const columns = { decided_by: decider.kind === 'member' ? decider.member_id : null, decision_note: note, act_id };
    if (!(await moveRequest(trx, { request_id, from: ['submitted', 'approved'], to: 'refused', now: portal.clock.now(), columns }))) return false;
    const dataset = await getToldDataset(trx, request.dataset_id);
    await tellAsker(trx, portal, request, dataset, (subject) => refusedMail(portal, { ...subject, note }));
    await tellDecision(trx, portal, request, dataset, { what: 'refused', by: deciderName(decider, dataset) });
    return true;
  });
}
