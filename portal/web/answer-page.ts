import { brotliCompressSync, constants } from 'node:zlib';
import type { JSX } from 'preact';
import { sessionOf } from '../http/caller-of.ts';
import type { PortalRouter, RequestContext } from '../http/request-context.ts';
import type { Session } from '../parties/find-session.ts';
import { isSteppedUp } from '../parties/passkeys/require-step-up.ts';
import { loadAssets } from './assets.ts';
import { type Lang, PAGE_LANGUAGES } from './language.ts';
import type { PageContext } from './page-context.ts';
import { renderPage } from './render-page.ts';
import { wordsOf } from './words/words.ts';

/** A request to a page, with the parameters of its path. */
export type PageRequest = RequestContext & { params: Record<string, string | undefined> };

/** What a page's handler is told: the request, its language, and the page's context with whoever is signed in. */
export interface Visit {
  ctx: PageRequest;
  lang: Lang;
  page: PageContext;
  session: Session | undefined;
}

/** Adds a page in every language: `/fr<path>` and `/en<path>`. */
export function addPage(router: PortalRouter, method: 'get' | 'post', path: string, handle: (visit: Visit) => Promise<void>): void {
  for (const { lang } of PAGE_LANGUAGES) {
    router[method](`/${lang}${path}`, async (ctx) => handle(await visitOf(ctx, lang)));
  }
}

/** The visit behind a request; `path` replaces the request's own where the language switch must not repeat a form's address. */
export async function visitOf(ctx: PageRequest, lang: Lang): Promise<Visit> {
  const session = await sessionOf(ctx);
  const { config, clock } = ctx.state.portal;
  const page: PageContext = {
    lang,
    words: wordsOf(lang),
    path: ctx.method === 'POST' ? ctx.path : ctx.url,
    site: { name: config.name, public_origin: config.public_origin, mail_from: addressIn(config.mail_from), legal: config.legal, demo: config.demo },
    member: session && { ...session.member, has_passkey: session.passkeys > 0, confirmed: isSteppedUp(session.member, clock.now()) },
    csrf_token: session?.csrf_token,
    now: clock.now(),
    asset: loadAssets().urlOf,
  };
  return { ctx, lang, page, session };
}

/** Answers with a page. */
export function answerPage({ ctx, page }: Pick<Visit, 'ctx' | 'page'>, document: JSX.Element, status = 200): void {
  const html = Buffer.from(renderPage(document));
  ctx.status = status;
  ctx.set('content-type', 'text/html; charset=utf-8');
  ctx.set('content-language', page.lang);
  ctx.vary('Cookie');
  // What a signed-in person saw must not come back from a shared computer's memory; everything else may, so that going back is instant.
  if (page.member === undefined && ctx.method !== 'POST') ctx.set('cache-control', 'private, no-cache');
  ctx.vary('Accept-Encoding');
  // Pages that hold a token are never compressed beside text of the request: their size would tell the token (BREACH).
  if (page.csrf_token === undefined && ctx.acceptsEncodings('br', 'identity') === 'br') {
    ctx.set('content-encoding', 'br');
    ctx.body = brotliCompressSync(html, { params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } });
    return;
  }
  ctx.body = html;
}

/** Sends the browser on to another page with a GET, after a form was taken. */
export function goOn(ctx: RequestContext, path: string): void {
  ctx.status = 303;
  ctx.set('location', path);
  ctx.body = '';
}

/** The session, or undefined after the visitor was sent to sign in and come back here. */
export function sessionOrSignIn({ ctx, lang, session }: Visit): Session | undefined {
  if (session === undefined) goOn(ctx, `/${lang}/sign-in?${new URLSearchParams({ next: ctx.method === 'POST' ? `/${lang}/` : ctx.url, reason: 'needed' }).toString()}`);
  return session;
}

function addressIn(mail_from: string): string {
  return /<([^<>]+)>/.exec(mail_from)?.[1] ?? mail_from;
}
