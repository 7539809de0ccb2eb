import { h } from 'preact';
import { type Decided, decideAccessRequest } from '../../access/decide-access-request.ts';
import { getAccessRequestForProducers, listAccessRequestsForProducers, type ReceivedRequest } from '../../access/request-list-store.ts';
import { findGrantForProducers, listGrantsForProducers } from '../../access/grant-list-store.ts';
import { revokeGrant } from '../../access/revoke-grant.ts';
import { isUuid } from '../../catalog/path-ids.ts';
import { PortalError } from '../../errors.ts';
import { requireCsrf } from '../../http/same-origin.ts';
import { readForm } from '../../http/request-body.ts';
import { newRouter, type PortalRouter } from '../../http/request-context.ts';
import type { Member } from '../../parties/find-session.ts';
import { lastSeenOfNodes, listProducers } from '../../parties/producer-store.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, goOn, sessionOrSignIn, type Visit } from '../answer-page.ts';
import { confirmedMember, PASSKEY_FIELD, sayPasskeyError } from '../confirmed-member.ts';
import { formText, tryForm } from '../form-refusal.ts';
import { DecisionPage, type RequestToDecide } from '../pages/decision.tsx';
import { type OfficerDone, OfficerPage, type OpenAccess } from '../pages/officer.tsx';
import { RevokePage } from '../pages/revoke.tsx';
import { EMPTY_FORM, type FieldError, type FormState } from '../parts/form.tsx';

const DONE: readonly OfficerDone[] = ['approved', 'in_principle', 'refused', 'revoked', 'lifted', 'proposed'];
const SIX_MONTHS_DAYS = 182;

/** What an officer decides: requests for their producers' data, and ending an access. */
export function officerRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', '/officer', (visit) => inbox(portal, visit));
  addPage(router, 'get', '/officer/requests/:request_id', async (visit) => {
    const member = officerOf(visit);
    if (member === undefined) return;
    const request = await requestToDecide(portal, member, visit);
    const ends_on = (request.approved_ends_at ?? suggestedEnd(visit)).slice(0, 10);
    showRequest(visit, request, { values: { ends_on }, errors: [] });
  });
  addPage(router, 'post', '/officer/requests/:request_id', (visit) => decide(portal, visit));
  addPage(router, 'get', '/officer/grants/:grant_id/revoke', async (visit) => {
    const member = officerOf(visit);
    if (member !== undefined) answerPage(visit, h(RevokePage, { page: visit.page, grant: await openAccess(portal, member, visit), form: EMPTY_FORM }));
  });
  addPage(router, 'post', '/officer/grants/:grant_id/revoke', (visit) => revoke(portal, visit));
  return router;
}

/** The officer; undefined after a visitor was sent to sign in. Members who decide for nobody are refused. */
function officerOf(visit: Visit): Member | undefined {
  const session = sessionOrSignIn(visit);
  if (session !== undefined && session.member.officer_of.length === 0) throw new PortalError('forbidden', 'This page is for the officers of producers.', { reason: 'read_producer_inbox' });
  return session?.member;
}

async function inbox(portal: Portal, visit: Visit): Promise<void> {
  const member = officerOf(visit);
  if (member === undefined) return;
  const [{ entries: requests }, grants, producers, seen] = await Promise.all([
    listAccessRequestsForProducers(portal.db, member.officer_of, ['submitted', 'awaiting_key', 'approved']),
    listGrantsForProducers(portal.db, member.officer_of, visit.page.now),
    listProducers(portal.db),
    lastSeenOfNodes(portal.db, member.officer_of),
  ]);
  const names = producers.filter(({ producer_id }) => member.officer_of.includes(producer_id)).map(({ name }) => name);
  // What waits for the officer comes before what waits for the person.
  const waiting = requests.toReversed().toSorted((a, b) => Number(a.state === 'awaiting_key') - Number(b.state === 'awaiting_key'));
  const inState = (wanted: 'active' | 'suspended') => grants.filter(({ state }) => state === wanted).toSorted((a, b) => a.ends_at.localeCompare(b.ends_at)).map((one) => ({ ...one, ...contactOf(one) }));
  const done = DONE.find((one) => one === visit.ctx.query['done']);
  answerPage(visit, h(OfficerPage, { page: visit.page, producers: names, requests: waiting.map((one) => ({ ...one, ...contactOf(one), node_seen_at: seen.get(one.producer_id)?.toISOString() ?? null })), grants: inState('active'), suspended: inState('suspended'), done }));
}

function contactOf({ contact }: { contact: { name: string; email: string; organisation: string } }) {
  return { contact_name: contact.name, contact_email: contact.email, organisation: contact.organisation };
}

type ShownRequest = RequestToDecide & { approved_ends_at: string | null };

async function requestToDecide(portal: Portal, member: Member, { ctx }: Visit): Promise<ShownRequest> {
  const { request_id = '' } = ctx.params;
  if (!isUuid(request_id)) throw new PortalError('not_found', 'There is no such request.');
  const request: ReceivedRequest = await getAccessRequestForProducers(portal.db, member.officer_of, request_id);
  const seen = await lastSeenOfNodes(portal.db, [request.producer_id]);
  return { ...request, ...contactOf(request), node_seen_at: seen.get(request.producer_id)?.toISOString() ?? null };
}

function suggestedEnd({ page }: Visit): string {
  return new Date(page.now.getTime() + SIX_MONTHS_DAYS * 86_400_000).toISOString();
}

function showRequest(visit: Visit, request: RequestToDecide, form: FormState, o: { status?: number; conflict?: boolean } = {}): void {
  const example = suggestedEnd(visit).slice(0, 10);
  answerPage(visit, h(DecisionPage, { page: visit.page, request, form, example, conflict: o.conflict ?? false }), o.status);
}

async function decide(portal: Portal, visit: Visit): Promise<void> {
  const fields = await readForm(visit.ctx, ['fingerprint', 'fingerprint_confirmed', 'ends_on', 'note', 'decision', PASSKEY_FIELD]);
  const session = await requireCsrf(visit.ctx, fields);
  const request = await requestToDecide(portal, session.member, visit);
  const values = { fingerprint_confirmed: fields['fingerprint_confirmed'] ?? '', ends_on: formText(fields, 'ends_on'), note: formText(fields, 'note') };
  const decision = fields['decision'] === 'approve' ? 'approve' : fields['decision'] === 'refuse' ? 'refuse' : undefined;
  if (decision === undefined) throw new PortalError('bad_request', 'Press one of the two buttons.', { reason: 'decision_missing' });
  // The digits that were compared are those of the page; were others attached meanwhile, somebody looks again.
  if (decision === 'approve' && (fields['fingerprint'] ?? '') !== (request.fingerprint ?? '')) return showRequest(visit, request, { values, errors: [] }, { status: 409, conflict: true });
  const wrong = decision === 'approve' && endOf(values.ends_on) === undefined ? [sayField(visit, 'ends_on')] : [];
  if (wrong.length > 0) return showRequest(visit, request, { values, errors: wrong }, { status: 422 });
  const done = await tryForm(
    async () => decideAccessRequest(portal, await confirmedMember(portal, session, fields), { request_id: request.request_id, decision, note: values.note, fingerprint_confirmed: values.fingerprint_confirmed === 'yes', ...(decision === 'approve' ? { ends_at: endOf(values.ends_on) ?? '' } : {}) }),
    (error) => sayDecisionError(visit, error),
  );
  if ('result' in done) return goOn(visit.ctx, `/${visit.lang}/officer?done=${doneOf(done.result)}`);
  const conflict = done.refusal.errors.length === 0;
  showRequest(visit, conflict ? await requestToDecide(portal, session.member, visit) : request, { values, errors: done.refusal.errors }, { status: done.refusal.status, conflict });
}

function doneOf({ state, proposed }: Decided): OfficerDone {
  if (proposed) return 'proposed';
  return state === 'active' ? 'approved' : state === 'refused' ? 'refused' : 'in_principle';
}

/** The end of a day written year-month-day, or undefined for a day that no calendar has. */
function endOf(ends_on: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(ends_on)) return undefined;
  const end = new Date(`${ends_on}T23:59:59Z`);
  return Number.isNaN(end.getTime()) || end.toISOString().slice(0, 10) !== ends_on ? undefined : end.toISOString();
}

function sayField({ page }: Visit, field: 'ends_on'): FieldError {
  return { field, message: page.words.officer.need_ends_on(new Date(page.now.getTime() + SIX_MONTHS_DAYS * 86_400_000).toISOString().slice(0, 10)) };
}

function sayDecisionError(visit: Visit, error: PortalError): readonly FieldError[] | undefined {
  const { officer: words } = visit.page.words;
  if (error.reason === 'fingerprint_not_confirmed') return [{ field: 'fingerprint_confirmed', message: words.need_compare }];
  if (error.reason === 'ends_at') return [sayField(visit, 'ends_on')];
  if (error.reason === 'note_missing') return [{ field: 'note', message: words.need_note }];
  if (error.reason === 'note_too_long') return [{ field: 'note', message: words.long_note }];
  const passkey = sayPasskeyError(visit.page, error);
  if (passkey !== undefined) return passkey;
  // Said above the form, on the request as it stands now.
  return error.code === 'conflict' || error.code === 'expired' ? [] : undefined;
}

async function openAccess(portal: Portal, member: Member, { ctx, page }: Visit): Promise<OpenAccess> {
  const { grant_id = '' } = ctx.params;
  const found = isUuid(grant_id) ? await findGrantForProducers(portal.db, member.officer_of, grant_id, page.now) : undefined;
  if (found?.state !== 'active' && found?.state !== 'suspended') throw new PortalError('not_found', 'There is no such access.');
  return { ...found, ...contactOf(found) };
}

async function revoke(portal: Portal, visit: Visit): Promise<void> {
  const fields = await readForm(visit.ctx, ['reason', PASSKEY_FIELD]);
  const session = await requireCsrf(visit.ctx, fields);
  const grant = await openAccess(portal, session.member, visit);
  const reason = formText(fields, 'reason');
  const done = await tryForm(
    async () => revokeGrant(portal, await confirmedMember(portal, session, fields), { grant_id: grant.grant_id, reason }),
    (error) => (error.reason === 'reason_missing' ? [{ field: 'reason', message: visit.page.words.officer.need_reason }] : sayPasskeyError(visit.page, error)),
  );
  if ('result' in done) return goOn(visit.ctx, `/${visit.lang}/officer?done=revoked`);
  answerPage(visit, h(RevokePage, { page: visit.page, grant, form: { values: { reason }, errors: done.refusal.errors } }), done.refusal.status);
}
