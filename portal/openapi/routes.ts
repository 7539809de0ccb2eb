import { refuseUnknownParameters } from '../http/parameters.ts';
import { newRouter, type PortalRouter } from '../http/request-context.ts';
import type { Portal } from '../portal.ts';
import { describeApi } from './openapi.ts';

/** Serves the description of the JSON API. */
export function openapiRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  // It does not change while the process runs.
  const description = JSON.stringify(describeApi(portal.config));
  router.get('/openapi.json', (ctx) => {
    refuseUnknownParameters(ctx, []);
    ctx.set('cache-control', 'public, max-age=300');
    ctx.set('access-control-allow-origin', '*');
    ctx.body = description;
    ctx.set('content-type', 'application/json');
  });
  return router;
}
