import type { Caller, Portal } from '../portal.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { alreadyDecided, deciderName } from './decide-once.ts';
import { upsertProposal } from './proposal-store.ts';
import { touchRequest, type StoredRequest } from './request-store.ts';
import { tellDecision } from './tell-decision.ts';

/**
 * Keeps what an officer clicked for data in custody `producer`: a proposal, shown to the producer's node and to the other officers. It
 * changes no state and opens nothing: only the node grants. A later one takes its place. Refuses with `conflict` (`already_decided`).
 */
export async function proposeDecision(
  portal: Portal,
  member: Extract<Caller, { kind: 'member' }>,
  request: StoredRequest,
  o: { decision: 'approve' | 'refuse'; ends_at: string | null; note: string | null },
): Promise<void> {
  const { request_id, fingerprint } = request;
  const now = portal.clock.now();
  await portal.db.transaction().execute(async (trx) => {
    if (!(await touchRequest(trx, { request_id, states: ['submitted', 'approved'], now }))) throw alreadyDecided();
    await upsertProposal(trx, { request_id, decision: o.decision, ends_at: o.ends_at, note: o.note, fingerprint, member_id: member.member_id, created_at: now });
    const dataset = await getToldDataset(trx, request.dataset_id);
    const what = o.decision === 'approve' ? 'proposed_approval' : 'proposed_refusal';
    await tellDecision(trx, portal, request, dataset, { what, by: deciderName(member, dataset) });
  });
}
