import { h } from 'preact';
import { PortalError } from '../../errors.ts';
import { clearSessionCookie, clearSignInCookie, readSessionCookie, readSignInCookie, setSessionCookie, setSignInCookie } from '../../http/cookies.ts';
import { requireCsrf, requireSameOrigin } from '../../http/same-origin.ts';
import { readForm } from '../../http/request-body.ts';
import { newRouter, type PortalRouter, shortAddress } from '../../http/request-context.ts';
import { completeSignIn } from '../../parties/complete-sign-in.ts';
import { findSession } from '../../parties/find-session.ts';
import type { NewSession } from '../../parties/open-session.ts';
import { signInWithPasskey } from '../../parties/passkeys/sign-in-with-passkey.ts';
import { requestSignIn } from '../../parties/request-sign-in.ts';
import { signOut } from '../../parties/sign-out.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, goOn, type Visit } from '../answer-page.ts';
import { PASSKEY_FIELD } from '../confirmed-member.ts';
import { formText, tryForm } from '../form-refusal.ts';
import { SignInCodePage, SignInFailedPage, SignInLinkPage, SignInPage } from '../pages/sign-in.tsx';
import { EMPTY_FORM } from '../parts/form.tsx';
import { passkeyWords } from '../passkey-words.ts';

/** Signing in by mail, with the link or with its code, or by passkey, and signing out. */
export function signInRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', '/sign-in', async (visit) => {
    const { next, reason } = visit.ctx.query;
    answerPage(visit, h(SignInPage, { page: visit.page, form: EMPTY_FORM, next_path: typeof next === 'string' ? next : undefined, reason: reason === 'needed' || reason === 'signed_out' ? reason : undefined }));
  });
  addPage(router, 'post', '/sign-in', (visit) => askForLink(portal, visit));
  addPage(router, 'post', '/sign-in/code', (visit) => enterByCode(portal, visit));
  addPage(router, 'post', '/sign-in/passkey', (visit) => enterByPasskey(portal, visit));
  addPage(router, 'get', '/sign-in/:token', async (visit) => answerPage(visit, h(SignInLinkPage, { page: visit.page, token: visit.ctx.params['token'] ?? '' })));
  addPage(router, 'post', '/sign-in/:token', (visit) => enterByLink(portal, visit));
  addPage(router, 'post', '/sign-out', async (visit) => {
    await requireCsrf(visit.ctx, await readForm(visit.ctx, []));
    await signOut(portal, readSessionCookie(visit.ctx) ?? '');
    clearSessionCookie(visit.ctx);
    goOn(visit.ctx, `/${visit.lang}/sign-in?reason=signed_out`);
  });
  return router;
}

async function askForLink(portal: Portal, visit: Visit): Promise<void> {
  const { ctx, lang, page } = visit;
  const fields = await readForm(ctx, ['email', 'next']);
  requireSameOrigin(ctx);
  const email = formText(fields, 'email');
  const next_path = fields['next'] ?? `/${lang}/`;
  const done = await tryForm(
    () => requestSignIn(portal, { email, language: lang, next_path, address: shortAddress(ctx.ip) }),
    (error) => (error.code === 'schema' ? [{ field: 'email', message: page.words.sign_in.need_email }] : error.code === 'too_many_requests' ? [{ field: 'email', message: page.words.sign_in.too_many }] : undefined),
  );
  if ('refusal' in done) return answerPage(visit, h(SignInPage, { page, form: { values: { email }, errors: done.refusal.errors }, next_path: fields['next'] }), done.refusal.status);
  setSignInCookie(ctx, done.result.browser_token);
  answerPage(visit, h(SignInCodePage, { page, form: EMPTY_FORM, email: done.result.email }));
}

async function enterByLink(portal: Portal, visit: Visit): Promise<void> {
  const { ctx, page } = visit;
  await readForm(ctx, []);
  requireSameOrigin(ctx);
  try {
    await enter(portal, visit, await completeSignIn(portal, { token: ctx.params['token'] ?? '', browser_token: readSignInCookie(ctx), address: shortAddress(ctx.ip) }));
  } catch (error) {
    if (!(error instanceof PortalError)) throw error;
    if (error.reason === 'other_browser') return answerPage(visit, h(SignInCodePage, { page, form: EMPTY_FORM, email: undefined, note: 'other_browser' }), 403);
    if (error.code !== 'expired' && error.code !== 'not_found') throw error;
    answerPage(visit, h(SignInFailedPage, { page }), error.code === 'expired' ? 410 : 404);
  }
}

async function enterByCode(portal: Portal, visit: Visit): Promise<void> {
  const { ctx, page } = visit;
  const { sign_in: words } = page.words;
  const fields = await readForm(ctx, ['email', 'code']);
  requireSameOrigin(ctx);
  const email = formText(fields, 'email');
  const code = formText(fields, 'code');
  const done = await tryForm(
    () => completeSignIn(portal, { code, email, browser_token: readSignInCookie(ctx), address: shortAddress(ctx.ip) }),
    (error) => {
      if (error.reason === 'wrong_code' || error.code === 'expired') return [{ field: 'code', message: words.wrong_code }];
      if (error.code === 'schema') return [{ field: 'email', message: words.need_email }];
      if (error.code === 'too_many_requests') return [{ field: 'code', message: words.too_many }];
      return error.code === 'bad_request' ? [{ field: 'code', message: words.need_code }] : undefined;
    },
  );
  if ('result' in done) return enter(portal, visit, done.result);
  // With the address in sight where it may be what is wrong.
  const shown = done.refusal.errors.some(({ field }) => field === 'email') ? undefined : email;
  answerPage(visit, h(SignInCodePage, { page, form: { values: { email, code }, errors: done.refusal.errors }, email: shown }), done.refusal.status);
}

async function enterByPasskey(portal: Portal, visit: Visit): Promise<void> {
  const { ctx, lang, page } = visit;
  const fields = await readForm(ctx, ['next', PASSKEY_FIELD]);
  requireSameOrigin(ctx);
  const done = await tryForm(
    () => signInWithPasskey(portal, { answer: fields[PASSKEY_FIELD] ?? '', browser_token: readSignInCookie(ctx), next_path: fields['next'] ?? `/${lang}/` }),
    (error) => {
      const said = passkeyWords(page.words.passkeys.refused, error.reason);
      return said === undefined ? undefined : [{ field: 'email', message: said }];
    },
  );
  if ('result' in done) return enter(portal, visit, done.result);
  answerPage(visit, h(SignInPage, { page, form: { values: {}, errors: done.refusal.errors }, next_path: fields['next'] }), done.refusal.status);
}

async function enter(portal: Portal, { ctx, lang }: Visit, made: NewSession): Promise<void> {
  setSessionCookie(ctx, made.session_token);
  clearSignInCookie(ctx);
  if (!/^\/((fr|en)\/)?$/.test(made.next_path)) return goOn(ctx, made.next_path);
  // Nobody said where to: to the work that waits.
  const session = await findSession(portal, made.session_token);
  const place = session === undefined ? '/' : session.member.officer_of.length > 0 ? '/officer' : session.member.operator ? '/operator' : '/me';
  goOn(ctx, `/${lang}${place}`);
}
