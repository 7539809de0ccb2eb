import { h } from 'preact';
import { findOpenAlarm } from '../../access/find-open-alarm.ts';
import { findGrantForProducers } from '../../access/grant-list-store.ts';
import { liftSuspension } from '../../access/lift-suspension.ts';
import { raiseAlarm } from '../../access/raise-alarm.ts';
import { askerName } from '../../access/tell-people.ts';
import { isUuid } from '../../catalog/path-ids.ts';
import { PortalError } from '../../errors.ts';
import { readForm } from '../../http/request-body.ts';
import { newRouter, type PortalRouter, shortAddress } from '../../http/request-context.ts';
import { requireCsrf, requireSameOrigin } from '../../http/same-origin.ts';
import type { Member } from '../../parties/find-session.ts';
import { takeFromRateLimit } from '../../parties/take-from-rate-limit.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, goOn, sessionOrSignIn, type Visit } from '../answer-page.ts';
import { confirmedMember, PASSKEY_FIELD, sayPasskeyError } from '../confirmed-member.ts';
import { tryForm } from '../form-refusal.ts';
import { type AlarmedDecision, AlarmFailedPage, AlarmPage, AlarmRaisedPage } from '../pages/alarm.tsx';
import type { OpenAccess } from '../pages/officer.tsx';
import { SuspendedPage } from '../pages/suspended.tsx';
import { EMPTY_FORM } from '../parts/form.tsx';

/** "This was not us": the link in every decision's mail, which needs no sign-in, and what officers do about a suspended access. */
export function alarmRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', '/officer/alarm/:token', (visit) =>
    whileItCounts(portal, visit, async (token) => answerPage(visit, h(AlarmPage, { page: visit.page, token, alarm: await shownAlarm(portal, token, visit.lang) }))));
  addPage(router, 'post', '/officer/alarm/:token', async (visit) => {
    await readForm(visit.ctx, []);
    requireSameOrigin(visit.ctx);
    await whileItCounts(portal, visit, async (token) => answerPage(visit, h(AlarmRaisedPage, { page: visit.page, ...(await raiseAlarm(portal, { token })) })));
  });
  addPage(router, 'get', '/officer/grants/:grant_id/suspended', async (visit) => {
    const session = sessionOrSignIn(visit);
    if (session !== undefined) answerPage(visit, h(SuspendedPage, { page: visit.page, grant: await suspendedAccess(portal, session.member, visit), form: EMPTY_FORM }));
  });
  addPage(router, 'post', '/officer/grants/:grant_id/suspended', (visit) => lift(portal, visit));
  return router;
}

async function whileItCounts(portal: Portal, visit: Visit, work: (token: string) => Promise<void>): Promise<void> {
  const { ctx, page } = visit;
  await takeFromRateLimit(portal, { bucket: `alarm:${shortAddress(ctx.ip)}`, limit: 120, window_seconds: 3600 });
  try {
    await work(ctx.params['token'] ?? '');
  } catch (error) {
    if (!(error instanceof PortalError) || (error.reason !== 'unknown_link' && error.reason !== 'link_used' && error.reason !== 'link_expired')) throw error;
    answerPage(visit, h(AlarmFailedPage, { page }), error.code === 'expired' ? 410 : 404);
  }
}

async function shownAlarm(portal: Portal, token: string, lang: string): Promise<AlarmedDecision> {
  const alarm = await findOpenAlarm(portal, token);
  return { ...alarm, contact_name: askerName(alarm, lang) };
}

async function suspendedAccess(portal: Portal, member: Member, { ctx, page }: Visit): Promise<OpenAccess> {
  const { grant_id = '' } = ctx.params;
  const found = isUuid(grant_id) ? await findGrantForProducers(portal.db, member.officer_of, grant_id, page.now) : undefined;
  if (found?.state !== 'suspended') throw new PortalError('not_found', 'There is no such access.');
  return { ...found, contact_name: found.contact.name, organisation: found.contact.organisation };
}

async function lift(portal: Portal, visit: Visit): Promise<void> {
  const fields = await readForm(visit.ctx, [PASSKEY_FIELD]);
  const session = await requireCsrf(visit.ctx, fields);
  const grant = await suspendedAccess(portal, session.member, visit);
  const done = await tryForm(
    async () => liftSuspension(portal, await confirmedMember(portal, session, fields), { grant_id: grant.grant_id }),
    (error) => sayPasskeyError(visit.page, error),
  );
  if ('result' in done) return goOn(visit.ctx, `/${visit.lang}/officer?done=lifted`);
  answerPage(visit, h(SuspendedPage, { page: visit.page, grant, form: { values: {}, errors: done.refusal.errors } }), done.refusal.status);
}
