import { PortalError } from '../../errors.ts';
import { newRouter, type PortalRouter } from '../../http/request-context.ts';
import { loadAssets } from '../assets.ts';

const A_YEAR = 'public, max-age=31536000, immutable';

/** Static files under names that change with their content, and the two addresses that browsers and robots ask for by themselves. */
export function assetRoutes(): PortalRouter {
  const router = newRouter();

  router.get('/assets/:name', (ctx) => {
    const file = loadAssets().find(ctx.params['name'] ?? '');
    if (file === undefined) throw new PortalError('not_found', 'There is no such file.');
    ctx.set('cache-control', A_YEAR);
    ctx.set('cross-origin-resource-policy', 'same-origin');
    ctx.vary('Accept-Encoding');
    if (file.brotli !== undefined && ctx.acceptsEncodings('br', 'identity') === 'br') {
      ctx.set('content-encoding', 'br');
      ctx.body = file.brotli;
    } else {
      ctx.body = file.bytes;
    }
    ctx.set('content-type', file.media_type);
  });

  router.get('/favicon.ico', (ctx) => {
    ctx.status = 302;
    ctx.set('location', loadAssets().urlOf('icon.svg'));
    ctx.set('cache-control', 'public, max-age=3600');
    ctx.body = '';
  });

  router.get('/robots.txt', (ctx) => {
    ctx.set('cache-control', 'public, max-age=3600');
    ctx.body = ['User-agent: *', ...['fr', 'en'].flatMap((lang) => ['me', 'officer', 'operator', 'sign-in', 'access-requests'].map((part) => `Disallow: /${lang}/${part}`)), ''].join('\n');
  });

  return router;
}
