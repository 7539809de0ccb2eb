import { h } from 'preact';
import { PortalError } from '../../errors.ts';
import { readSignInCookie, setSignInCookie } from '../../http/cookies.ts';
import { readForm } from '../../http/request-body.ts';
import { newRouter, type PortalRouter, shortAddress } from '../../http/request-context.ts';
import { requireCsrf, requireSameOrigin } from '../../http/same-origin.ts';
import { beginConfirmation, beginPasskeySignIn, beginRegistration } from '../../parties/passkeys/begin-passkey.ts';
import { confirmAsDemo } from '../../parties/passkeys/confirm-as-demo.ts';
import { listPasskeys } from '../../parties/passkeys/passkey-store.ts';
import { registerPasskey } from '../../parties/passkeys/register-passkey.ts';
import { removePasskey } from '../../parties/passkeys/remove-passkey.ts';
import { isSteppedUp } from '../../parties/passkeys/require-step-up.ts';
import { safePath } from '../../parties/request-sign-in.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, goOn, sessionOrSignIn, type Visit } from '../answer-page.ts';
import { confirmedMember, PASSKEY_FIELD, sayPasskeyError } from '../confirmed-member.ts';
import { formText, tryForm } from '../form-refusal.ts';
import { type PasskeysDone, PasskeysPage } from '../pages/passkeys.tsx';
import { EMPTY_FORM, type FormState } from '../parts/form.tsx';

const DONE: readonly PasskeysDone[] = ['added', 'removed', 'confirmed'];
// Time to answer the browser's question before the last step-up runs out.
const FRESH_SECONDS = 60;

/** A member's passkeys, and the challenges that the forms of officers and operators ask for. */
export function passkeyRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', '/me/passkeys', async (visit) => {
    if (sessionOrSignIn(visit) === undefined) return;
    const { next, done } = visit.ctx.query;
    await show(portal, visit, EMPTY_FORM, { next: typeof next === 'string' ? next : '', done: DONE.find((one) => one === done) });
  });
  addPage(router, 'post', '/me/passkeys', (visit) => register(portal, visit));
  addPage(router, 'post', '/me/passkeys/options', (visit) => giveOptions(portal, visit));
  addPage(router, 'post', '/me/passkeys/remove', (visit) => remove(portal, visit));
  addPage(router, 'post', '/me/passkeys/confirm', (visit) => confirm(portal, visit));
  addPage(router, 'post', '/sign-in/passkey/options', async ({ ctx }) => {
    await readForm(ctx, ['purpose']);
    requireSameOrigin(ctx);
    const { options, browser_token } = await beginPasskeySignIn(portal, { browser_token: readSignInCookie(ctx), address: shortAddress(ctx.ip) });
    setSignInCookie(ctx, browser_token);
    ctx.body = { options };
  });
  if (portal.config.demo) {
    addPage(router, 'post', '/me/passkeys/demo', async ({ ctx }) => {
      const fields = await readForm(ctx, ['next']);
      await confirmAsDemo(portal, await requireCsrf(ctx, fields));
      goOn(ctx, safePath(fields['next'] ?? '/'));
    });
  }
  return router;
}

/** A challenge for the browser; null where the session needs none, because a passkey answered a moment ago. */
async function giveOptions(portal: Portal, { ctx }: Visit): Promise<void> {
  const fields = await readForm(ctx, ['purpose']);
  const session = await requireCsrf(ctx, fields);
  const soon = new Date(portal.clock.now().getTime() + FRESH_SECONDS * 1000);
  if (fields['purpose'] === 'register') ctx.body = { options: await beginRegistration(portal, session) };
  // Without any passkey there is nothing to ask for; the form is sent, and its answer says what to do.
  else if (fields['purpose'] === 'confirm') ctx.body = { options: session.passkeys === 0 || isSteppedUp(session.member, soon) ? null : await beginConfirmation(portal, session) };
  else throw new PortalError('bad_request', 'Say what the challenge is for.', { reason: 'malformed_parameter' });
}

async function show(portal: Portal, visit: Visit, form: FormState, o: { next: string; done?: PasskeysDone | undefined; status?: number }): Promise<void> {
  const passkeys = await listPasskeys(portal.db, visit.page.member?.member_id ?? '');
  const next_path = safePath(o.next);
  answerPage(visit, h(PasskeysPage, { page: visit.page, passkeys, form, next_path: next_path === '/' ? undefined : next_path, done: o.done }), o.status);
}

async function register(portal: Portal, visit: Visit): Promise<void> {
  const fields = await readForm(visit.ctx, ['name', 'next', PASSKEY_FIELD]);
  const session = await requireCsrf(visit.ctx, fields);
  const name = formText(fields, 'name');
  const done = await tryForm(
    () => registerPasskey(portal, session, { name, answer: fields[PASSKEY_FIELD] ?? '' }),
    (error) => (error.code === 'schema' ? [{ field: 'name', message: visit.page.words.passkeys.need_name }] : sayPasskeyError({ ...visit.page, path: `/${visit.lang}/me/passkeys` }, error)),
  );
  if ('result' in done) return goBack(visit, 'added', fields);
  await show(portal, visit, { values: { name }, errors: done.refusal.errors }, { next: fields['next'] ?? '', status: done.refusal.status });
}

async function remove(portal: Portal, visit: Visit): Promise<void> {
  const fields = await readForm(visit.ctx, ['credential_id', 'next', PASSKEY_FIELD]);
  const session = await requireCsrf(visit.ctx, fields);
  const done = await tryForm(
    async () => removePasskey(portal, await confirmedMember(portal, session, fields), { credential_id: fields['credential_id'] ?? '' }),
    (error) => sayPasskeyError({ ...visit.page, path: `/${visit.lang}/me/passkeys` }, error),
  );
  if ('result' in done) return goBack(visit, 'removed', fields);
  await show(portal, visit, { values: {}, errors: done.refusal.errors }, { next: fields['next'] ?? '', status: done.refusal.status });
}

async function confirm(portal: Portal, visit: Visit): Promise<void> {
  const fields = await readForm(visit.ctx, ['next', PASSKEY_FIELD]);
  const session = await requireCsrf(visit.ctx, fields);
  const done = await tryForm(
    () => confirmedMember(portal, session, fields),
    (error) => sayPasskeyError({ ...visit.page, path: `/${visit.lang}/me/passkeys` }, error),
  );
  if ('result' in done) return goBack(visit, 'confirmed', fields);
  await show(portal, visit, { values: {}, errors: done.refusal.errors }, { next: fields['next'] ?? '', status: done.refusal.status });
}

function goBack({ ctx, lang }: Visit, done: PasskeysDone, fields: Readonly<Record<string, string>>): void {
  goOn(ctx, `/${lang}/me/passkeys?${new URLSearchParams({ done, next: fields['next'] ?? '' }).toString()}`);
}
