import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { ErrorSummary, type FormState, TextField } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { ConfirmNotice, PasskeyForm } from '../parts/passkey-form.tsx';
import type { OpenAccess } from './officer.tsx';

/** Asks before stopping an access, and says what stopping does and does not do. */
export function RevokePage({ page, grant, form }: { page: PageContext; grant: OpenAccess; form: FormState }): JSX.Element {
  const { officer: words, site } = page.words;
  return (
    <PageLayout page={page} facts={{ title: `${form.errors.length === 0 ? '' : site.error_prefix}${words.revoke_title}`, section: 'officer', hidden: true, script: 'passkey.js' }}>
      <div class="wrap narrow stack">
        <ErrorSummary page={page} form={form} />
        <h1>{words.revoke_title}</h1>
        <p class="lead">{grant.contact_name} · {grant.title}</p>
        <p>{words.revoke_text(grant.contact_name)}</p>
        <ConfirmNotice page={page} here={`/officer/grants/${grant.grant_id}/revoke`} instead="node" />
        <PasskeyForm page={page} purpose="confirm" action={href(page, `/officer/grants/${grant.grant_id}/revoke`)}>
          <TextField page={page} form={form} name="reason" label={words.revoke_reason} hint={words.revoke_reason_hint} max_length={500} />
          <p class="form-go"><button class="button button-danger" type="submit">{words.revoke_button}</button> <a class="go go-back" href={href(page, '/officer')}><Icon name="back" />{words.revoke_keep}</a></p>
        </PasskeyForm>
      </div>
    </PageLayout>
  );
}
