import { PortalError } from '../errors.ts';
import { actorName } from '../parties/actor-name.ts';
import { requireStepUp } from '../parties/passkeys/require-step-up.ts';
import { may } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { grantedMail } from './access-mails.ts';
import { agreeInPrinciple } from './agree-in-principle.ts';
import { getAskableDataset } from './askable-dataset-store.ts';
import { alreadyDecided, decideOnce, deciderName } from './decide-once.ts';
import { issueGrant } from './issue-grant.ts';
import { proposeDecision } from './propose-decision.ts';
import { readEnd, readNote, requireReason } from './read-decision.ts';
import { readRequestStatement } from './read-request-statement.ts';
import { refuseAccessRequest } from './refuse-access-request.ts';
import { findRequest, moveRequest, noRequest, type RequestState, type StoredRequest } from './request-store.ts';
import { tellDecision } from './tell-decision.ts';
import { tellAsker } from './tell-people.ts';

/** What an officer decides. */
export interface Decision {
  request_id: string;
  decision: 'approve' | 'refuse';
  /** RFC 3339, at most five years ahead; a year ahead unless given. Only for approvals. */
  ends_at?: string;
  /** The officer compared the fingerprint with the person; needed where the request has a key. */
  fingerprint_confirmed?: boolean;
  /** Words to the asker; needed for a refusal. */
  note?: string;
}

/**
 * What came of it: `active` with its grant, or `awaiting_key` (approved in principle), or `refused`; for data in custody `producer`
 * the state as it was, and `proposed`.
 */
export interface Decided {
  request_id: string;
  state: RequestState;
  grant_id: string | null;
  proposed: boolean;
}

/**
 * Decides a request as an officer of its producer, once: of two who decide at once one gets `conflict` (`already_decided`). With a key
 * attached, an approval needs the compared fingerprint and makes the signed grant; without one it is an approval in principle. Where the
 * producer alone holds the content key, this signs nothing: it is a proposal to the producer's node. Whom it concerns is mailed.
 * Refuses with `not_found` (also for people of other producers), `bad_request` (`fingerprint_not_confirmed`, `ends_at`, `note_missing`),
 * `forbidden` (`step_up_needed`), `expired`, `conflict`.
 */
export async function decideAccessRequest(portal: Portal, member: Caller, input: Decision): Promise<Decided> {
  const request = await findRequest(portal.db, input.request_id);
  // Nobody else learns that there is such a request; a draft does not exist for officers.
  if (request === undefined || request.confirmed_at === null || member.kind !== 'member' || !may(member, 'decide_access', { producer_id: request.producer_id })) throw noRequest();
  requireStepUp(portal, member);
  const note = readNote(input.note);
  if (request.state !== 'submitted' && request.state !== 'approved') throw alreadyDecided();
  const { request_id } = request;
  const dataset = await getAskableDataset(portal.db, request.dataset_id).catch((cause: unknown) => {
    // What is no longer given to anyone may still be refused.
    if (input.decision === 'refuse' && cause instanceof PortalError) return undefined;
    throw cause;
  });
  const by_node = dataset?.custody === 'producer';
  if (input.decision === 'refuse') {
    if (by_node) await proposeDecision(portal, member, request, { decision: 'refuse', ends_at: null, note: requireReason(note) });
    else await refuseAccessRequest(portal, member, request, requireReason(note));
    return { request_id, state: by_node ? request.state : 'refused', grant_id: null, proposed: by_node };
  }
  const ends_at = readEnd(portal, input.ends_at ?? request.approved_ends_at?.toISOString());
  if (request.statement === null) {
    await agreeInPrinciple(portal, member, request, { note, ends_at });
    return { request_id, state: 'awaiting_key', grant_id: null, proposed: false };
  }
  if (by_node) {
    await proposeDecision(portal, member, request, { decision: 'approve', ends_at, note });
    return { request_id, state: request.state, grant_id: null, proposed: true };
  }
  if (input.fingerprint_confirmed !== true) {
    throw new PortalError('bad_request', 'Compare the fingerprint with the person first: otherwise somebody else might receive the data.', { reason: 'fingerprint_not_confirmed' });
  }
  return grant(portal, member, request, { note, ends_at });
}

type Officer = Extract<Caller, { kind: 'member' }>;

async function grant(portal: Portal, member: Officer, request: StoredRequest, o: { note: string | null; ends_at: string }): Promise<Decided> {
  const { request_id, dataset_id, producer_id, consumer_id, request_digest } = request;
  if (consumer_id === null || request_digest === null || request.statement === null) throw alreadyDecided();
  const signed = await readRequestStatement(portal, consumer_id, JSON.parse(request.statement));
  if (Date.parse(signed.payload.exp) <= portal.clock.now().getTime()) {
    await portal.db.transaction().execute((trx) => moveRequest(trx, { request_id, from: ['submitted', 'approved'], to: 'expired', now: portal.clock.now() }));
    throw new PortalError('expired', 'The signed request has expired. The person has to ask again.', { reason: 'request_expired' });
  }
  let grant_id: string | null = null;
  await decideOnce(portal, async (trx) => {
    const dataset = await getAskableDataset(trx, dataset_id, { lock: true });
    // The custody may have changed while the officer read: then only the node grants.
    if (dataset.custody !== 'portal') return false;
    const columns = { decided_by: member.member_id, decision_note: o.note, key_confirmation: 'person' as const, approved_ends_at: o.ends_at };
    if (!(await moveRequest(trx, { request_id, from: ['submitted', 'approved'], to: 'active', now: portal.clock.now(), with_key: true, columns }))) return false;
    grant_id = await issueGrant(trx, portal, { request_id, request_digest, dataset_id, producer_id, consumer_id, ends_at: o.ends_at, actor: actorName(member) });
    await tellAsker(trx, portal, request, dataset, (subject) => grantedMail(portal, { ...subject, note: o.note, ends_at: o.ends_at }));
    await tellDecision(trx, portal, request, dataset, { what: 'approved', by: deciderName(member, dataset) });
    return true;
  });
  return { request_id, state: 'active', grant_id, proposed: false };
}
