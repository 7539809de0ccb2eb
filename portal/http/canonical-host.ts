import type { Middleware } from 'koa';
import type { PortalConfig } from '../config.ts';
import type { RequestContext, RequestState } from './request-context.ts';

/**
 * In the demonstration, sends a browser that opened a page under another name of this machine (127.0.0.1 for localhost) to the public
 * origin: forms and links to sign in work under that one only. A portal in earnest leaves this to its proxy.
 */
export function canonicalHost(config: PortalConfig): Middleware<RequestState> {
  const { host } = new URL(config.public_origin);
  return async (ctx: RequestContext, next) => {
    const page = (ctx.method === 'GET' || ctx.method === 'HEAD') && ctx.accepts('application/json', 'text/html') === 'text/html';
    if (!config.demo || !page || ctx.get('host') === host || !(ctx.req.url ?? '').startsWith('/')) return next();
    ctx.status = 302;
    ctx.set('location', `${config.public_origin}${ctx.req.url ?? '/'}`);
    ctx.body = '';
  };
}
