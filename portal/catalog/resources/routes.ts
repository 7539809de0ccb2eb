import type { Scope } from '#catalog-schema';
import { callerWith } from '../../http/caller-of.ts';
import { refuseUnknownParameters } from '../../http/parameters.ts';
import { newRouter, type PortalRouter, type RequestContext } from '../../http/request-context.ts';
import type { Portal } from '../../portal.ts';
import { answerUnchanged } from '../answer-unchanged.ts';
import { getSealedHeader } from './get-sealed-header.ts';
import { type FilePlace, openBodyStream, readBodyLeaves } from './open-body-stream.ts';
import { sendBody } from './send-body.ts';

// `requireGrant` asks for packages:read where a file is sealed.
const READERS: readonly Scope[] = ['catalogue:read', 'packages:read'];
const FILE = '/api/v1/datasets/:dataset_id/versions/:version/resources/:resource_id';

/** Bodies, leaf hashes and headers of stored files. */
export function resourceRoutes(portal: Portal): PortalRouter {
  const router = newRouter();

  router.get(`${FILE}/body`, async (ctx) => {
    refuseUnknownParameters(ctx, []);
    await sendBody(ctx, await openBodyStream(portal, await callerWith(ctx, READERS), placeOf(ctx)));
  });

  router.get(`${FILE}/leaves`, async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { file, leaves } = await readBodyLeaves(portal, await callerWith(ctx, READERS), placeOf(ctx));
    if (answerUnchanged(ctx, `leaves-${file.root}`, 'public, max-age=300')) return;
    sendBytes(ctx, leaves);
  });

  router.get(`${FILE}/header`, async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const header = await getSealedHeader(portal, await callerWith(ctx, READERS), placeOf(ctx));
    ctx.set('cache-control', 'private, no-store');
    sendBytes(ctx, header);
  });

  return router;
}

function placeOf(ctx: RequestContext & { params: Record<string, string | undefined> }): FilePlace {
  const { dataset_id = '', version = '', resource_id = '' } = ctx.params;
  return { dataset_id, version, resource_id };
}

function sendBytes(ctx: RequestContext, bytes: Uint8Array): void {
  ctx.set('content-disposition', 'attachment');
  ctx.set('x-content-type-options', 'nosniff');
  ctx.body = Buffer.from(bytes);
  ctx.set('content-type', 'application/octet-stream');
}
