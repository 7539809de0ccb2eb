import Koa from 'koa';
import { accessRoutes } from './access/routes.ts';
import { catalogRoutes } from './catalog/routes.ts';
import { answerErrors } from './http/answer-errors.ts';
import { canonicalHost } from './http/canonical-host.ts';
import type { PortalRouter, RequestState } from './http/request-context.ts';
import { requestLog } from './http/request-log.ts';
import { securityHeaders } from './http/security-headers.ts';
import { healthRoutes } from './health-routes.ts';
import { logRoutes } from './log/routes.ts';
import { openapiRoutes } from './openapi/routes.ts';
import { partyRoutes } from './parties/routes.ts';
import type { Portal } from './portal.ts';
import { webRoutes } from './web/routes.ts';

/** Every JSON router of the portal; the description in `openapi.ts` is compared with them by a test. */
export function apiRouters(portal: Portal): PortalRouter[] {
  return [healthRoutes(portal), openapiRoutes(portal), partyRoutes(portal), logRoutes(portal), catalogRoutes(portal), accessRoutes(portal)];
}

/** The portal's web application: composes what every request goes through, then the routers. Listens to nothing by itself. */
export function createApp(portal: Portal): Koa<RequestState> {
  const app = new Koa<RequestState>();
  // The address of the caller is the proxy's word only where the operator says how many proxies there are.
  app.proxy = portal.config.trusted_proxies > 0;
  app.maxIpsCount = portal.config.trusted_proxies;
  app.use(requestLog(portal));
  app.use(securityHeaders(portal.config.public_origin));
  app.use(answerErrors);
  app.use(canonicalHost(portal.config));
  for (const router of [...apiRouters(portal), webRoutes(portal)]) app.use(router.routes());
  // An answer that breaks midway (a reader that goes away, a store that fails) cannot be answered any more.
  app.on('error', (err: unknown) => portal.logger.warn({ err }, 'answer broke off'));
  return app;
}
