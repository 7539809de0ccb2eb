import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { ErrorSummary, type FormState } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { ConfirmNotice, PasskeyForm } from '../parts/passkey-form.tsx';
import type { OpenAccess } from './officer.tsx';

/** A suspended access: an officer opens it again, or goes on to stop it for good. */
export function SuspendedPage({ page, grant, form }: { page: PageContext; grant: OpenAccess; form: FormState }): JSX.Element {
  const { alarm: words, site } = page.words;
  const path = `/officer/grants/${grant.grant_id}/suspended`;
  return (
    <PageLayout page={page} facts={{ title: `${form.errors.length === 0 ? '' : site.error_prefix}${words.suspended_title}`, section: 'officer', hidden: true, script: 'passkey.js' }}>
      <div class="wrap narrow stack">
        <ErrorSummary page={page} form={form} />
        <h1>{words.suspended_title}</h1>
        <p class="lead">{grant.contact_name} · {grant.title}</p>
        <p>{words.suspended_text}</p>
        <ConfirmNotice page={page} here={path} instead="node" />
        <PasskeyForm page={page} purpose="confirm" action={href(page, path)}>
          <p class="form-go"><button class="button" type="submit">{words.lift}</button> <a class="button button-danger" href={href(page, `/officer/grants/${grant.grant_id}/revoke`)}>{words.end}</a> <a class="go go-back" href={href(page, '/officer')}><Icon name="back" />{words.later}</a></p>
        </PasskeyForm>
      </div>
    </PageLayout>
  );
}
