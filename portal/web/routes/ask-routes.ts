import { h } from 'preact';
import { followToken } from '../../access/asker.ts';
import { confirmAccessRequest } from '../../access/confirm-access-request.ts';
import { requestAccess } from '../../access/request-access.ts';
import { getDataset } from '../../catalog/dataset-store.ts';
import { PortalError } from '../../errors.ts';
import { requireCsrf, requireSameOrigin } from '../../http/same-origin.ts';
import { readForm } from '../../http/request-body.ts';
import { newRouter, type PortalRouter, shortAddress } from '../../http/request-context.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, goOn, type Visit } from '../answer-page.ts';
import { formText, isText, pointedField, tryForm } from '../form-refusal.ts';
import { type AskedDataset, AskPage, AskSentPage } from '../pages/ask.tsx';
import { ConfirmFailedPage, ConfirmRequestPage, RequestConfirmedPage } from '../pages/confirm-request.tsx';
import { EMPTY_FORM, type FieldError } from '../parts/form.tsx';
import { viewerOf } from '../viewer-of.ts';

const FIELDS = ['name', 'email', 'organisation', 'purpose', 'conditions', 'website'];

/** Asking for access, and confirming the address that asked. */
export function askRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', '/datasets/:dataset_id/request-access', (visit) => showForm(portal, visit));
  addPage(router, 'post', '/datasets/:dataset_id/request-access', (visit) => takeForm(portal, visit));
  addPage(router, 'get', '/datasets/:dataset_id/request-access/sent', async (visit) => {
    const dataset = await askedDataset(portal, visit);
    if (dataset !== undefined) answerPage(visit, h(AskSentPage, { page: visit.page, dataset }));
  });
  addPage(router, 'get', '/access-requests/confirm/:token', async (visit) => answerPage(visit, h(ConfirmRequestPage, { page: visit.page, token: visit.ctx.params['token'] ?? '' })));
  addPage(router, 'post', '/access-requests/confirm/:token', (visit) => confirm(portal, visit));
  return router;
}

/** The dataset, if one can ask for it; undefined after the visitor was sent to its page, which says why not. */
async function askedDataset(portal: Portal, { ctx, lang, session }: Visit): Promise<AskedDataset | undefined> {
  const dataset = await getDataset(portal.db, viewerOf(session), ctx.params['dataset_id'] ?? '');
  if (dataset.access === 'restricted' && dataset.custody !== 'none' && dataset.status === 'active' && !dataset.frozen) return dataset;
  goOn(ctx, `/${lang}/datasets/${dataset.dataset_id}`);
  return undefined;
}

async function showForm(portal: Portal, visit: Visit): Promise<void> {
  const dataset = await askedDataset(portal, visit);
  const { member } = visit.page;
  const form = member === undefined ? EMPTY_FORM : { values: { name: member.name }, errors: [] };
  if (dataset !== undefined) answerPage(visit, h(AskPage, { page: visit.page, dataset, form }));
}

async function takeForm(portal: Portal, visit: Visit): Promise<void> {
  const { ctx, lang, page, session } = visit;
  const fields = await readForm(ctx, FIELDS);
  if (session === undefined) requireSameOrigin(ctx);
  else await requireCsrf(ctx, fields);
  const dataset = await askedDataset(portal, visit);
  if (dataset === undefined) return;
  const values = { name: formText(fields, 'name'), email: formText(fields, 'email'), organisation: formText(fields, 'organisation'), purpose: formText(fields, 'purpose'), conditions: fields['conditions'] ?? '' };
  const wrong = check(visit, values);
  if (wrong.length > 0) return answerPage(visit, h(AskPage, { page, dataset, form: { values, errors: wrong } }), 422);
  const sent = `/${lang}/datasets/${dataset.dataset_id}/request-access/sent`;
  // Who fills in what nobody sees is a program, and learns nothing from the answer.
  if ((fields['website'] ?? '') !== '') return goOn(ctx, sent);
  const done = await tryForm(
    () => requestAccess(portal, viewerOf(session), { dataset_id: dataset.dataset_id, purpose: values.purpose, contact: { name: values.name, email: values.email, organisation: values.organisation }, language: lang, address: shortAddress(ctx.ip) }),
    (error) => sayRefusal(visit, error),
  );
  if ('refusal' in done) return answerPage(visit, h(AskPage, { page, dataset, form: { values, errors: done.refusal.errors } }), done.refusal.status);
  goOn(ctx, session === undefined ? sent : `/${lang}/me?done=asked`);
}

function check({ page, session }: Visit, values: Readonly<Record<'name' | 'email' | 'organisation' | 'purpose' | 'conditions', string>>): FieldError[] {
  const { access: words } = page.words;
  const wrong: FieldError[] = [];
  if (!isText(values.name, 1, 200) || values.name.includes('\n')) wrong.push({ field: 'name', message: words.need_name });
  if (session === undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(values.email)) wrong.push({ field: 'email', message: words.need_email });
  if (!isText(values.organisation, 0, 200) || values.organisation.includes('\n')) wrong.push({ field: 'organisation', message: words.long_organisation });
  if (!isText(values.purpose, 1, 4000)) wrong.push({ field: 'purpose', message: words.need_purpose });
  if (values.conditions !== 'yes') wrong.push({ field: 'conditions', message: words.need_conditions });
  return wrong;
}

function sayRefusal({ page, lang }: Visit, error: PortalError): readonly FieldError[] | undefined {
  const { access: words, sign_in } = page.words;
  if (error.reason === 'request_pending') return [{ field: 'purpose', message: words.already_asked, path: `/${lang}/me` }];
  if (error.code === 'too_many_requests') return [{ field: 'email', message: sign_in.too_many }];
  if (error.code === 'schema' && pointedField(error) === 'email') return [{ field: 'email', message: words.need_email }];
  return undefined;
}

async function confirm(portal: Portal, visit: Visit): Promise<void> {
  const { ctx, page } = visit;
  const fields = await readForm(ctx, []);
  if (visit.session === undefined) requireSameOrigin(ctx);
  else await requireCsrf(ctx, fields);
  let confirmed: { request_id: string };
  try {
    confirmed = await confirmAccessRequest(portal, { token: ctx.params['token'] ?? '' });
  } catch (error) {
    if (!(error instanceof PortalError && error.code === 'expired')) throw error;
    return answerPage(visit, h(ConfirmFailedPage, { page }), 410);
  }
  answerPage(visit, h(RequestConfirmedPage, { page, follow_path: `/access-requests/follow/${confirmed.request_id}/${followToken(portal, confirmed.request_id)}` }));
}
