import { parseRevocation } from '#catalog-schema';
import { digestOf, parseStatement, payloadBytes, signStatement, type Statement, verifyStatement } from '#crypto';
import { PortalError } from '../errors.ts';
import { fieldError, isPlainText } from '../fields.ts';
import { appendAct } from '../log/append-act.ts';
import { actorName } from '../parties/actor-name.ts';
import { findKeysInForce } from '../parties/key-store.ts';
import { requireStepUp } from '../parties/passkeys/require-step-up.ts';
import { may } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { endedMail } from './access-mails.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { findGrant, getGrant, markRevoked, noGrant, setEndAct, type StoredGrant } from './grant-store.ts';
import { refuseWaitingJobs } from './release-store.ts';
import { getRequest } from './request-store.ts';
import { tellDecision } from './tell-decision.ts';
import { tellAsker } from './tell-people.ts';

const REASON_MAX = 500;
const CLOCK_SKEW_MS = 10 * 60 * 1000;

/** A revocation by an officer (the portal signs it) or by a node (signed by the producer's `decide` key). */
export type RevocationGiven = { grant_id: string; reason: string } | { grant_id: string; revocation: unknown };

/**
 * Ends a grant: from the commit on no gate opens for it, what the broker has not handed out stays there, and the next changed body
 * needs a new epoch. Once; revoking again gives the same answer. Refuses with `not_found` (also for other producers' people and
 * nodes), `bad_evidence` (`grant_mismatch`, codes of statements), `bad_request` (`reason_missing`), `forbidden` (`step_up_needed`), `conflict` (`grant_ended`: expired).
 */
export async function revokeGrant(portal: Portal, caller: Caller, input: RevocationGiven): Promise<{ grant_id: string; state: 'revoked'; revoked_at: string }> {
  const grant = await findGrant(portal.db, input.grant_id);
  if (grant === undefined || !may(caller, 'revoke_grant', { producer_id: grant.producer_id })) throw noGrant();
  requireStepUp(portal, caller);
  const { statement, reason } = 'revocation' in input ? await readRevocation(portal, caller, grant, input.revocation) : signRevocation(portal, caller, grant, input.reason);
  if (grant.state !== 'revoked') await end(portal, caller, grant, statement, reason);
  const { state, revoked_at } = await getGrant(portal.db, grant.grant_id);
  if (state !== 'revoked' || revoked_at === null) throw new PortalError('conflict', 'This grant had come to its end already.', { reason: 'grant_ended' });
  return { grant_id: grant.grant_id, state, revoked_at: revoked_at.toISOString() };
}

async function end(portal: Portal, caller: Caller, grant: StoredGrant, statement: Statement, reason: string): Promise<void> {
  const { grant_id, dataset_id } = grant;
  await portal.db.transaction().execute(async (trx) => {
    if (!(await markRevoked(trx, { grant_id, revocation: JSON.stringify(statement), now: portal.clock.now() }))) return;
    const subject_digest = digestOf(payloadBytes(statement));
    const { act_id } = await appendAct(trx, portal, { type: 'revocation', subject_digest, about_digest: grant.digest, public: false, dataset_id, actor: actorName(caller) });
    await setEndAct(trx, grant_id, act_id);
    await refuseWaitingJobs(trx, grant_id, 'grant_revoked');
    const request = await getRequest(trx, grant.request_id);
    const dataset = await getToldDataset(trx, dataset_id);
    const by = caller.kind === 'member' && caller.name !== '' ? caller.name : caller.kind === 'member' ? caller.email : dataset.producer_name;
    await tellAsker(trx, portal, request, dataset, (subject) => endedMail(portal, { ...subject, why: 'revoked', reason }));
    await tellDecision(trx, portal, request, dataset, { what: 'revoked', by });
  });
}

function signRevocation(portal: Portal, caller: Caller, grant: StoredGrant, given: string): { statement: Statement; reason: string } {
  if (caller.kind !== 'member') throw new PortalError('bad_request', 'Send the signed revocation.', { reason: 'revocation_missing' });
  const reason = given.trim();
  if (reason === '' || reason.length > REASON_MAX) {
    throw new PortalError('bad_request', `Give a reason of at most ${REASON_MAX} characters: the person receives it.`, { reason: 'reason_missing', issues: [{ pointer: '/reason', message: 'Give a reason.' }] });
  }
  requirePlain(reason);
  const payload = parseRevocation({ v: 1, grant_id: grant.grant_id, grant_sha256: grant.digest, producer_id: grant.producer_id, reason, at: portal.clock.now().toISOString() });
  return { statement: signStatement('revocation+jws', payload, [portal.keys.decision_key]), reason };
}

async function readRevocation(portal: Portal, caller: Caller, grant: StoredGrant, value: unknown): Promise<{ statement: Statement; reason: string }> {
  if (caller.kind !== 'node') throw new PortalError('bad_request', 'Give a reason.', { reason: 'reason_missing' });
  const now = portal.clock.now();
  const statement = parseStatement(value);
  const keys = await findKeysInForce(portal.db, 'producer', grant.producer_id, 'decide', now);
  const verified = verifyStatement(statement, { typ: 'revocation+jws', keyFor: (kid) => keys.get(kid) });
  const payload = parseRevocation(verified.payload);
  if (payload.grant_id !== grant.grant_id || payload.grant_sha256 !== grant.digest || payload.producer_id !== grant.producer_id) {
    throw new PortalError('bad_evidence', 'The signed revocation is of another grant.', { reason: 'grant_mismatch' });
  }
  if (Date.parse(payload.at) > now.getTime() + CLOCK_SKEW_MS) throw new PortalError('bad_evidence', 'The revocation was signed in the future. Set the clock of the node.', { reason: 'issued_in_future' });
  requirePlain(payload.reason);
  return { statement, reason: payload.reason };
}

// The reason is mailed and shown.
function requirePlain(reason: string): void {
  if (!isPlainText(reason, { lines: true })) throw fieldError('/reason', 'Leave out control characters.');
}
