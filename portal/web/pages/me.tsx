import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { StateLabel } from '../parts/access-badge.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { PostForm } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { AgoText, DateText } from '../parts/time-text.tsx';
import { ageLines, sceauLines, shellWord } from '../resource-address.ts';
import { sayAgo, sayDate } from '../say-amounts.ts';

/** States of a request, as stored. */
export type RequestState = 'draft' | 'submitted' | 'awaiting_key' | 'approved' | 'active' | 'refused' | 'withdrawn' | 'expired';

/** A request as whoever made it sees it. */
export interface MyRequest {
  request_id: string;
  dataset_id: string;
  title: string;
  state: RequestState;
  purpose: string;
  created_at: string;
  decided_at: string | null;
  decision_note: string | null;
  /** Its own page, without the language; undefined for a draft. */
  follow_path?: string;
  /** When the producer's node was last heard of, where only that node can grant; undefined elsewhere, null: never. */
  node_seen_at?: string | null;
}

/** An access as whoever has it sees it; `ready` once the delivery is there. */
export interface MyGrant {
  grant_id: string;
  dataset_id: string;
  title: string;
  state: 'active' | 'suspended' | 'revoked' | 'expired';
  starts_at: string;
  ends_at: string;
  ready: boolean;
  /** The producer's node prepares the delivery, and was last heard of then; undefined where the portal does. */
  node_seen_at?: string | null;
  /** Names of the sealed files as they are now. */
  files: readonly string[];
}

/** The keys that one consumer of this person receives with. */
export interface MyConsumer {
  consumer_id: string;
  name: string;
  keys: readonly { form: 'age' | 'openpgp' | 'jwe'; name: string; fingerprint: string; not_after: string | null }[];
}

/** What was just done, said on top of the page. */
export type MeDone = 'withdrawn' | 'asked' | 'ended';

const TONE: Record<RequestState, 'live' | 'waiting' | 'ended'> = { draft: 'waiting', submitted: 'waiting', awaiting_key: 'waiting', approved: 'waiting', active: 'live', refused: 'ended', withdrawn: 'ended', expired: 'ended' };

/** My requests and what came of them, with the exact lines to open the data. */
export function MePage({ page, email, requests, grants, consumers, done }: { page: PageContext; email: string; requests: readonly MyRequest[]; grants: readonly MyGrant[]; consumers: readonly MyConsumer[]; done?: MeDone | undefined }): JSX.Element {
  const { access: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.me_title, section: 'me', hidden: true }}>
      <div class="wrap narrow stack">
        {done === undefined ? null : <Notice tone="done"><p>{words[`done_${done}`]}</p></Notice>}
        <h1>{words.me_title}</h1>
        <p class="lead">{words.me_lead(email)}</p>
        <p><a class="go" href={href(page, '/me/passkeys')}>{page.words.passkeys.title}<Icon name="arrow" /></a></p>
        <p><a class="go" href={href(page, '/me/applications')}>{page.words.applications.title}<Icon name="arrow" /></a></p>
        {grants.length === 0 ? null : (
          <section>
            <h2>{words.me_grants}</h2>
            <ul class="entries">{grants.map((grant) => <OneGrant page={page} grant={grant} />)}</ul>
          </section>
        )}
        <section>
          <h2>{words.me_requests}</h2>
          {requests.length === 0
            ? <p class="empty">{words.me_none} <a href={href(page, '/datasets?access=restricted')}>{words.me_browse}</a></p>
            : <ul class="entries">{requests.map((request) => <OneRequest page={page} request={request} />)}</ul>}
        </section>
        {consumers.length === 0 ? null : (
          <section>
            <h2>{words.me_keys}</h2>
            <p>{words.me_keys_lead}</p>
            <ul class="entries">{consumers.map((consumer) => <OneConsumer page={page} consumer={consumer} />)}</ul>
          </section>
        )}
      </div>
    </PageLayout>
  );
}

function OneConsumer({ page, consumer }: { page: PageContext; consumer: MyConsumer }): JSX.Element {
  const { access: words } = page.words;
  return (
    <li class="entry">
      <h3>{consumer.name}</h3>
      {consumer.keys.length === 0 ? <p class="note">{words.keys_none}</p> : (
        <ul>
          {consumer.keys.map((key) => (
            <li>
              <strong>{key.name === '' ? words.key_forms[key.form] : key.name}</strong>{key.name === '' ? null : ` · ${words.key_forms[key.form]}`}{key.not_after === null ? null : <> · {words.key_until} <DateText page={page} time={key.not_after} /></>}
              <Fingerprint fingerprint={key.fingerprint} label={words.key_digits} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function OneGrant({ page, grant }: { page: PageContext; grant: MyGrant }): JSX.Element {
  const { access: words, dataset } = page.words;
  return (
    <li class="entry">
      <div class="entry-head">
        <h3><a href={href(page, `/datasets/${grant.dataset_id}`)}>{grant.title}</a></h3>
        <StateLabel text={words.grant_states[grant.state]} tone={grant.state === 'active' ? 'live' : grant.state === 'suspended' ? 'waiting' : 'ended'} />
      </div>
      <p class="entry-facts">{words.from_to(sayDate(page.lang, grant.starts_at), sayDate(page.lang, grant.ends_at))}{grant.state === 'active' ? ` · ${words.days_left(sayAgo(page.lang, grant.ends_at, page.now))}` : ''}</p>
      {grant.state !== 'active' ? null : !grant.ready ? <p class="note">{grant.node_seen_at === undefined ? words.being_prepared : <NodeSeen page={page} seen_at={grant.node_seen_at} text={words.node_prepares} />}</p> : (
        <details class="entry-more" open>
          <summary>{words.open_lines}</summary>
          <CommandLines title={dataset.with_sceau} lines={sceauLines(page.site.public_origin, grant.dataset_id, grant.files)} />
          <CommandLines title={dataset.with_age} lines={ageLines(grant.dataset_id, grant.files)} />
        </details>
      )}
    </li>
  );
}

function OneRequest({ page, request }: { page: PageContext; request: MyRequest }): JSX.Element {
  const { access: words } = page.words;
  const open = ['draft', 'submitted', 'awaiting_key', 'approved'].includes(request.state);
  return (
    <li class="entry">
      <div class="entry-head">
        <h3><a href={href(page, `/datasets/${request.dataset_id}`)}>{request.title}</a></h3>
        <StateLabel text={words.states[request.state]} tone={TONE[request.state]} />
      </div>
      <p class="entry-facts">{words.asked_on} <DateText page={page} time={request.created_at} />{request.decided_at === null ? null : <> · {words.decided_on} <DateText page={page} time={request.decided_at} /></>}</p>
      {request.state === 'awaiting_key' ? (
        <div class="entry-step">
          <h4>{words.attach_title}</h4>
          <p>{words.attach_text}</p>
          <CommandLines title={words.attach_lines} lines={attachLines(page.site.public_origin, request)} />
        </div>
      ) : null}
      {request.node_seen_at === undefined || (request.state !== 'submitted' && request.state !== 'approved') ? null : <p class="entry-step"><NodeSeen page={page} seen_at={request.node_seen_at} text={words.node_decides} /></p>}
      {request.state === 'approved' ? <p class="entry-step">{words.compare_soon}</p> : null}
      {request.decision_note === null || request.decision_note === '' ? null : <blockquote class="entry-note"><p class="note">{words.answer}</p><p>{request.decision_note}</p></blockquote>}
      <details class="entry-more">
        <summary>{words.your_purpose}</summary>
        <p class="as-typed">{request.purpose}</p>
      </details>
      {request.follow_path === undefined ? null : <p><a class="quiet-link" href={href(page, request.follow_path)}>{words.follow}</a></p>}
      {open ? <p><a class="quiet-link" href={href(page, `/me/requests/${request.request_id}/withdraw`)}>{words.withdraw}</a></p> : null}
    </li>
  );
}

function NodeSeen({ page, seen_at, text }: { page: PageContext; seen_at: string | null; text: string }): JSX.Element {
  const { access: words } = page.words;
  return <>{text} {seen_at === null ? words.node_never_seen : <>{words.node_seen} <AgoText page={page} time={seen_at} />.</>}</>;
}

function attachLines(public_origin: string, request: MyRequest): string {
  return `export SCEAU_PORTAL=${shellWord(public_origin)}\nsceau keygen --name "$(hostname)"\nsceau ask ${request.dataset_id} --request ${request.request_id}`;
}

/** Asks before withdrawing. */
export function WithdrawRequestPage({ page, request }: { page: PageContext; request: { request_id: string; title: string } }): JSX.Element {
  const { access: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.withdraw_title, section: 'me', hidden: true }}>
      <div class="wrap narrow stack">
        <h1>{words.withdraw_title}</h1>
        <p class="lead">{request.title}</p>
        <p>{words.withdraw_lead}</p>
        <PostForm page={page} action={href(page, `/me/requests/${request.request_id}/withdraw`)}>
          <p class="form-go"><button class="button button-danger" type="submit">{words.withdraw_button}</button> <a class="go go-back" href={href(page, '/me')}><Icon name="back" />{words.keep}</a></p>
        </PostForm>
      </div>
    </PageLayout>
  );
}
