import { newRouter, type PortalRouter } from '../http/request-context.ts';
import type { Portal } from '../portal.ts';
import { loadAssets } from './assets.ts';
import { chooseLanguage } from './language.ts';
import { alarmRoutes } from './routes/alarm-routes.ts';
import { applicationRoutes } from './routes/application-routes.ts';
import { followRoutes } from './routes/follow-routes.ts';
import { askRoutes } from './routes/ask-routes.ts';
import { assetRoutes } from './routes/asset-routes.ts';
import { catalogueRoutes } from './routes/catalogue-routes.ts';
import { memberRoutes } from './routes/member-routes.ts';
import { officerRoutes } from './routes/officer-routes.ts';
import { operatorRoutes } from './routes/operator-routes.ts';
import { passkeyRoutes } from './routes/passkey-routes.ts';
import { signInRoutes } from './routes/sign-in-routes.ts';
import { textRoutes } from './routes/text-routes.ts';

/** Every page of the portal and its static files. Throws when the build did not write the static files. */
export function webRoutes(portal: Portal): PortalRouter {
  loadAssets();
  const router = newRouter();
  router.get('/', (ctx) => {
    ctx.vary('Accept-Language');
    ctx.set('cache-control', 'private, no-cache');
    ctx.status = 302;
    ctx.set('location', `/${chooseLanguage(ctx.get('accept-language'))}/`);
    ctx.body = '';
  });
  for (const lang of ['fr', 'en']) {
    router.get(`/${lang}`, (ctx) => {
      ctx.status = 301;
      ctx.set('location', `/${lang}/`);
      ctx.body = '';
    });
  }
  const parts = [assetRoutes(), catalogueRoutes(portal), askRoutes(portal), followRoutes(portal), alarmRoutes(portal), memberRoutes(portal), applicationRoutes(portal), officerRoutes(portal), operatorRoutes(portal), passkeyRoutes(portal), signInRoutes(portal), textRoutes(portal)];
  for (const part of parts) router.use(part.routes());
  return router;
}
