import type { Middleware } from 'koa';
import type { Portal } from '../portal.ts';
import { type RequestContext, type RequestState, shortAddress } from './request-context.ts';

/**
 * Gives every request its id and writes one line about it when the answer has left: method, path, names of the parameters (never
 * their values), status, sizes, duration, shortened address, kind of caller.
 */
export function requestLog(portal: Portal): Middleware<RequestState> {
  return async (ctx: RequestContext, next) => {
    const started = performance.now();
    ctx.state.portal = portal;
    ctx.state.request_id = portal.newUuid();
    ctx.set('x-request-id', ctx.state.request_id);
    // Read now, kept by koa: a connection that is gone has no address any more.
    const address = shortAddress(ctx.ip);
    ctx.res.once('close', () => {
      // Waits for nothing: a caller that was never looked for stays unknown.
      void (ctx.state.caller ?? Promise.resolve(undefined))
        .catch(() => undefined)
        .then((caller) => {
          portal.logger.info(
            {
              request_id: ctx.state.request_id,
              method: ctx.method,
              path: hideSecrets(ctx.path),
              parameters: [...new Set(new URLSearchParams(ctx.querystring).keys())].slice(0, 20),
              status: ctx.res.statusCode,
              finished: ctx.res.writableFinished,
              bytes: Number(ctx.res.getHeader('content-length') ?? 0),
              duration_ms: Math.round(performance.now() - started),
              address,
              caller: caller?.kind ?? 'none',
            },
            'request',
          );
        });
    });
    await next();
  };
}

/** A path without the tokens that links of mails carry. */
function hideSecrets(path: string): string {
  return path.replace(/(\/(?:sign-in|confirm|follow))\/.*/, '$1/…').slice(0, 300);
}
