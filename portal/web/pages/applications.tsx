import type { Scope } from '#catalog-schema';
import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { StateLabel } from '../parts/access-badge.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { PostForm } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { DateText } from '../parts/time-text.tsx';
import { shellWord } from '../resource-address.ts';

/** An application as its owner sees it. */
export interface MyApplication {
  kid: string;
  name: string;
  scopes: readonly string[];
  state: 'active' | 'stopped';
  last_call_at: Date | null;
  calls: number;
}

/** The programs that call in this person's name: what each may, when it last called, and a button that stops it. */
export function ApplicationsPage({ page, applications, calls_per_hour, done }: { page: PageContext; applications: readonly MyApplication[]; calls_per_hour: number; done: boolean }): JSX.Element {
  const { applications: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.title, section: 'me', hidden: true }}>
      <div class="wrap narrow stack">
        {done ? <Notice tone="done"><p>{words.done_stopped}</p></Notice> : null}
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        <p>{words.quota(calls_per_hour)}</p>
        {applications.length === 0 ? <p class="empty">{words.none}</p> : <ul class="entries">{applications.map((one) => <OneApplication page={page} application={one} />)}</ul>}
        <CommandLines title={words.add} lines={`export SCEAU_PORTAL=${shellWord(page.site.public_origin)}\nsceau applications add ${shellWord(words.example)}`} />
        <p><a class="go go-back" href={href(page, '/me')}><Icon name="back" />{page.words.access.me_title}</a></p>
      </div>
    </PageLayout>
  );
}

function OneApplication({ page, application }: { page: PageContext; application: MyApplication }): JSX.Element {
  const { applications: words } = page.words;
  const name = application.name === '' ? application.kid.slice(0, 8) : application.name;
  return (
    <li class="entry">
      <div class="entry-head">
        <h2>{name}</h2>
        <StateLabel text={words.states[application.state]} tone={application.state === 'active' ? 'live' : 'ended'} />
      </div>
      <p class="entry-facts">{application.last_call_at === null ? words.never : <>{words.last_call} <DateText page={page} time={application.last_call_at} with_time /> · {words.calls(application.calls)}</>}</p>
      {application.scopes.length === 0 ? <p>{words.may_nothing}</p> : <ul>{application.scopes.map((scope) => <li>{isSaid(scope) ? words.scopes[scope] : scope}</li>)}</ul>}
      {application.state === 'stopped' ? null : (
        <PostForm page={page} action={href(page, '/me/applications/stop')}>
          <input type="hidden" name="kid" value={application.kid} />
          <p class="form-go"><button class="button button-danger" type="submit" aria-label={words.stop_named(name)}>{words.stop}</button></p>
        </PostForm>
      )}
    </li>
  );
}

function isSaid(scope: string): scope is Scope {
  return scope === 'catalogue:read' || scope === 'grants:read' || scope === 'packages:read';
}
