import type { Portal } from '../portal.ts';
import type { RequestContext } from './request-context.ts';

const SIGN_IN_SECONDS = 15 * 60;

/** Keeps the session in the browser until it closes; `__Host-` wherever the portal is reached by https. */
export function setSessionCookie(ctx: RequestContext, session_token: string): void {
  setCookie(ctx, 'sceau_session', session_token);
}

/** The session token that the browser sent, or undefined. */
export function readSessionCookie(ctx: RequestContext): string | undefined {
  return readCookie(ctx, 'sceau_session');
}

/** Makes the browser forget the session. */
export function clearSessionCookie(ctx: RequestContext): void {
  setCookie(ctx, 'sceau_session', '', 0);
}

/** Marks the browser that asked for a sign-in link, for the 15 minutes the link lives. */
export function setSignInCookie(ctx: RequestContext, browser_token: string): void {
  setCookie(ctx, 'sceau_sign_in', browser_token, SIGN_IN_SECONDS);
}

/** The mark of a browser that asked for a sign-in link, or undefined. */
export function readSignInCookie(ctx: RequestContext): string | undefined {
  return readCookie(ctx, 'sceau_sign_in');
}

/** Makes the browser forget the mark. */
export function clearSignInCookie(ctx: RequestContext): void {
  setCookie(ctx, 'sceau_sign_in', '', 0);
}

function setCookie(ctx: RequestContext, name: string, value: string, max_age?: number): void {
  const secure = isSecure(ctx.state.portal);
  const parts = [`${cookieName(ctx, name)}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax'];
  if (secure) parts.push('Secure');
  if (max_age !== undefined) parts.push(`Max-Age=${max_age}`);
  ctx.append('set-cookie', parts.join('; '));
}

function readCookie(ctx: RequestContext, name: string): string | undefined {
  const wanted = `${cookieName(ctx, name)}=`;
  const found = ctx
    .get('cookie')
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(wanted));
  const value = found[0]?.slice(wanted.length);
  // Two cookies of one name: somebody planted one. Neither counts.
  return found.length === 1 && value !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(value) ? value : undefined;
}

function cookieName(ctx: RequestContext, name: string): string {
  return isSecure(ctx.state.portal) ? `__Host-${name}` : name;
}

function isSecure(portal: Portal): boolean {
  return portal.config.public_origin.startsWith('https:');
}
