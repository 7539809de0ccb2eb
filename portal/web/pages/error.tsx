import type { JSX } from 'preact';
import { passkeyWords } from '../passkey-words.ts';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { Icon } from '../parts/icon.tsx';
import { SearchForm } from '../parts/search-form.tsx';

/** What the page needs of a problem document. */
export interface ErrorFacts {
  status: number;
  code: string;
  reason?: string | undefined;
  request_id: string;
}

/** What went wrong and what to do, in the reader's language; no word of it comes from the request. */
export function ErrorPage({ page, problem }: { page: PageContext; problem: ErrorFacts }): JSX.Element {
  const { errors: words } = page.words;
  const status = knownStatus(problem.status);
  const passkey = passkeyWords(page.words.passkeys.refused, problem.reason);
  const title = passkey === undefined ? words.titles[status] : page.words.passkeys.refused_title;
  const text = passkey ?? (problem.reason === 'cross_site' || problem.reason === 'csrf' ? words.cross_site : words.texts[status]);
  return (
    <PageLayout page={page} facts={{ title, hidden: true }}>
      <div class="wrap narrow stack error-page">
        <p class="error-status" aria-hidden="true">{problem.status}</p>
        <h1>{title}</h1>
        <p class="lead">{text}</p>
        {passkey === undefined ? null : <p><a class="button" href={href(page, '/me/passkeys')}>{page.words.passkeys.refused_link}<Icon name="arrow" /></a></p>}
        {status === 401 ? <p><a class="button" href={href(page, '/sign-in')}>{words.sign_in}<Icon name="arrow" /></a></p> : null}
        {passkey === undefined && (status === 404 || status === 400) ? <SearchForm page={page} /> : null}
        <p><a class="go" href={href(page, '/')}>{words.back_home}<Icon name="arrow" /></a></p>
        {problem.status >= 500 || problem.status === 403 ? <p class="note">{words.request_id} <code translate={false}>{problem.request_id}</code></p> : null}
      </div>
    </PageLayout>
  );
}

type KnownStatus = keyof PageContext['words']['errors']['titles'];
const STATUSES: readonly KnownStatus[] = [400, 401, 403, 404, 405, 410, 413, 429, 500, 503];

function knownStatus(status: number): KnownStatus {
  return STATUSES.find((one) => one === status) ?? (status >= 500 ? 500 : 400);
}
