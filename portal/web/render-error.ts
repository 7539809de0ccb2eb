import { NO_LEGAL_FACTS } from '../config.ts';
import { h } from 'preact';
import { loadAssets } from './assets.ts';
import type { Lang } from './language.ts';
import { type ErrorFacts, ErrorPage } from './pages/error.tsx';
import { renderPage } from './render-page.ts';
import { wordsOf } from './words/words.ts';

/** The page for a refused or failed request, whole; says what to do. Needs neither database nor session, which may be what failed. */
export function renderErrorPage(problem: ErrorFacts, lang: Lang, site_name = 'Sceau'): string {
  const page = {
    lang,
    words: wordsOf(lang),
    // The other language's home: what was asked for does not exist there either.
    path: `/${lang}/`,
    site: { name: site_name, public_origin: '', mail_from: '', legal: NO_LEGAL_FACTS, demo: false },
    member: undefined,
    csrf_token: undefined,
    now: new Date(0),
    asset: loadAssets().urlOf,
  };
  return renderPage(h(ErrorPage, { page, problem }));
}
