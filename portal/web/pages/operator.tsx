import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { StateLabel } from '../parts/access-badge.tsx';
import { CommandLines } from '../parts/command-lines.tsx';
import { Fingerprint } from '../parts/fingerprint.tsx';
import { Checkbox, EMPTY_FORM, ErrorSummary, type FormState, TextField } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { ConfirmNotice, PasskeyForm } from '../parts/passkey-form.tsx';
import { AgoText, DateText } from '../parts/time-text.tsx';
import { shellWord } from '../resource-address.ts';
import { sayNumber } from '../say-amounts.ts';

/** A node that waits for its fingerprint to be compared. */
export interface PendingEnrolment {
  enrolment_id: string;
  producer_name: string;
  invitation_name: string;
  officer_email: string;
  fingerprint: string;
  created_at: Date;
}

/** All that the operator sees. */
export interface OperatorData {
  pending: readonly PendingEnrolment[];
  invitations: readonly { invitation_id: string; name: string; officer_email: string; created_at: Date; code_expires_at: Date | null }[];
  producers: readonly { producer_id: string; name: string; state: 'active' | 'suspended'; datasets: number }[];
  health: Readonly<Record<'database' | 'store' | 'broker' | 'log', 'ok' | 'failing'>>;
}

/** What was just done, said on top of the page. */
export type OperatorDone = 'confirmed' | 'refused' | 'reset';

/** The operator's page: who waits, who is invited, who publishes, whether all is well. `tried` is the enrolment whose form came back, or `passkeys`. */
export function OperatorPage({ page, data, form, tried, done }: { page: PageContext; data: OperatorData; form: FormState; tried?: string | undefined; done?: OperatorDone | undefined }): JSX.Element {
  const { operator: words, site } = page.words;
  return (
    <PageLayout page={page} facts={{ title: `${form.errors.length === 0 ? '' : site.error_prefix}${words.title}`, section: 'operator', hidden: true, script: 'passkey.js' }}>
      <div class="wrap narrow stack">
        {done === undefined ? null : <Notice tone="done"><p>{words[`done_${done}`]}</p></Notice>}
        <ErrorSummary page={page} form={form} />
        <h1>{words.title}</h1>
        <ConfirmNotice page={page} here="/operator" instead="portal" />
        <section aria-labelledby="pending">
          <h2 id="pending">{words.waiting}</h2>
          {data.pending.length === 0 ? <p class="empty">{words.none_waiting}</p> : <p>{words.waiting_text}</p>}
          {data.pending.map((one) => <Pending page={page} enrolment={one} form={one.enrolment_id === tried ? form : EMPTY_FORM} />)}
        </section>
        <section aria-labelledby="invite">
          <h2 id="invite">{words.invite_title}</h2>
          <p>{words.invite_lead}</p>
          <InviteForm page={page} form={tried === undefined ? form : EMPTY_FORM} />
        </section>
        <Invitations page={page} data={data} />
        <Producers page={page} data={data} />
        <ResetPasskeys page={page} form={tried === 'passkeys' ? form : EMPTY_FORM} />
        <Health page={page} data={data} />
      </div>
    </PageLayout>
  );
}

function Pending({ page, enrolment, form }: { page: PageContext; enrolment: PendingEnrolment; form: FormState }): JSX.Element {
  const { operator: words } = page.words;
  return (
    <div class="compare" id={`enrolment-${enrolment.enrolment_id}`}>
      <h3>{enrolment.producer_name}</h3>
      <dl class="summary">
        {enrolment.invitation_name === enrolment.producer_name ? null : <div><dt>{words.invited_as}</dt><dd>{enrolment.invitation_name}</dd></div>}
        <div><dt>{words.officer}</dt><dd>{enrolment.officer_email}</dd></div>
        <div><dt>{words.since}</dt><dd><AgoText page={page} time={enrolment.created_at} /></dd></div>
      </dl>
      <Fingerprint fingerprint={enrolment.fingerprint} label={words.compare_label} large />
      <PasskeyForm page={page} purpose="confirm" action={href(page, `/operator/enrolments/${enrolment.enrolment_id}`)}>
        <input type="hidden" name="fingerprint" value={enrolment.fingerprint} />
        <Checkbox form={form} name="fingerprint_confirmed" label={words.compare_box} id={`confirmed-${enrolment.enrolment_id}`} />
        <p class="form-go"><button class="button" type="submit" name="decision" value="confirm">{words.confirm}</button> <button class="button button-quiet" type="submit" name="decision" value="refuse">{words.refuse}</button></p>
      </PasskeyForm>
    </div>
  );
}

function InviteForm({ page, form }: { page: PageContext; form: FormState }): JSX.Element {
  const { operator: words } = page.words;
  return (
    <PasskeyForm page={page} purpose="confirm" action={href(page, '/operator/invitations')}>
      <TextField page={page} form={form} name="name" label={words.name} hint={words.name_hint} autocomplete="off" max_length={200} />
      <TextField page={page} form={form} name="officer_name" label={words.officer_name} autocomplete="off" max_length={200} />
      <TextField page={page} form={form} name="officer_email" type="email" label={words.officer_email} autocomplete="off" max_length={254} />
      <p class="form-go"><button class="button" type="submit">{words.invite}<Icon name="arrow" /></button></p>
    </PasskeyForm>
  );
}

function Invitations({ page, data }: { page: PageContext; data: OperatorData }): JSX.Element {
  const { operator: words } = page.words;
  return (
    <section aria-labelledby="invitations">
      <h2 id="invitations">{words.invitations}</h2>
      {data.invitations.length === 0 ? <p class="empty">{words.none_invitations}</p> : (
        <table class="table">
          <caption class="sr-only">{words.invitations}</caption>
          <thead><tr><th scope="col">{words.column_name}</th><th scope="col">{words.column_sent}</th><th scope="col">{words.column_code}</th><th scope="col"><span class="sr-only">{words.column_do}</span></th></tr></thead>
          <tbody>
            {data.invitations.map((one) => (
              <tr>
                <th scope="row" data-label={words.column_name}>{one.name}<span class="note">{one.officer_email}</span></th>
                <td data-label={words.column_sent}><AgoText page={page} time={one.created_at} /></td>
                <td data-label={words.column_code}>{one.code_expires_at === null ? words.code_none : one.code_expires_at <= page.now ? words.code_expired : <>{words.code_valid} <DateText page={page} time={one.code_expires_at} with_time /></>}</td>
                <td>
                  <PasskeyForm page={page} purpose="confirm" action={href(page, `/operator/invitations/${one.invitation_id}/code`)} class="inline-form">
                    <button class="button button-quiet" type="submit" aria-label={words.new_code_for(one.name)}>{words.new_code}</button>
                  </PasskeyForm>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Producers({ page, data }: { page: PageContext; data: OperatorData }): JSX.Element {
  const { operator: words } = page.words;
  return (
    <section aria-labelledby="producers">
      <h2 id="producers">{words.producers}</h2>
      <table class="table">
        <caption class="sr-only">{words.producers}</caption>
        <thead><tr><th scope="col">{words.column_name}</th><th scope="col">{words.column_datasets}</th><th scope="col">{words.column_state}</th></tr></thead>
        <tbody>
          {data.producers.map((one) => (
            <tr>
              <th scope="row" data-label={words.column_name}><a href={href(page, `/producers/${one.producer_id}`)}>{one.name}</a></th>
              <td data-label={words.column_datasets}>{sayNumber(page.lang, one.datasets)}</td>
              <td data-label={words.column_state}><StateLabel text={words.states[one.state]} tone={one.state === 'active' ? 'live' : 'ended'} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ResetPasskeys({ page, form }: { page: PageContext; form: FormState }): JSX.Element {
  const { passkeys: words } = page.words;
  return (
    <section aria-labelledby="passkeys">
      <h2 id="passkeys">{words.reset_title}</h2>
      <p>{words.reset_lead}</p>
      <PasskeyForm page={page} purpose="confirm" action={href(page, '/operator/passkeys/reset')}>
        <TextField page={page} form={form} name="email" type="email" label={words.reset_email} autocomplete="off" max_length={254} />
        <Checkbox form={form} name="checked" label={words.reset_checked} />
        <p class="form-go"><button class="button button-danger" type="submit">{words.reset}</button></p>
      </PasskeyForm>
    </section>
  );
}

const CHECKS = ['database', 'store', 'broker', 'log'] as const;

function Health({ page, data }: { page: PageContext; data: OperatorData }): JSX.Element {
  const { operator: words } = page.words;
  return (
    <section aria-labelledby="health">
      <h2 id="health">{words.health}</h2>
      <dl class="summary">
        {CHECKS.map((name) => <div><dt>{words.checks[name]}</dt><dd><StateLabel text={words.check_states[data.health[name]]} tone={data.health[name] === 'ok' ? 'live' : 'waiting'} /></dd></div>)}
      </dl>
    </section>
  );
}

/** The one-time code, shown once, in the answer to the form that made it. */
export function NodeCodePage({ page, name, code, expires_at }: { page: PageContext; name: string; code: string; expires_at: string }): JSX.Element {
  const { operator: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.code_title(name), section: 'operator', hidden: true }}>
      <div class="wrap narrow stack">
        <h1>{words.code_title(name)}</h1>
        <p class="lead">{words.code_lead}</p>
        <p class="one-time-code" role="group" aria-label={words.code_label} translate={false}>{code}</p>
        <p>{words.code_until} <DateText page={page} time={expires_at} with_time />.</p>
        <CommandLines title={words.code_lines} lines={`sceau-node init --name ${shellWord(name)}\nsceau-node enrol --portal ${shellWord(page.site.public_origin)}`} />
        <p><a class="button" href={href(page, '/operator')}>{words.code_done}</a></p>
      </div>
    </PageLayout>
  );
}
