import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { Notice } from '../parts/notice.tsx';
import { AgoText, DateText } from '../parts/time-text.tsx';
import type { RequestState } from './me.tsx';

/** A request that waits for an officer, or for the person after an agreement in principle. */
export interface WaitingRequest {
  request_id: string;
  title: string;
  contact_name: string;
  organisation: string;
  state: RequestState;
  created_at: string;
  custody: 'none' | 'portal' | 'producer';
  proposal: { decision: 'approve' | 'refuse' } | null;
  /** When the producer's node, which decides in custody `producer`, was last heard of. */
  node_seen_at: string | null;
}

/** An access that is open now, as the officer who may stop it sees it. */
export interface OpenAccess {
  grant_id: string;
  title: string;
  contact_name: string;
  organisation: string;
  ends_at: string;
}

/** What was just done, said on top of the page. */
export type OfficerDone = 'approved' | 'in_principle' | 'refused' | 'revoked' | 'lifted' | 'proposed';

/** The officer's inbox: what waits for a decision, oldest first, and what is open now. */
export function OfficerPage({ page, producers, requests, grants, suspended = [], done }: { page: PageContext; producers: readonly string[]; requests: readonly WaitingRequest[]; grants: readonly OpenAccess[]; suspended?: readonly OpenAccess[]; done?: OfficerDone | undefined }): JSX.Element {
  const { officer: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.title, section: 'officer', hidden: true }}>
      <div class="wrap stack">
        {done === undefined ? null : <Notice tone="done"><p>{words[`done_${done}`]}</p></Notice>}
        <h1>{words.title}</h1>
        <p class="lead">{words.lead(producers.join(', '))}</p>
        <section aria-labelledby="waiting">
          <h2 id="waiting">{words.waiting}</h2>
          {requests.length === 0 ? <p class="empty">{words.none_waiting}</p> : <Waiting page={page} requests={requests} />}
        </section>
        {suspended.length === 0 ? null : (
          <section aria-labelledby="suspended">
            <h2 id="suspended">{page.words.alarm.list_title}</h2>
            <p>{page.words.alarm.list_lead}</p>
            <Live page={page} grants={suspended} suspended />
          </section>
        )}
        <section aria-labelledby="live">
          <h2 id="live">{words.live}</h2>
          {grants.length === 0 ? <p class="empty">{words.none_live}</p> : <Live page={page} grants={grants} />}
        </section>
      </div>
    </PageLayout>
  );
}

function Waiting({ page, requests }: { page: PageContext; requests: readonly WaitingRequest[] }): JSX.Element {
  const { officer: words } = page.words;
  return (
    <table class="table">
      <caption class="sr-only">{words.caption_waiting}</caption>
      <thead><tr><th scope="col">{words.column_who}</th><th scope="col">{words.column_request}</th><th scope="col">{words.column_age}</th><th scope="col"><span class="sr-only">{words.column_do}</span></th></tr></thead>
      <tbody>
        {requests.map((request) => (
          <tr>
            <th scope="row" data-label={words.column_who}>{request.contact_name}{request.organisation === '' ? null : <span class="note">{request.organisation}</span>}</th>
            <td data-label={words.column_request}>{request.title}{request.state === 'awaiting_key' ? <span class="note">{words.in_principle}</span> : request.state === 'approved' ? <span class="note">{words.to_compare}</span> : null}<AtTheNode page={page} request={request} /></td>
            <td data-label={words.column_age}><AgoText page={page} time={request.created_at} /></td>
            <td>
              {request.state === 'awaiting_key'
                ? <a class="button button-quiet" href={href(page, `/officer/requests/${request.request_id}`)} aria-label={words.read_for(request.contact_name)}>{words.read}</a>
                : <a class="button" href={href(page, `/officer/requests/${request.request_id}`)} aria-label={words.decide_for(request.contact_name)}>{words.decide}</a>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function AtTheNode({ page, request: { custody, proposal, state, node_seen_at } }: { page: PageContext; request: WaitingRequest }): JSX.Element | null {
  const { officer: words } = page.words;
  if (custody !== 'producer' || state === 'awaiting_key') return null;
  return (
    <span class="note">
      {proposal === null ? words.decided_at_node : words.was_proposed} {words.node_waiting} {node_seen_at === null ? words.node_never_seen : <>{words.node_seen} <AgoText page={page} time={node_seen_at} />.</>}
    </span>
  );
}

function Live({ page, grants, suspended = false }: { page: PageContext; grants: readonly OpenAccess[]; suspended?: boolean }): JSX.Element {
  const { officer: words } = page.words;
  return (
    <table class="table">
      <caption class="sr-only">{suspended ? page.words.alarm.list_title : words.caption_live}</caption>
      <thead><tr><th scope="col">{words.column_who}</th><th scope="col">{words.dataset}</th><th scope="col">{words.column_until}</th><th scope="col"><span class="sr-only">{words.column_do}</span></th></tr></thead>
      <tbody>
        {grants.map((grant) => (
          <tr>
            <th scope="row" data-label={words.column_who}>{grant.contact_name}{grant.organisation === '' ? null : <span class="note">{grant.organisation}</span>}</th>
            <td data-label={words.dataset}>{grant.title}</td>
            <td data-label={words.column_until}><DateText page={page} time={grant.ends_at} /></td>
            <td>
              {suspended
                ? <a class="button" href={href(page, `/officer/grants/${grant.grant_id}/suspended`)} aria-label={page.words.alarm.examine_for(grant.contact_name, grant.title)}>{page.words.alarm.examine}</a>
                : <a class="button button-quiet" href={href(page, `/officer/grants/${grant.grant_id}/revoke`)} aria-label={words.stop_for(grant.contact_name, grant.title)}>{words.stop}</a>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
