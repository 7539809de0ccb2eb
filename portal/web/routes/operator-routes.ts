import { h } from 'preact';
import { isUuid } from '../../catalog/path-ids.ts';
import { PortalError } from '../../errors.ts';
import { checkHealth } from '../../health-routes.ts';
import { requireCsrf } from '../../http/same-origin.ts';
import { readForm } from '../../http/request-body.ts';
import { newRouter, type PortalRouter } from '../../http/request-context.ts';
import { confirmEnrolment } from '../../parties/confirm-enrolment.ts';
import { createNodeCode } from '../../parties/create-node-code.ts';
import { inviteProducer } from '../../parties/invite-producer.ts';
import { listEnrolments } from '../../parties/enrolment-store.ts';
import { listOpenInvitations } from '../../parties/invitation-store.ts';
import { listProducers } from '../../parties/producer-store.ts';
import { resetPasskeys } from '../../parties/passkeys/reset-passkeys.ts';
import { refuseEnrolment } from '../../parties/refuse-enrolment.ts';
import { may } from '../../policy.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, goOn, sessionOrSignIn, type Visit } from '../answer-page.ts';
import { confirmedMember, PASSKEY_FIELD, sayPasskeyError } from '../confirmed-member.ts';
import { formText, pointedField, tryForm } from '../form-refusal.ts';
import { NodeCodePage, type OperatorDone, OperatorPage } from '../pages/operator.tsx';
import { EMPTY_FORM, type FieldError, type FormState } from '../parts/form.tsx';

const DONE: readonly OperatorDone[] = ['confirmed', 'refused', 'reset'];
const INVITATION_FIELDS = ['name', 'officer_name', 'officer_email'] as const;

/** Running the portal: inviting producers, confirming them, seeing whether all is well. */
export function operatorRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', '/operator', async (visit) => {
    const session = sessionOrSignIn(visit);
    if (session === undefined) return;
    // For everybody else there is no such page.
    if (!may(session.member, 'decide_enrolment')) throw new PortalError('not_found', 'There is nothing at this address.');
    await show(portal, visit, EMPTY_FORM, { done: DONE.find((one) => one === visit.ctx.query['done']) });
  });
  addPage(router, 'post', '/operator/invitations', (visit) => invite(portal, visit));
  addPage(router, 'post', '/operator/invitations/:invitation_id/code', async (visit) => {
    const fields = await readForm(visit.ctx, [PASSKEY_FIELD]);
    const member = await confirmedMember(portal, await requireCsrf(visit.ctx, fields), fields);
    const code = await createNodeCode(portal, member, { invitation_id: idOf(visit, 'invitation_id') });
    answerPage(visit, h(NodeCodePage, { page: visit.page, ...code }));
  });
  addPage(router, 'post', '/operator/enrolments/:enrolment_id', (visit) => decideEnrolment(portal, visit));
  addPage(router, 'post', '/operator/passkeys/reset', (visit) => reset(portal, visit));
  return router;
}

async function show(portal: Portal, visit: Visit, form: FormState, o: { status?: number; tried?: string; done?: OperatorDone | undefined } = {}): Promise<void> {
  const [enrolments, invitations, producers, health] = await Promise.all([listEnrolments(portal.db), listOpenInvitations(portal.db), listProducers(portal.db), checkHealth(portal)]);
  const data = { pending: enrolments.filter(({ state }) => state === 'pending'), invitations, producers, health };
  answerPage(visit, h(OperatorPage, { page: visit.page, data, form, tried: o.tried, done: o.done }), o.status);
}

async function invite(portal: Portal, visit: Visit): Promise<void> {
  const { operator: words } = visit.page.words;
  const fields = await readForm(visit.ctx, [...INVITATION_FIELDS, PASSKEY_FIELD]);
  const session = await requireCsrf(visit.ctx, fields);
  const values = { name: formText(fields, 'name'), officer_name: formText(fields, 'officer_name'), officer_email: formText(fields, 'officer_email') };
  const done = await tryForm(
    async () => {
      const member = await confirmedMember(portal, session, fields);
      const { invitation_id } = await inviteProducer(portal, member, { ...values, language: visit.lang });
      return createNodeCode(portal, member, { invitation_id });
    },
    (error) => {
      const field = INVITATION_FIELDS.find((name) => name === pointedField(error));
      return error.code === 'schema' && field !== undefined ? [{ field, message: words[`need_${field}`] }] : sayPasskeyError({ ...visit.page, path: `/${visit.lang}/operator` }, error);
    },
  );
  if ('result' in done) return answerPage(visit, h(NodeCodePage, { page: visit.page, ...done.result }));
  await show(portal, visit, { values, errors: done.refusal.errors }, { status: done.refusal.status });
}

async function decideEnrolment(portal: Portal, visit: Visit): Promise<void> {
  const fields = await readForm(visit.ctx, ['fingerprint', 'fingerprint_confirmed', 'decision', PASSKEY_FIELD]);
  const session = await requireCsrf(visit.ctx, fields);
  const enrolment_id = idOf(visit, 'enrolment_id');
  if (fields['decision'] === 'refuse') {
    await refuseEnrolment(portal, await confirmedMember(portal, session, fields), { enrolment_id });
    return goOn(visit.ctx, `/${visit.lang}/operator?done=refused`);
  }
  const { operator: words } = visit.page.words;
  const box = (message: string): FieldError[] => [{ field: `confirmed-${enrolment_id}`, message }];
  if (fields['fingerprint_confirmed'] !== 'yes') return show(portal, visit, { values: {}, errors: box(words.need_compare) }, { status: 422, tried: enrolment_id });
  const done = await tryForm(
    async () => confirmEnrolment(portal, await confirmedMember(portal, session, fields), { enrolment_id, fingerprint: fields['fingerprint'] ?? '' }),
    (error) => {
      if (error.reason === 'fingerprint_mismatch') return box(words.mismatch);
      if (error.reason === 'name_confusable' || error.reason === 'name_mixes_scripts') return box(words[error.reason]);
      return sayPasskeyError({ ...visit.page, path: `/${visit.lang}/operator` }, error);
    },
  );
  if ('result' in done) return goOn(visit.ctx, `/${visit.lang}/operator?done=confirmed`);
  await show(portal, visit, { values: {}, errors: done.refusal.errors }, { status: done.refusal.status, tried: enrolment_id });
}

async function reset(portal: Portal, visit: Visit): Promise<void> {
  const { passkeys: words } = visit.page.words;
  const fields = await readForm(visit.ctx, ['email', 'checked', PASSKEY_FIELD]);
  const session = await requireCsrf(visit.ctx, fields);
  const values = { email: formText(fields, 'email'), checked: fields['checked'] ?? '' };
  if (values.checked !== 'yes') return show(portal, visit, { values, errors: [{ field: 'checked', message: words.need_checked }] }, { status: 422, tried: 'passkeys' });
  const done = await tryForm(
    async () => resetPasskeys(portal, await confirmedMember(portal, session, fields), values),
    (error) => {
      if (error.code === 'schema') return [{ field: 'email', message: words.need_email }];
      const said = Object.entries(words.reset_refused).find(([reason]) => reason === error.reason)?.[1];
      return said === undefined ? sayPasskeyError({ ...visit.page, path: `/${visit.lang}/operator` }, error) : [{ field: 'email', message: said }];
    },
  );
  if ('result' in done) return goOn(visit.ctx, `/${visit.lang}/operator?done=reset`);
  await show(portal, visit, { values, errors: done.refusal.errors }, { status: done.refusal.status, tried: 'passkeys' });
}

function idOf({ ctx }: Visit, name: string): string {
  const text = ctx.params[name] ?? '';
  if (!isUuid(text)) throw new PortalError('not_found', 'There is no such thing here.');
  return text;
}
