import type { Portal } from '../portal.ts';
import { awaitingKeyMail } from './access-mails.ts';
import { getAskableDataset } from './askable-dataset-store.ts';
import { decideOnce, type Decider, deciderName } from './decide-once.ts';
import { moveRequest, type StoredRequest } from './request-store.ts';
import { tellDecision } from './tell-decision.ts';
import { tellAsker } from './tell-people.ts';

/**
 * Agrees in principle to a request that no key signed yet: its asker may attach one, and nothing opens. The caller has checked who
 * decides. Refuses with `conflict` (`already_decided`, also when a key was attached a moment ago).
 */
export async function agreeInPrinciple(portal: Portal, decider: Decider, request: StoredRequest, o: { note: string | null; ends_at: string }): Promise<void> {
  const { request_id } = request;
  await decideOnce(portal, async (trx) => {
    const dataset = await getAskableDataset(trx, request.dataset_id);
    const columns = { decided_by: decider.kind === 'member' ? decider.member_id : null, decision_note: o.note, approved_ends_at: o.ends_at };
    // Without a key still: one that was attached a moment ago has a fingerprint that nobody has seen.
    if (!(await moveRequest(trx, { request_id, from: ['submitted'], to: 'awaiting_key', now: portal.clock.now(), with_key: false, columns }))) return false;
    await tellAsker(trx, portal, request, dataset, (subject) => awaitingKeyMail(portal, { ...subject, note: o.note }));
    await tellDecision(trx, portal, request, dataset, { what: 'in_principle', by: deciderName(decider, dataset) });
    return true;
  });
}
