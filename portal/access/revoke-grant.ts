import { parseRevocation } from '#catalog-schema';
import { parseStatement, type Statement, verifyStatement } from '#crypto';
import { PortalError } from '../errors.ts';
import { fieldError, isPlainText } from '../fields.ts';
import { findKeysInForce } from '../parties/key-store.ts';
import { requireStepUp } from '../parties/passkeys/require-step-up.ts';
import { may } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { deciderName } from './decide-once.ts';
import { endGrant, signedRevocation } from './end-grant.ts';
import { findGrant, getGrant, noGrant, type StoredGrant } from './grant-store.ts';

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
  if (grant.state !== 'revoked') {
    const by = caller.kind === 'member' || caller.kind === 'node' ? deciderName(caller, await getToldDataset(portal.db, grant.dataset_id)) : '';
    await endGrant(portal, { actor: caller, by, given_back: false, grant, statement, reason });
  }
  const { state, revoked_at } = await getGrant(portal.db, grant.grant_id);
  if (state !== 'revoked' || revoked_at === null) throw new PortalError('conflict', 'This grant had come to its end already.', { reason: 'grant_ended' });
  return { grant_id: grant.grant_id, state, revoked_at: revoked_at.toISOString() };
}

function signRevocation(portal: Portal, caller: Caller, grant: StoredGrant, given: string): { statement: Statement; reason: string } {
  if (caller.kind !== 'member') throw new PortalError('bad_request', 'Send the signed revocation.', { reason: 'revocation_missing' });
  const reason = given.trim();
  if (reason === '' || reason.length > REASON_MAX) {
    throw new PortalError('bad_request', `Give a reason of at most ${REASON_MAX} characters: the person receives it.`, { reason: 'reason_missing', issues: [{ pointer: '/reason', message: 'Give a reason.' }] });
  }
  requirePlain(reason);
  return { statement: signedRevocation(portal, grant, reason), reason };
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
