import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { EMPTY_FORM, ErrorSummary, type FormState, PostForm, TextField } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { PasskeyForm } from '../parts/passkey-form.tsx';

/** Where to go after signing in travels with the forms. */
function NextField({ next_path }: { next_path: string | undefined }): JSX.Element | null {
  return next_path === undefined ? null : <input type="hidden" name="next" value={next_path} />;
}

function EmailForm({ page, form, next_path }: { page: PageContext; form: FormState; next_path: string | undefined }): JSX.Element {
  const { sign_in: words } = page.words;
  return (
    <PostForm page={page} action={href(page, '/sign-in')}>
      <TextField page={page} form={form} name="email" type="email" label={words.email} hint={words.email_hint} autocomplete="email" max_length={254} />
      <NextField next_path={next_path} />
      <p class="form-go"><button class="button" type="submit">{words.send}<Icon name="arrow" /></button></p>
    </PostForm>
  );
}

function PasskeySignIn({ page, next_path }: { page: PageContext; next_path: string | undefined }): JSX.Element {
  const { passkeys: words } = page.words;
  return (
    <section aria-labelledby="with-passkey">
      <h2 id="with-passkey">{words.sign_in_title}</h2>
      <p>{words.sign_in_lead}</p>
      <PasskeyForm page={page} purpose="sign_in" action={href(page, '/sign-in/passkey')}>
        <NextField next_path={next_path} />
        <p class="form-go"><button class="button button-quiet" type="submit">{words.sign_in}</button></p>
      </PasskeyForm>
      <noscript><p class="note">{words.sign_in_no_script}</p></noscript>
    </section>
  );
}

/** Asks for the address to which link and code go. `reason` says why somebody was led here. */
export function SignInPage({ page, form, next_path, reason }: { page: PageContext; form: FormState; next_path?: string | undefined; reason?: 'needed' | 'signed_out' | undefined }): JSX.Element {
  const { sign_in: words, site } = page.words;
  return (
    <PageLayout page={page} facts={{ title: `${form.errors.length === 0 ? '' : site.error_prefix}${words.title}`, section: 'sign-in', hidden: true, script: 'passkey.js' }}>
      <div class="wrap narrow stack">
        {reason === undefined ? null : <Notice tone={reason === 'signed_out' ? 'done' : 'info'}><p>{words[reason]}</p></Notice>}
        <ErrorSummary page={page} form={form} />
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        <EmailForm page={page} form={form} next_path={next_path} />
        <PasskeySignIn page={page} next_path={next_path} />
        <p class="note">{words.who}</p>
      </div>
    </PageLayout>
  );
}

/** After the mail left, and wherever a code is needed: the code's form, with the address when it is not known. */
export function SignInCodePage({ page, form, email, note }: { page: PageContext; form: FormState; email: string | undefined; note?: 'other_browser' | undefined }): JSX.Element {
  const { sign_in: words, site } = page.words;
  const title = note === undefined ? words.sent_title : words.link_failed_title;
  return (
    <PageLayout page={page} facts={{ title: `${form.errors.length === 0 ? '' : site.error_prefix}${title}`, section: 'sign-in', hidden: true }}>
      <div class="wrap narrow stack">
        <ErrorSummary page={page} form={form} />
        {note === undefined ? <div class="big-icon"><Icon name="mail" large /></div> : null}
        <h1>{title}</h1>
        <p class="lead">{note === undefined ? words.sent_lead : words.link_other_browser}</p>
        {page.site.demo ? <p><a class="button" href="/demo/mails">{site.demo_mails}<Icon name="arrow" /></a></p> : null}
        <PostForm page={page} action={href(page, '/sign-in/code')}>
          {email === undefined
            ? <TextField page={page} form={form} name="email" type="email" label={words.email} hint={words.email_hint} autocomplete="email" max_length={254} />
            : <input type="hidden" name="email" value={email} />}
          <TextField page={page} form={form} name="code" label={words.code} hint={words.code_hint} width="code" autocomplete="one-time-code" max_length={20} />
          <p class="form-go"><button class={page.site.demo ? 'button button-quiet' : 'button'} type="submit">{words.use_code}</button></p>
        </PostForm>
        <p><a href={href(page, '/sign-in')}>{words.again}</a></p>
      </div>
    </PageLayout>
  );
}

/** Where the mail's link leads: nothing happens before the button, since mail scanners open links. */
export function SignInLinkPage({ page, token }: { page: PageContext; token: string }): JSX.Element {
  const { sign_in: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.link_title, section: 'sign-in', hidden: true }}>
      <div class="wrap narrow stack">
        <h1>{words.link_title}</h1>
        <p class="lead">{words.link_lead}</p>
        <PostForm page={page} action={href(page, `/sign-in/${encodeURIComponent(token)}`)}>
          <p class="form-go"><button class="button" type="submit">{words.link_button}<Icon name="arrow" /></button></p>
        </PostForm>
      </div>
    </PageLayout>
  );
}

/** The link was used, is too old, or is none of ours. */
export function SignInFailedPage({ page }: { page: PageContext }): JSX.Element {
  const { sign_in: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.link_failed_title, section: 'sign-in', hidden: true }}>
      <div class="wrap narrow stack">
        <h1>{words.link_failed_title}</h1>
        <p class="lead">{words.link_unknown}</p>
        <EmailForm page={page} form={EMPTY_FORM} next_path={undefined} />
      </div>
    </PageLayout>
  );
}
