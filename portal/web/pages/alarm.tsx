import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { PostForm } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { DateText } from '../parts/time-text.tsx';

/** A decision as the link "this was not us" shows it. */
export interface AlarmedDecision {
  title: string;
  contact_name: string;
  decision: 'approved' | 'in_principle' | 'refused' | 'revoked' | 'proposed_approval' | 'proposed_refusal';
  decided_by: string;
  decided_at: Date;
}

/** Where the link in a decision's mail leads: nothing happens before the button, since mail scanners open links. */
export function AlarmPage({ page, token, alarm }: { page: PageContext; token: string; alarm: AlarmedDecision }): JSX.Element {
  const { alarm: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.title, section: 'officer', hidden: true }}>
      <div class="wrap narrow stack">
        <h1>{words.title}</h1>
        <dl class="summary">
          <div><dt>{words.decision}</dt><dd>{words.decisions[alarm.decision]}</dd></div>
          <div><dt>{words.by}</dt><dd>{alarm.decided_by}</dd></div>
          <div><dt>{words.when}</dt><dd><DateText page={page} time={alarm.decided_at} with_time /></dd></div>
          <div><dt>{words.whom}</dt><dd>{alarm.contact_name}</dd></div>
          <div><dt>{words.dataset}</dt><dd>{alarm.title}</dd></div>
        </dl>
        <p class="lead">{words.lead}</p>
        <PostForm page={page} action={href(page, `/officer/alarm/${encodeURIComponent(token)}`)}>
          <p class="form-go"><button class="button button-danger" type="submit">{words.button}</button> <a class="go go-back" href={href(page, '/')}><Icon name="back" />{words.keep}</a></p>
        </PostForm>
      </div>
    </PageLayout>
  );
}

/** What came of it, and what to do now. */
export function AlarmRaisedPage({ page, outcome }: { page: PageContext; outcome: 'suspended' | 'already_suspended' | 'nothing_open' }): JSX.Element {
  const { alarm: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.raised_title, section: 'officer', hidden: true }}>
      <div class="wrap narrow stack">
        <Notice tone="done"><p>{words.outcomes[outcome]}</p></Notice>
        <h1>{words.raised_title}</h1>
        <p class="lead">{words.raised_lead}</p>
        <p><a class="button" href={href(page, '/officer')}>{words.go_on}<Icon name="arrow" /></a></p>
      </div>
    </PageLayout>
  );
}

/** The link was used, is too old, or is none of ours: the access can be stopped by signing in all the same. */
export function AlarmFailedPage({ page }: { page: PageContext }): JSX.Element {
  const { alarm: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.failed_title, section: 'officer', hidden: true }}>
      <div class="wrap narrow stack">
        <h1>{words.failed_title}</h1>
        <p class="lead">{words.failed}</p>
        <p><a class="button" href={href(page, '/officer')}>{words.go_on}<Icon name="arrow" /></a></p>
      </div>
    </PageLayout>
  );
}
