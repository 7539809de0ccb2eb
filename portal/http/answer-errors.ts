import type { Middleware } from 'koa';
import { PortalError } from '../errors.ts';
import { problemOf } from '../problem.ts';
import { renderErrorPage } from '../web/render-error.ts';
import type { RequestContext, RequestState } from './request-context.ts';

/** The one catch on the request path: problem documents for programs, a page in their language for people. */
export const answerErrors: Middleware<RequestState> = async (ctx: RequestContext, next) => {
  try {
    await next();
    if (ctx.state.pending_call !== undefined && ctx.status < 400) throw new Error('a signed body was answered without having been checked');
    if (ctx.status === 404 && ctx.body === undefined) throw noSuchRoute(ctx);
  } catch (error) {
    answer(ctx, error);
  }
};

function answer(ctx: RequestContext, error: unknown): void {
  const { problem, retry_after, unexpected } = problemOf(error, ctx.state.request_id);
  if (unexpected) ctx.state.portal.logger.error({ err: error, request_id: ctx.state.request_id }, 'request failed');
  for (const name of ['etag', 'last-modified', 'content-disposition', 'accept-ranges', 'content-encoding']) ctx.remove(name);
  // 416 tells the size in Content-Range (RFC 9110 §15.5.17); any other error has no range.
  if (problem.status !== 416) ctx.remove('content-range');
  ctx.set('cache-control', 'no-store');
  if (retry_after !== undefined) ctx.set('retry-after', String(retry_after));
  ctx.status = problem.status;
  const lang = pageLanguage(ctx);
  if (lang !== undefined) {
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = renderErrorPage(problem, lang, ctx.state.portal.config.name);
    return;
  }
  if (problem.status === 401) ctx.set('www-authenticate', 'Signature tag="sceau-v1"');
  ctx.body = JSON.stringify(problem);
  ctx.set('content-type', 'application/problem+json');
}

/** The language of the error page; undefined where the caller is a program. */
function pageLanguage(ctx: RequestContext): 'fr' | 'en' | undefined {
  if (/^\/(api|log|health|openapi\.json)(\/|$)/.test(ctx.path)) return undefined;
  if (ctx.accepts('text/html', 'application/json', 'application/problem+json') !== 'text/html') return undefined;
  if (ctx.path.startsWith('/en/') || ctx.path === '/en') return 'en';
  if (ctx.path.startsWith('/fr/') || ctx.path === '/fr') return 'fr';
  return ctx.acceptsLanguages('fr', 'en') === 'en' ? 'en' : 'fr';
}

function noSuchRoute(ctx: RequestContext): PortalError {
  const layers: { methods: string[] }[] = Array.isArray(ctx['matched']) ? ctx['matched'] : [];
  const methods = [...new Set(layers.flatMap((layer) => layer.methods))];
  if (methods.length === 0) return new PortalError('not_found', 'There is nothing at this address.');
  ctx.set('allow', methods.join(', '));
  return new PortalError('method_not_allowed', `This address answers ${methods.join(', ')} only.`);
}
