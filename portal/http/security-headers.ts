import type { Middleware } from 'koa';
import type { RequestContext, RequestState } from './request-context.ts';

// Scripts from the folder of our own files only: what a producer publishes has our origin too, and must never run as ours.
const pagePolicy = (public_origin: string): string => [
  "default-src 'self'",
  `script-src ${public_origin}/assets/`,
  "style-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

/** What every answer tells browsers: only our own files, no framing, no guessing of types, nothing about us to other sites. */
export function securityHeaders(public_origin: string): Middleware<RequestState> {
  const secure = public_origin.startsWith('https:');
  const policy = pagePolicy(public_origin);
  return async (ctx: RequestContext, next) => {
    ctx.set('content-security-policy', policy);
    ctx.set('x-content-type-options', 'nosniff');
    ctx.set('x-frame-options', 'DENY');
    // Not no-referrer: browsers then send "Origin: null" with forms, and the check of the origin would fail for our own pages.
    ctx.set('referrer-policy', 'same-origin');
    ctx.set('cross-origin-opener-policy', 'same-origin');
    ctx.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
    if (secure) ctx.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
    // Whoever may be cached says so; nobody is cached by forgetting.
    ctx.set('cache-control', 'no-store');
    await next();
  };
}
