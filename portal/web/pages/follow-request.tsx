import type { ComponentChildren, JSX } from 'preact';
import type { FollowedRequest } from '../../access/get-followed-request.ts';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { StateLabel } from '../parts/access-badge.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Checkbox, ErrorSummary, type FormState, PostForm, TextArea, TextField } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { DateText } from '../parts/time-text.tsx';
import { sceauLines, shellWord } from '../resource-address.ts';

/** What was just done, said on top of the page. */
export type FollowDone = 'corrected' | 'withdrawn' | 'attached';

interface Props {
  page: PageContext;
  request: FollowedRequest;
  /** Path of this page without its language, which holds the secret of the link. */
  path: string;
  done: FollowDone | undefined;
  form: FormState;
}

/** A request for whoever made it, without an account: where it stands, and correcting, attaching a key, withdrawing, erasing. */
export function FollowRequestPage({ page, request, path, done, form }: Props): JSX.Element {
  const { follow: words, site } = page.words;
  const open = request.ends_undecided_at !== null;
  return (
    <PageLayout page={page} facts={{ title: `${form.errors.length === 0 ? '' : site.error_prefix}${words.title}`, hidden: true }}>
      <div class="wrap narrow stack">
        {done === undefined ? null : <Notice tone="done"><p>{words.done[done]}</p></Notice>}
        <ErrorSummary page={page} form={form} />
        <h1>{words.title}</h1>
        <p class="lead">{words.lead(request.title, request.producer_name)}</p>
        <Standing page={page} request={request} />
        {request.keyless ? <AttachKey page={page} request={request} path={path} form={form} /> : null}
        <section>
          <h2>{words.said}</h2>
          <p>{request.name}{request.organisation === '' ? '' : ` (${request.organisation})`}, {request.email}</p>
          <p class="as-typed">{request.purpose}</p>
        </section>
        {request.correctable ? <Correct page={page} request={request} path={path} form={form} /> : null}
        {open ? (
          <Choice title={words.withdraw} lead={words.withdraw_lead}>
            <PostForm page={page} action={href(page, `${path}/withdraw`)}><p class="form-go"><button class="button" type="submit">{words.withdraw_button}</button></p></PostForm>
          </Choice>
        ) : null}
        <Choice title={words.erase} lead={words.erase_lead} open={form.errors.some((error) => error.field === 'erase')}>
          <PostForm page={page} action={href(page, `${path}/erase`)}>
            <Checkbox form={form} name="erase" label={words.erase_tick} />
            <p class="form-go"><button class="button button-danger" type="submit">{words.erase_button}</button></p>
          </PostForm>
        </Choice>
        <p class="note">{words.secret}</p>
      </div>
    </PageLayout>
  );
}

function Choice({ title, lead, open = false, children }: { title: string; lead: string; open?: boolean; children: ComponentChildren }): JSX.Element {
  return (
    <section>
      <h2>{title}</h2>
      <details class="entry-more" open={open}>
        <summary>{title}</summary>
        <p>{lead}</p>
        {children}
      </details>
    </section>
  );
}

function Standing({ page, request }: { page: PageContext; request: FollowedRequest }): JSX.Element {
  const { follow: words, access } = page.words;
  const { grant } = request;
  const live = grant?.state === 'active';
  const suspended = grant?.state === 'suspended';
  const over = grant !== null && !live && !suspended;
  const clocks: (readonly [string, string | null])[] = [
    [words.asked, request.asked_at],
    [words.confirmed, request.confirmed_at],
    [words.decided, request.decided_at],
    [request.state === 'awaiting_key' ? words.ends_keyless : words.ends, request.ends_undecided_at],
    [over ? words.access_over : words.access_until, grant?.ends_at ?? null],
    [words.erased_on, request.erased_by_clock_at],
  ];
  return (
    <section>
      <h2>{words.clocks}</h2>
      <p><StateLabel text={over || suspended ? access.grant_states[grant.state] : access.states[request.state]} tone={live ? 'live' : suspended || request.ends_undecided_at !== null ? 'waiting' : 'ended'} /></p>
      <p>{over ? words.over : suspended ? words.suspended : words.next[request.state]}</p>
      {live ? <CommandLines title={access.open_lines} lines={sceauLines(page.site.public_origin, request.dataset_id, [])} /> : null}
      {request.note === null || request.note === '' ? null : <blockquote class="entry-note"><p class="note">{access.answer}</p><p>{request.note}</p></blockquote>}
      <div class="facts"><dl>
        {clocks.map(([label, time]) => (time === null ? null : <div><dt>{label}</dt><dd><DateText page={page} time={time} /></dd></div>))}
        {request.fingerprint === null ? null : <div><dt>{words.digits}</dt><dd><Fingerprint fingerprint={request.fingerprint} label={words.digits} /></dd></div>}
      </dl></div>
      {over || ['refused', 'withdrawn', 'expired'].includes(request.state) ? <p><a href={href(page, `/datasets/${request.dataset_id}/request-access`)}>{words.ask_again}</a></p> : null}
    </section>
  );
}

type PartProps = Pick<Props, 'page' | 'request' | 'path' | 'form'>;

function AttachKey({ page, request, path, form }: PartProps): JSX.Element {
  const { follow: words } = page.words;
  const lines = `export SCEAU_PORTAL=${shellWord(page.site.public_origin)}\nsceau keygen --name "$(hostname)"\nsceau ask ${request.dataset_id} --request ${request.request_id}`;
  return (
    <section>
      <h2>{words.key}</h2>
      <p>{words.key_lead}</p>
      <CommandLines title={words.key_lines} lines={lines} />
      <PostForm page={page} action={href(page, `${path}/key`)}>
        <TextArea page={page} form={form} name="signed" label={words.key_paste} hint={words.key_paste_hint} max_length={60_000} rows={4} />
        <p class="form-go"><button class="button" type="submit">{words.key_button}<Icon name="arrow" /></button></p>
      </PostForm>
    </section>
  );
}

function Correct({ page, request, path, form }: PartProps): JSX.Element {
  const { follow: words, access } = page.words;
  const wrong = form.errors.some((error) => ['name', 'organisation', 'purpose'].includes(error.field));
  const values = wrong ? form.values : { name: request.name, organisation: request.organisation, purpose: request.purpose };
  const filled: FormState = { values, errors: form.errors };
  return (
    <Choice title={words.correct} lead={words.correct_hint} open={wrong}>
      <PostForm page={page} action={href(page, `${path}/correct`)}>
        <TextField page={page} form={filled} name="name" label={access.name} autocomplete="name" max_length={200} />
        <TextField page={page} form={filled} name="organisation" label={access.organisation} autocomplete="organization" max_length={200} optional />
        <TextArea page={page} form={filled} name="purpose" label={access.purpose} max_length={4000} />
        <p class="form-go"><button class="button" type="submit">{words.correct_button}</button></p>
      </PostForm>
    </Choice>
  );
}

/** Nothing is left. */
export function RequestErasedPage({ page }: { page: PageContext }): JSX.Element {
  const { follow: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.erased_title, hidden: true }}>
      <div class="wrap narrow stack">
        <div class="big-icon"><Icon name="check" large /></div>
        <h1>{words.erased_title}</h1>
        <p class="lead">{words.erased_lead}</p>
      </div>
    </PageLayout>
  );
}
