import type { ComponentChildren, JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { Icon } from './icon.tsx';
import { Notice } from './notice.tsx';

interface PasskeyFormProps {
  page: PageContext;
  /** `confirm`: the passkey says that it is you, unless it did in the last five minutes. */
  purpose: 'confirm' | 'register' | 'sign_in';
  action: string;
  children: ComponentChildren;
  class?: string;
}

/**
 * A form that takes a passkey's answer along: the script of `islands/passkey.ts` asks for it when the form is sent. Without script it is
 * sent without the answer, and the portal says what is missing.
 */
export function PasskeyForm({ page, purpose, action, children, class: name }: PasskeyFormProps): JSX.Element {
  const { passkeys: words } = page.words;
  return (
    <form
      method="post" action={action} class={name ?? 'form'} noValidate data-passkey={purpose}
      data-passkey-options={href(page, purpose === 'sign_in' ? '/sign-in/passkey/options' : '/me/passkeys/options')}
      data-say-failed={words.say_failed} data-say-known={words.say_known} data-say-unsupported={words.say_unsupported}
    >
      {page.csrf_token === undefined ? null : <input type="hidden" name="csrf_token" value={page.csrf_token} />}
      <input type="hidden" name="passkey_response" value="" />
      {children}
      <p class="field-error passkey-said" role="alert"></p>
    </form>
  );
}

/**
 * Before what only a confirmed person may do: says what will be asked, sends those without a passkey to register one, and tells those
 * without script what to do instead. Nothing while the last confirmation counts. `here` is the path of this page, without its language.
 */
export function ConfirmNotice({ page, here, instead }: { page: PageContext; here: string; instead: 'node' | 'portal' }): JSX.Element | null {
  const { passkeys: words } = page.words;
  const { member } = page;
  if (member === undefined || member.confirmed) return null;
  return (
    <Notice tone={member.has_passkey ? 'info' : 'care'}>
      {member.has_passkey ? <p>{words.will_ask}</p> : <p>{words.register_first} <a href={href(page, `/me/passkeys?${new URLSearchParams({ next: href(page, here) }).toString()}`)}>{words.register_link}</a></p>}
      <noscript><p>{words.no_script} {instead === 'node' ? words.no_script_node : words.no_script_portal}</p></noscript>
      {page.site.demo ? <DemoConfirm page={page} here={here} /> : null}
    </Notice>
  );
}

/** In a demonstration only: goes on without a passkey, for computers that have none. */
function DemoConfirm({ page, here }: { page: PageContext; here: string }): JSX.Element {
  const { passkeys: words } = page.words;
  return (
    <form method="post" action={href(page, '/me/passkeys/demo')} class="inline-form">
      <input type="hidden" name="csrf_token" value={page.csrf_token} />
      <input type="hidden" name="next" value={href(page, here)} />
      <p>{words.demo_lead} <button class="button button-quiet" type="submit">{words.demo_confirm}<Icon name="arrow" /></button></p>
    </form>
  );
}
