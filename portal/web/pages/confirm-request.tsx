import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { PostForm } from '../parts/form.tsx';
import { Icon } from '../parts/icon.tsx';

/** Where the link of the confirmation mail leads: nothing happens before the button, since mail scanners open links. */
export function ConfirmRequestPage({ page, token }: { page: PageContext; token: string }): JSX.Element {
  const { access: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.confirm_title, hidden: true }}>
      <div class="wrap narrow stack">
        <h1>{words.confirm_title}</h1>
        <p class="lead">{words.confirm_lead}</p>
        <PostForm page={page} action={href(page, `/access-requests/confirm/${encodeURIComponent(token)}`)}>
          <p class="form-go"><button class="button" type="submit">{words.confirm_button}<Icon name="arrow" /></button></p>
        </PostForm>
      </div>
    </PageLayout>
  );
}

/** The request is with the producer now. */
export function RequestConfirmedPage({ page, follow_path }: { page: PageContext; follow_path: string }): JSX.Element {
  const { access: words } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.confirmed_title, hidden: true }}>
      <div class="wrap narrow stack">
        <div class="big-icon"><Icon name="check" large /></div>
        <h1>{words.confirmed_title}</h1>
        <p class="lead">{words.confirmed_lead}</p>
        <p>{words.confirmed_follow}</p>
        <p class="form-go"><a class="button" href={href(page, follow_path)}>{words.confirmed_go}<Icon name="arrow" /></a></p>
      </div>
    </PageLayout>
  );
}

/** The link was used before or is too old. */
export function ConfirmFailedPage({ page }: { page: PageContext }): JSX.Element {
  const { access: words, site } = page.words;
  return (
    <PageLayout page={page} facts={{ title: words.confirm_failed_title, hidden: true }}>
      <div class="wrap narrow stack">
        <h1>{words.confirm_failed_title}</h1>
        <p class="lead">{words.confirm_failed}</p>
        <p><a href={href(page, '/me')}>{site.my_space}</a> · <a href={href(page, '/datasets?access=restricted')}>{words.me_browse}</a></p>
      </div>
    </PageLayout>
  );
}
