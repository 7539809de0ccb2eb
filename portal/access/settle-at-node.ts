import { PortalError } from '../errors.ts';
import { may } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { agreeInPrinciple } from './agree-in-principle.ts';
import { getAskableDataset } from './askable-dataset-store.ts';
import { readEnd, readNote, requireReason } from './read-decision.ts';
import { refuseAccessRequest } from './refuse-access-request.ts';
import { findRequest, getRequest, noRequest, type RequestState } from './request-store.ts';

/** What a node decides that is no grant. */
export type NodeDecision = { request_id: string; note?: string } & ({ decision: 'refuse' } | { decision: 'agree'; ends_at?: string });

/**
 * A decision of a producer's node that needs no signed grant: a refusal, or an agreement in principle to a request without a key. The
 * same again gets the same answer. Refuses with `not_found`, `bad_request` (`note_missing`, `ends_at`), `conflict` (`already_decided`,
 * `key_attached`: only a signed grant approves then; `custody_mismatch`).
 */
export async function settleAtNode(portal: Portal, caller: Caller, input: NodeDecision): Promise<{ request_id: string; state: RequestState }> {
  const { request_id } = input;
  const request = await findRequest(portal.db, request_id);
  if (caller.kind !== 'node' || request === undefined || request.confirmed_at === null || !may(caller, 'decide_at_node', { producer_id: request.producer_id })) throw noRequest();
  const note = readNote(input.note);
  const wanted: RequestState = input.decision === 'refuse' ? 'refused' : 'awaiting_key';
  if (request.state === wanted && request.decided_by === null && request.decision_note === note) return { request_id, state: wanted };
  if (input.decision === 'refuse') await refuseAccessRequest(portal, caller, request, requireReason(note));
  else {
    if (request.statement !== null) throw new PortalError('conflict', 'A key signed this request: approve it with a signed grant.', { reason: 'key_attached' });
    const { custody } = await getAskableDataset(portal.db, request.dataset_id);
    if (custody !== 'producer') throw new PortalError('conflict', 'Access to this dataset is decided on the portal.', { reason: 'custody_mismatch' });
    await agreeInPrinciple(portal, caller, request, { note, ends_at: readEnd(portal, input.ends_at) });
  }
  return { request_id, state: (await getRequest(portal.db, request_id)).state };
}
