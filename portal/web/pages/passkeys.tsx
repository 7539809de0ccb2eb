import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { ErrorSummary, type FormState, TextField } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice } from '../parts/notice.tsx';
import { PasskeyForm } from '../parts/passkey-form.tsx';
import { DateText } from '../parts/time-text.tsx';

/** A passkey as its member sees it. */
export interface MyPasskey {
  credential_id: string;
  name: string;
  created_at: Date;
  last_used_at: Date | null;
}

/** What was just done, said on top of the page. */
export type PasskeysDone = 'added' | 'removed' | 'confirmed';

/** The member's passkeys: which there are, adding one, removing one. `next_path` is where the member came from. */
export function PasskeysPage({ page, passkeys, form, next_path, done }: { page: PageContext; passkeys: readonly MyPasskey[]; form: FormState; next_path: string | undefined; done?: PasskeysDone | undefined }): JSX.Element {
  const { passkeys: words, site } = page.words;
  return (
    <PageLayout page={page} facts={{ title: `${form.errors.length === 0 ? '' : site.error_prefix}${words.title}`, section: 'me', hidden: true, script: 'passkey.js' }}>
      <div class="wrap narrow stack">
        {done === undefined ? null : <Notice tone="done"><p>{words[`done_${done}`]}</p>{next_path === undefined ? null : <p><a class="go" href={next_path}>{words.go_on}<Icon name="arrow" /></a></p>}</Notice>}
        <ErrorSummary page={page} form={form} />
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        <p>{words.why}</p>
        <section aria-labelledby="mine">
          <h2 id="mine">{words.mine}</h2>
          {passkeys.length === 0 ? <p class="empty">{words.none}</p> : <ul class="entries">{passkeys.map((one) => <OnePasskey page={page} passkey={one} next_path={next_path} />)}</ul>}
        </section>
        <section aria-labelledby="add">
          <h2 id="add">{words.add_title}</h2>
          <p>{passkeys.length === 0 ? words.add_first : words.add_more}</p>
          {passkeys.length > 0 && page.member?.confirmed !== true ? (
            <PasskeyForm page={page} purpose="confirm" action={href(page, '/me/passkeys/confirm')}>
              <p>{words.confirm_first}</p>
              <NextField next_path={next_path} />
              <p class="form-go"><button class="button" type="submit">{words.confirm}<Icon name="arrow" /></button></p>
            </PasskeyForm>
          ) : (
            <PasskeyForm page={page} purpose="register" action={href(page, '/me/passkeys')}>
              <TextField page={page} form={form} name="name" label={words.name} hint={words.name_hint} autocomplete="off" max_length={100} />
              <NextField next_path={next_path} />
              <p class="form-go"><button class="button" type="submit">{words.add}<Icon name="arrow" /></button></p>
            </PasskeyForm>
          )}
          <noscript><Notice tone="care"><p>{words.no_script} {words.no_script_register}</p></Notice></noscript>
        </section>
        <section aria-labelledby="lost">
          <h2 id="lost">{words.lost_title}</h2>
          <p>{words.lost}</p>
        </section>
      </div>
    </PageLayout>
  );
}

function NextField({ next_path }: { next_path: string | undefined }): JSX.Element | null {
  return next_path === undefined ? null : <input type="hidden" name="next" value={next_path} />;
}

function OnePasskey({ page, passkey, next_path }: { page: PageContext; passkey: MyPasskey; next_path: string | undefined }): JSX.Element {
  const { passkeys: words } = page.words;
  return (
    <li class="entry">
      <div class="entry-head"><h3>{passkey.name}</h3></div>
      <p class="entry-facts">
        {words.added_on} <DateText page={page} time={passkey.created_at} /> · {passkey.last_used_at === null ? words.never_used : <>{words.last_used} <DateText page={page} time={passkey.last_used_at} with_time /></>}
      </p>
      <PasskeyForm page={page} purpose="confirm" action={href(page, '/me/passkeys/remove')} class="inline-form">
        <input type="hidden" name="credential_id" value={passkey.credential_id} />
        <NextField next_path={next_path} />
        <button class="button button-quiet" type="submit" aria-label={words.remove_named(passkey.name)}>{words.remove}</button>
      </PasskeyForm>
    </li>
  );
}
