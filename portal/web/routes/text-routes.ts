import { fingerprintOf } from '#crypto';
import { h } from 'preact';
import { parseSearchQuery } from '../../catalog/search/search-query.ts';
import { searchInTime } from '../../catalog/search/search-in-time.ts';
import { searchDatasets } from '../../catalog/search/search-store.ts';
import { newRouter, type PortalRouter } from '../../http/request-context.ts';
import { latestCheckpoint } from '../../log/log-store.ts';
import { listMails } from '../../parties/mail-store.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, type Visit, visitOf } from '../answer-page.ts';
import { chooseLanguage } from '../language.ts';
import { loadExamples } from '../load-examples.ts';
import { DemoMailsPage } from '../pages/demo-mails.tsx';
import { DevelopersPage } from '../pages/developers.tsx';
import { HelpPage } from '../pages/help.tsx';
import { LEGAL_PAGES, LegalPage } from '../pages/legal.tsx';
import { VerifyPage } from '../pages/verify.tsx';

/** Pages of text: help, for developers, how to verify, the legal ones; in a demonstration also its letter box. */
export function textRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', '/help', async (visit) => answerPage(visit, h(HelpPage, { page: visit.page })));
  addPage(router, 'get', '/developers', async (visit) => answerPage(visit, h(DevelopersPage, { page: visit.page, examples: loadExamples() })));
  addPage(router, 'get', '/verify', (visit) => verify(portal, visit));
  for (const name of LEGAL_PAGES) addPage(router, 'get', `/legal/${name}`, async (visit) => answerPage(visit, h(LegalPage, { page: visit.page, name })));
  if (portal.config.demo) {
    router.get('/demo/mails', async (ctx) => {
      const visit = await visitOf(ctx, chooseLanguage(ctx.get('accept-language')));
      answerPage(visit, h(DemoMailsPage, { page: visit.page, mails: await listMails(portal.db, 100) }));
    });
  }
  return router;
}

async function verify(portal: Portal, visit: Visit): Promise<void> {
  const query = parseSearchQuery(new URLSearchParams({ limit: '1' }));
  const [log, found] = await Promise.all([latestCheckpoint(portal.db), searchInTime(portal, (db) => searchDatasets(db, { kind: 'anonymous' }, query))]);
  const data = {
    portal_fingerprint: fingerprintOf(portal.keys.key_set_digest),
    log,
    example_id: found.datasets[0]?.dataset_id ?? '3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84',
  };
  answerPage(visit, h(VerifyPage, { page: visit.page, data }));
}
