import { type Grant, parseGrant } from '#catalog-schema';
import { parseStatement, readUnverifiedPayload, verifyStatement } from '#crypto';
import type { KeyConfirmation } from '../db/tables.ts';
import { isUniqueViolation } from '../db/database.ts';
import { PortalError } from '../errors.ts';
import { appendAct } from '../log/append-act.ts';
import { actorName } from '../parties/actor-name.ts';
import { findKeysInForce, holdKeysInForce } from '../parties/key-store.ts';
import { may } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { grantedMail } from './access-mails.ts';
import { getAskableDataset } from './askable-dataset-store.ts';
import { alreadyDecided, decideOnce, deciderName } from './decide-once.ts';
import { findGrant, type GrantState, insertGrant, noGrant } from './grant-store.ts';
import { ACCESS_MAX_MS } from './read-decision.ts';
import { findRequestByDigest, moveRequest, type StoredRequest } from './request-store.ts';
import { tellDecision } from './tell-decision.ts';
import { tellAsker } from './tell-people.ts';

/** A grant that a node signed, and what travels beside it. */
export interface GivenGrant {
  grant_id: string;
  grant: unknown;
  /** How the node's officer, or its rule, made sure whose key it is. */
  key_confirmation: KeyConfirmation;
  /** Words to the asker. */
  note: string | null;
}

const CLOCK_SKEW_MS = 10 * 60 * 1000;

/**
 * Takes a grant that a producer's node signed (custody `producer`): from the commit on the gates know it. The same grant again gets the
 * same answer. Refuses with the codes of each step; `conflict` is `already_decided` when the request ended meanwhile.
 */
export async function acceptGrant(portal: Portal, caller: Caller, input: GivenGrant): Promise<{ grant_id: string; state: GrantState }> {
  const now = portal.clock.now();
  const statement = parseStatement(input.grant);
  // 1 the node of the producer on whose request it rests
  const claimed = claimedRequest(statement);
  const request = claimed === undefined ? undefined : await findRequestByDigest(portal.db, claimed);
  if (caller.kind !== 'node' || request === undefined || request.confirmed_at === null || !may(caller, 'decide_at_node', { producer_id: request.producer_id })) throw noGrant();
  // 2 signed by a decide key in force
  const keys = await findKeysInForce(portal.db, 'producer', request.producer_id, 'decide', now);
  const verified = verifyStatement(statement, { typ: 'grant+jws', keyFor: (kid) => keys.get(kid) });
  // 3 exactly a grant, this one
  const grant = parseGrant(verified.payload);
  if (grant.grant_id !== input.grant_id) throw mismatch('grant_mismatch', 'The signed grant has another id than this address.');
  // 4 the same again gets the same answer
  const known = await findGrant(portal.db, grant.grant_id);
  if (known !== undefined && known.digest === verified.digest) return { grant_id: known.grant_id, state: known.state };
  if (known !== undefined) throw new PortalError('conflict', 'Another grant has this id.', { reason: 'grant_id_taken' });
  // 5 it is for whom and what the request says
  requireFits(grant, request);
  // 6 its dates
  requireDates(grant, now);
  await decideOnce(portal, async (trx) => {
    // The key again, now that nobody can replace it.
    const held = await holdKeysInForce(trx, grant.producer_id, 'decide', now);
    if (!verified.kids.every((kid) => held.has(kid))) throw mismatch('unknown_key', 'The key that signed this grant was replaced while it arrived.');
    const dataset = await getAskableDataset(trx, grant.dataset_id, { lock: true });
    // 7 only the producer's own custody is granted by its node; the broker releases under grants of the portal alone
    if (dataset.custody !== 'producer') throw new PortalError('conflict', 'Access to this dataset is granted on the portal: its content key is deposited there.', { reason: 'custody_mismatch' });
    // 8 the request waits for a decision still
    const columns = { decided_by: null, decision_note: input.note, key_confirmation: input.key_confirmation, approved_ends_at: grant.ends_at };
    if (!(await moveRequest(trx, { request_id: request.request_id, from: ['submitted', 'approved'], to: 'active', now, with_key: true, columns }))) return false;
    const { act_id } = await appendAct(trx, portal, { type: 'grant', subject_digest: verified.digest, public: false, dataset_id: grant.dataset_id, actor: actorName(caller) });
    const { grant_id, dataset_id, producer_id, consumer_id, starts_at, ends_at, epoch_from, epoch_to, history } = grant;
    await insertGrant(trx, { grant_id, request_id: request.request_id, dataset_id, producer_id, consumer_id, statement: JSON.stringify(statement), digest: verified.digest, starts_at, ends_at, epoch_from, epoch_to, history, act_id }, now);
    await tellAsker(trx, portal, request, dataset, (subject) => grantedMail(portal, { ...subject, note: input.note, ends_at }));
    await tellDecision(trx, portal, request, dataset, { what: 'approved', by: deciderName(caller, dataset) });
    return true;
  }).catch(async (cause: unknown) => {
    // The very same grant arrived twice at once.
    const taken = await findGrant(portal.db, grant.grant_id);
    if (taken?.digest === verified.digest) return;
    throw isUniqueViolation(cause) ? alreadyDecided() : cause;
  });
  return { grant_id: grant.grant_id, state: 'active' };
}

// Chooses the request, and with it the keys; everything is compared again once the signature held.
function claimedRequest(statement: ReturnType<typeof parseStatement>): string | undefined {
  const claim = readUnverifiedPayload(statement);
  return typeof claim === 'object' && claim !== null && 'request_sha256' in claim && typeof claim.request_sha256 === 'string' ? claim.request_sha256 : undefined;
}

function requireFits(grant: Grant, request: StoredRequest): void {
  const fits = grant.request_sha256 === request.request_digest && grant.producer_id === request.producer_id && grant.dataset_id === request.dataset_id && grant.consumer_id === request.consumer_id;
  if (!fits) throw mismatch('request_mismatch', 'The grant is for somebody or something else than the request that it names.');
}

function requireDates(grant: Grant, now: Date): void {
  if (Date.parse(grant.iat) > now.getTime() + CLOCK_SKEW_MS) throw mismatch('issued_in_future', 'The grant was signed in the future. Set the clock of the node.');
  if (Date.parse(grant.ends_at) <= now.getTime()) throw new PortalError('expired', 'The grant has come to its end before it arrived.', { reason: 'grant_expired' });
  if (Date.parse(grant.ends_at) > now.getTime() + ACCESS_MAX_MS) throw new PortalError('bad_request', 'An access lasts five years at most.', { reason: 'ends_at' });
}

function mismatch(reason: string, detail: string): PortalError {
  return new PortalError('bad_evidence', detail, { reason });
}
