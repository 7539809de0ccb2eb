import { h } from 'preact';
import type { Asker } from '../../access/asker.ts';
import { attachPastedKey } from '../../access/attach-pasted-key.ts';
import { correctAccessRequest } from '../../access/correct-access-request.ts';
import { eraseAccessRequest } from '../../access/erase-access-request.ts';
import { getFollowedRequest } from '../../access/get-followed-request.ts';
import { requestId } from '../../access/path-ids.ts';
import { withdrawAccessRequest } from '../../access/withdraw-access-request.ts';
import type { PortalError } from '../../errors.ts';
import { readForm } from '../../http/request-body.ts';
import { newRouter, type PortalRouter, shortAddress } from '../../http/request-context.ts';
import { requireCsrf, requireSameOrigin } from '../../http/same-origin.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, goOn, type Visit } from '../answer-page.ts';
import { formText, isText, tryForm } from '../form-refusal.ts';
import { type FollowDone, FollowRequestPage, RequestErasedPage } from '../pages/follow-request.tsx';
import { EMPTY_FORM, type FieldError, type FormState } from '../parts/form.tsx';

const PLACE = '/access-requests/follow/:request_id/:token';
const DONE: readonly FollowDone[] = ['corrected', 'withdrawn', 'attached'];

/** What a link of a mail gives without an account: following a request, correcting, withdrawing, erasing it, attaching its first key. */
export function followRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', PLACE, (visit) => show(portal, visit));
  addPage(router, 'post', `${PLACE}/correct`, (visit) => correct(portal, visit));
  addPage(router, 'post', `${PLACE}/key`, (visit) => attach(portal, visit));
  addPage(router, 'post', `${PLACE}/withdraw`, (visit) => withdraw(portal, visit));
  addPage(router, 'post', `${PLACE}/erase`, (visit) => erase(portal, visit));
  return router;
}

interface Place {
  request_id: string;
  asker: Asker;
  path: string;
}

function placeOf({ ctx }: Visit): Place {
  const token = ctx.params['token'] ?? '';
  const request_id = requestId(ctx.params['request_id']);
  return { request_id, asker: { kind: 'link', token }, path: `/access-requests/follow/${request_id}/${encodeURIComponent(token)}` };
}

async function show(portal: Portal, visit: Visit, form: FormState = EMPTY_FORM, status = 200): Promise<void> {
  const { asker, request_id, path } = placeOf(visit);
  const request = await getFollowedRequest(portal, asker, request_id);
  const done = DONE.find((one) => one === visit.ctx.query['done']);
  answerPage(visit, h(FollowRequestPage, { page: visit.page, request, path, done, form }), status);
  // The address alone opens this page: no cache keeps it.
  visit.ctx.set('cache-control', 'private, no-store');
}

/** The fields of a form that came from a page of this portal. */
async function ownForm({ ctx, session }: Visit, names: readonly string[]): Promise<Record<string, string>> {
  const fields = await readForm(ctx, names);
  if (session === undefined) requireSameOrigin(ctx);
  else await requireCsrf(ctx, fields);
  return fields;
}

async function correct(portal: Portal, visit: Visit): Promise<void> {
  const fields = await ownForm(visit, ['name', 'organisation', 'purpose']);
  const { asker, request_id } = placeOf(visit);
  const { access: words, follow } = visit.page.words;
  const values = { name: formText(fields, 'name'), organisation: formText(fields, 'organisation'), purpose: formText(fields, 'purpose') };
  const wrong: FieldError[] = [];
  if (!isText(values.name, 1, 200) || values.name.includes('\n')) wrong.push({ field: 'name', message: words.need_name });
  if (!isText(values.organisation, 0, 200) || values.organisation.includes('\n')) wrong.push({ field: 'organisation', message: words.long_organisation });
  if (!isText(values.purpose, 1, 4000)) wrong.push({ field: 'purpose', message: words.need_purpose });
  if (wrong.length > 0) return show(portal, visit, { values, errors: wrong }, 422);
  const settled = (error: PortalError) => (error.reason === 'request_settled' ? [{ field: 'erase', message: follow.refusals.settled }] : undefined);
  const done = await tryForm(() => correctAccessRequest(portal, asker, { request_id, ...values }), settled);
  if ('refusal' in done) return show(portal, visit, { values, errors: done.refusal.errors }, done.refusal.status);
  goBack(visit, 'corrected');
}

async function attach(portal: Portal, visit: Visit): Promise<void> {
  const fields = await ownForm(visit, ['signed']);
  const { asker, request_id } = placeOf(visit);
  const text = fields['signed'] ?? '';
  const done = await tryForm(
    () => attachPastedKey(portal, asker, { request_id, text, address: shortAddress(visit.ctx.ip) }),
    (error) => (error.code === 'not_found' || error.code === 'unavailable' ? undefined : [{ field: 'signed', message: sayRefusedKey(visit, error) }]),
  );
  if ('refusal' in done) return show(portal, visit, { values: { signed: text }, errors: done.refusal.errors }, done.refusal.status);
  goBack(visit, 'attached');
}

function sayRefusedKey({ page }: Visit, error: PortalError): string {
  const { refusals } = page.words.follow;
  if (error.code === 'too_many_requests') return refusals.too_many;
  if (error.reason === 'not_pasted_whole') return refusals.not_whole;
  if (error.reason === 'offer_changed') return refusals.changed;
  if (error.reason === 'challenge_unanswered') return refusals.unknown;
  if (error.code === 'conflict') return refusals.settled;
  return refusals.other;
}

async function withdraw(portal: Portal, visit: Visit): Promise<void> {
  await ownForm(visit, []);
  const { asker, request_id } = placeOf(visit);
  const { follow } = visit.page.words;
  const done = await tryForm(
    () => withdrawAccessRequest(portal, asker, { request_id }),
    (error) => (error.code === 'conflict' ? [{ field: 'erase', message: follow.refusals.settled }] : undefined),
  );
  if ('refusal' in done) return show(portal, visit, { values: {}, errors: done.refusal.errors }, done.refusal.status);
  goBack(visit, 'withdrawn');
}

async function erase(portal: Portal, visit: Visit): Promise<void> {
  const fields = await ownForm(visit, ['erase']);
  const { asker, request_id } = placeOf(visit);
  if (fields['erase'] !== 'yes') return show(portal, visit, { values: {}, errors: [{ field: 'erase', message: visit.page.words.follow.erase_need }] }, 422);
  await eraseAccessRequest(portal, asker, { request_id });
  answerPage(visit, h(RequestErasedPage, { page: visit.page }));
}

function goBack(visit: Visit, done: FollowDone): void {
  goOn(visit.ctx, `/${visit.lang}${placeOf(visit).path}?done=${done}`);
}
