import { h } from 'preact';
import { listConsumersOfMember } from '../../access/request-list-store.ts';
import { requireText } from '../../fields.ts';
import { readForm } from '../../http/request-body.ts';
import { newRouter, type PortalRouter } from '../../http/request-context.ts';
import { requireCsrf } from '../../http/same-origin.ts';
import { listApplications } from '../../parties/application-store.ts';
import { APPLICATION_CALLS_PER_HOUR } from '../../parties/count-application-use.ts';
import { stopApplication } from '../../parties/stop-application.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, goOn, sessionOrSignIn, type Visit } from '../answer-page.ts';
import { ApplicationsPage } from '../pages/applications.tsx';

/** A person's applications: what calls in their name, and stopping it. */
export function applicationRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', '/me/applications', (visit) => show(portal, visit));
  addPage(router, 'post', '/me/applications/stop', async ({ ctx, lang }) => {
    const fields = await readForm(ctx, ['kid']);
    const { member } = await requireCsrf(ctx, fields);
    await stopApplication(portal, member, { kid: requireText(fields['kid'], '/kid', { max: 100 }) });
    goOn(ctx, `/${lang}/me/applications?done=stopped`);
  });
  return router;
}

async function show(portal: Portal, visit: Visit): Promise<void> {
  const session = sessionOrSignIn(visit);
  if (session === undefined) return;
  const consumers = await listConsumersOfMember(portal.db, session.member);
  const applications = await listApplications(portal.db, consumers.map((consumer) => consumer.consumer_id), visit.page.now);
  answerPage(visit, h(ApplicationsPage, { page: visit.page, applications, calls_per_hour: APPLICATION_CALLS_PER_HOUR, done: visit.ctx.query['done'] === 'stopped' }));
}
