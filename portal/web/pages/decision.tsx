import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { StateLabel } from '../parts/access-badge.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Checkbox, ErrorSummary, type FormState, TextArea, TextField } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { ConfirmNotice, PasskeyForm } from '../parts/passkey-form.tsx';
import { AgoText, DateText } from '../parts/time-text.tsx';
import type { RequestState } from './me.tsx';

/** A request as the officer who decides it reads it. */
export interface RequestToDecide {
  request_id: string;
  dataset_id: string;
  title: string;
  custody: 'none' | 'portal' | 'producer';
  contact_name: string;
  contact_email: string;
  organisation: string;
  purpose: string;
  state: RequestState;
  /** Six groups of five digits; null while no computer is attached. */
  fingerprint: string | null;
  created_at: string;
  decided_at: string | null;
  decision_note: string | null;
  /** What an officer proposed to the node, where only the producer holds the key. */
  proposal: { decision: 'approve' | 'refuse'; by: string; at: string } | null;
  /** When the producer's node was last heard of; null: never. */
  node_seen_at: string | null;
}

/** One request, everything needed to decide it, and the decision. `example` is a date that the end date's field accepts. */
export function DecisionPage({ page, request, form, example, conflict = false }: { page: PageContext; request: RequestToDecide; form: FormState; example: string; conflict?: boolean }): JSX.Element {
  const { officer: words, access, site } = page.words;
  const open = request.state === 'submitted' || request.state === 'approved';
  return (
    <PageLayout page={page} facts={{ title: `${form.errors.length === 0 ? '' : site.error_prefix}${words.from(request.contact_name)}`, section: 'officer', hidden: true, script: 'passkey.js' }}>
      <div class="wrap narrow stack">
        <p><a class="go go-back" href={href(page, '/officer')}><Icon name="back" />{words.back}</a></p>
        <ErrorSummary page={page} form={form} />
        {conflict ? <Notice tone="care"><p>{words.conflict}</p></Notice> : null}
        <h1>{words.from(request.contact_name)}</h1>
        <dl class="summary">
          <div><dt>{words.dataset}</dt><dd><a href={href(page, `/datasets/${request.dataset_id}`)}>{request.title}</a></dd></div>
          <div><dt>{words.organisation}</dt><dd>{request.organisation === '' ? words.none : request.organisation}</dd></div>
          <div><dt>{words.email}</dt><dd><a href={`mailto:${request.contact_email}`}>{request.contact_email}</a></dd></div>
          <div><dt>{words.received}</dt><dd><DateText page={page} time={request.created_at} with_time /> (<AgoText page={page} time={request.created_at} />)</dd></div>
          <div><dt>{words.purpose}</dt><dd class="as-typed">{request.purpose}</dd></div>
        </dl>
        {open && request.custody === 'producer' ? <AtTheNode page={page} request={request} /> : null}
        {open ? <ConfirmNotice page={page} here={`/officer/requests/${request.request_id}`} instead="node" /> : null}
        {open ? <DecisionForm page={page} request={request} form={form} example={example} /> : (
          <section class="decided">
            <h2>{request.state === 'awaiting_key' ? words.in_principle : words.already_decided}</h2>
            <dl class="summary">
              <div><dt>{words.state}</dt><dd><StateLabel text={access.states[request.state]} tone={request.state === 'active' ? 'live' : request.state === 'awaiting_key' ? 'waiting' : 'ended'} /></dd></div>
              {request.decided_at === null ? null : <div><dt>{words.decided_on}</dt><dd><DateText page={page} time={request.decided_at} with_time /></dd></div>}
              {request.decision_note === null || request.decision_note === '' ? null : <div><dt>{words.note}</dt><dd class="as-typed">{request.decision_note}</dd></div>}
            </dl>
          </section>
        )}
      </div>
    </PageLayout>
  );
}

/** Where the producer alone holds the key: what a click here is worth, what was proposed, and how to decide. */
function AtTheNode({ page, request }: { page: PageContext; request: RequestToDecide }): JSX.Element {
  const { officer: words } = page.words;
  const { proposal, node_seen_at } = request;
  return (
    <section class="compare">
      <h2>{words.node_title}</h2>
      <p>{words.node_text}</p>
      {proposal === null ? null : <p><strong>{proposal.decision === 'approve' ? words.proposed_approval(proposal.by) : words.proposed_refusal(proposal.by)}</strong> (<AgoText page={page} time={proposal.at} />)</p>}
      <p>{words.node_waiting} {node_seen_at === null ? words.node_never_seen : <>{words.node_seen} <AgoText page={page} time={node_seen_at} />.</>}</p>
      <CommandLines title={words.node_lines} lines={`sceau-node requests\nsceau-node approve ${request.request_id}`} />
    </section>
  );
}

function DecisionForm({ page, request, form, example }: { page: PageContext; request: RequestToDecide; form: FormState; example: string }): JSX.Element {
  const { officer: words } = page.words;
  const { fingerprint } = request;
  const by_node = request.custody === 'producer';
  return (
    <PasskeyForm page={page} purpose="confirm" action={href(page, `/officer/requests/${request.request_id}`)}>
      {fingerprint === null ? (
        <section class="compare">
          <h2>{words.no_key_title}</h2>
          <p>{words.no_key_text}</p>
        </section>
      ) : (
        <section class="compare">
          <input type="hidden" name="fingerprint" value={fingerprint} />
          <h2><Icon name="phone" />{words.compare_title}</h2>
          <p>{words.compare_text(request.contact_name)}</p>
          <Fingerprint fingerprint={fingerprint} label={words.compare_label} large />
          <p>{words.compare_different}</p>
          {by_node ? <p>{words.compare_at_node}</p> : <Checkbox form={form} name="fingerprint_confirmed" label={words.compare_box(request.contact_name)} />}
        </section>
      )}
      <fieldset>
        <legend>{by_node ? words.proposal : words.decision}</legend>
        <TextField page={page} form={form} name="ends_on" type="date" width="short" label={words.ends_on} hint={words.ends_on_hint(example)} />
        <TextArea page={page} form={form} name="note" label={words.note} hint={words.note_hint} max_length={2000} rows={4} optional />
      </fieldset>
      {request.custody === 'portal' ? <p class="note">{words.trust_portal}</p> : null}
      <p class="note">{words.mail_note}</p>
      <p class="form-go">
        <button class="button" type="submit" name="decision" value="approve">{fingerprint === null ? words.approve_principle : by_node ? words.propose_approval : words.approve}</button>
        {' '}<button class="button button-quiet" type="submit" name="decision" value="refuse">{by_node ? words.propose_refusal : words.refuse}</button>
      </p>
    </PasskeyForm>
  );
}
