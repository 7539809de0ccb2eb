import { PortalError } from '../errors.ts';
import { fieldError, isPlainText } from '../fields.ts';
import { appendAct } from '../log/append-act.ts';
import { digestOf, utf8 } from '#crypto';
import { actorName } from '../parties/actor-name.ts';
import { may } from '../policy.ts';
import type { Caller, Db, Portal } from '../portal.ts';
import { awaitingKeyMail, decisionMail, grantedMail, refusedMail } from './access-mails.ts';
import { getAskableDataset, getToldDataset } from './askable-dataset-store.ts';
import { issueGrant } from './issue-grant.ts';
import { readRequestStatement } from './read-request-statement.ts';
import { findRequest, moveRequest, noRequest, type RequestState, type StoredRequest } from './request-store.ts';
import { tellAsker, tellOfficers } from './tell-people.ts';

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

/** What came of it: `active` with its grant, or `awaiting_key` (approved in principle), or `refused`. */
export interface Decided {
  request_id: string;
  state: RequestState;
  grant_id: string | null;
}

const YEAR_MS = 365 * 24 * 3600 * 1000;
const NOTE_MAX = 2000;

/**
 * Decides a request as an officer of its producer, once: of two who decide at once one gets `conflict` (`already_decided`). With a key
 * attached, an approval needs the compared fingerprint and makes the signed grant; without one it is an approval in principle.
 * The asker and all officers are mailed. Refuses with `not_found` (also for people of other producers), `bad_request`
 * (`fingerprint_not_confirmed`, `ends_at`, `note_missing`), `expired`, `conflict`.
 */
export async function decideAccessRequest(portal: Portal, member: Caller, input: Decision): Promise<Decided> {
  const request = await findRequest(portal.db, input.request_id);
  // Nobody else learns that there is such a request; a draft does not exist for officers.
  if (request === undefined || request.confirmed_at === null || member.kind !== 'member' || !may(member, 'decide_access', { producer_id: request.producer_id })) throw noRequest();
  const note = readNote(input);
  if (request.state !== 'submitted' && request.state !== 'approved') throw alreadyDecided();
  if (input.decision === 'refuse') return refuse(portal, member, request, note);
  const ends_at = readEnd(portal, input.ends_at ?? request.approved_ends_at?.toISOString());
  if (request.statement === null) return approveInPrinciple(portal, member, request, { note, ends_at });
  if (input.fingerprint_confirmed !== true) {
    throw new PortalError('bad_request', 'Compare the fingerprint with the person first: otherwise somebody else might receive the data.', { reason: 'fingerprint_not_confirmed' });
  }
  return grant(portal, member, request, { note, ends_at });
}

type Officer = Extract<Caller, { kind: 'member' }>;

async function refuse(portal: Portal, member: Officer, request: StoredRequest, note: string | null): Promise<Decided> {
  if (note === null) throw new PortalError('bad_request', 'Say why you refuse: the person receives these words.', { reason: 'note_missing', issues: [{ pointer: '/note', message: 'Say why.' }] });
  const { request_id } = request;
  await decideOnce(portal, async (trx) => {
    const subject_digest = request.request_digest ?? digestOf(utf8(request_id));
    const { act_id } = await appendAct(trx, portal, { type: 'refusal', subject_digest, public: false, actor: actorName(member) });
    const columns = { decided_by: member.member_id, decision_note: note, act_id };
    if (!(await moveRequest(trx, { request_id, from: ['submitted', 'approved'], to: 'refused', now: portal.clock.now(), columns }))) return false;
    const dataset = await getToldDataset(trx, request.dataset_id);
    await tellAsker(trx, portal, request, dataset, (subject) => refusedMail(portal, { ...subject, note }));
    await tellOfficers(trx, portal, request, dataset, (subject) => decisionMail(portal, { ...subject, what: 'refused', contact_name: request.contact_name, by: nameOf(member) }));
    return true;
  });
  return { request_id, state: 'refused', grant_id: null };
}

async function approveInPrinciple(portal: Portal, member: Officer, request: StoredRequest, o: { note: string | null; ends_at: string }): Promise<Decided> {
  const { request_id } = request;
  await decideOnce(portal, async (trx) => {
    const dataset = await getAskableDataset(trx, request.dataset_id);
    const columns = { decided_by: member.member_id, decision_note: o.note, approved_ends_at: o.ends_at };
    // Without a key still: one that was attached a moment ago has a fingerprint that nobody has seen.
    if (!(await moveRequest(trx, { request_id, from: ['submitted'], to: 'awaiting_key', now: portal.clock.now(), with_key: false, columns }))) return false;
    await tellAsker(trx, portal, request, dataset, (subject) => awaitingKeyMail(portal, { ...subject, note: o.note }));
    await tellOfficers(trx, portal, request, dataset, (subject) => decisionMail(portal, { ...subject, what: 'in_principle', contact_name: request.contact_name, by: nameOf(member) }));
    return true;
  });
  return { request_id, state: 'awaiting_key', grant_id: null };
}

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
    const columns = { decided_by: member.member_id, decision_note: o.note, key_confirmation: 'person' as const, approved_ends_at: o.ends_at };
    if (!(await moveRequest(trx, { request_id, from: ['submitted', 'approved'], to: 'active', now: portal.clock.now(), with_key: true, columns }))) return false;
    grant_id = await issueGrant(trx, portal, { request_id, request_digest, dataset_id, producer_id, consumer_id, ends_at: o.ends_at, actor: actorName(member) });
    await tellAsker(trx, portal, request, dataset, (subject) => grantedMail(portal, { ...subject, note: o.note, ends_at: o.ends_at }));
    await tellOfficers(trx, portal, request, dataset, (subject) => decisionMail(portal, { ...subject, what: 'approved', contact_name: request.contact_name, by: nameOf(member) }));
    return true;
  });
  return { request_id, state: 'active', grant_id };
}

async function decideOnce(portal: Portal, write: (trx: Db) => Promise<boolean>): Promise<void> {
  await portal.db.transaction().execute(async (trx) => {
    // Rolls back what was written beside the lost race.
    if (!(await write(trx))) throw alreadyDecided();
  });
}

function readNote(input: Decision): string | null {
  const note = (input.note ?? '').trim();
  if (note.length > NOTE_MAX) throw new PortalError('bad_request', `Shorten the answer to ${NOTE_MAX} characters.`, { reason: 'note_too_long', issues: [{ pointer: '/note', message: 'Shorten it.' }] });
  if (!isPlainText(note, { lines: true })) throw fieldError('/note', 'Leave out control characters.');
  return note === '' ? null : note;
}

function readEnd(portal: Portal, given: string | undefined): string {
  const now = portal.clock.now().getTime();
  const time = given === undefined ? now + YEAR_MS : Date.parse(given);
  if (!(time > now) || time > now + 5 * (YEAR_MS + 2 * 24 * 3600 * 1000)) {
    throw new PortalError('bad_request', 'Give an end in the future, within five years.', { reason: 'ends_at', issues: [{ pointer: '/ends_at', message: 'Give an end in the future, within five years.' }] });
  }
  return new Date(time).toISOString();
}

function nameOf(member: Officer): string {
  return member.name === '' ? member.email : member.name;
}

function alreadyDecided(): PortalError {
  return new PortalError('conflict', 'This request was decided meanwhile, withdrawn, or changed. Read it again.', { reason: 'already_decided' });
}
