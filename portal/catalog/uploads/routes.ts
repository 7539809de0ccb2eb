import { type Digest, digestBytes } from '#crypto';
import { requireNode } from '../../http/caller-of.ts';
import { fieldError, requireObject } from '../../fields.ts';
import { refuseUnknownParameters } from '../../http/parameters.ts';
import { readJson, receiveBody } from '../../http/request-body.ts';
import { newRouter, type PortalRouter } from '../../http/request-context.ts';
import { PortalError } from '../../errors.ts';
import type { Portal } from '../../portal.ts';
import { PART_SIZE } from '../../storage/body-store.ts';
import { isUuid } from '../path-ids.ts';
import { completeUpload } from './complete-upload.ts';
import { receivePart } from './receive-part.ts';
import { startUpload } from './start-upload.ts';

/** Uploads of bodies by nodes. */
export function uploadRoutes(portal: Portal): PortalRouter {
  const router = newRouter();

  router.post('/api/v1/uploads', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireNode(ctx);
    const { producer_id, root, body_size } = requireObject(await readJson(ctx), ['producer_id', 'root', 'body_size']);
    if (typeof producer_id !== 'string') throw fieldError('/producer_id', 'Give the id of a producer.');
    if (typeof body_size !== 'number' || !Number.isSafeInteger(body_size) || body_size < 0) throw fieldError('/body_size', 'Give a size in bytes.');
    const { created, progress } = await startUpload(portal, caller, { producer_id, root: requireDigest(root, '/root'), body_size });
    ctx.status = created ? 201 : 200;
    ctx.body = progress;
  });

  router.put('/api/v1/uploads/:upload_id/parts/:part', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireNode(ctx);
    const { size, source } = receiveBody(ctx, { media_type: 'application/octet-stream', max_bytes: PART_SIZE });
    const part = /^(0|[1-9][0-9]{0,4})$/.test(ctx.params['part'] ?? '') ? Number(ctx.params['part']) : -1;
    await receivePart(portal, caller, { upload_id: uploadId(ctx.params['upload_id']), part, size, source });
    ctx.status = 204;
  });

  router.post('/api/v1/uploads/:upload_id/complete', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireNode(ctx);
    requireObject(await readJson(ctx), []);
    ctx.body = await completeUpload(portal, caller, { upload_id: uploadId(ctx.params['upload_id']) });
  });

  return router;
}

function uploadId(text: string | undefined): string {
  if (text === undefined || !isUuid(text)) throw new PortalError('not_found', 'There is no such upload.');
  return text;
}

function requireDigest(value: unknown, pointer: string): Digest {
  if (typeof value !== 'string' || !value.startsWith('sha256:')) throw fieldError(pointer, 'Give a digest: sha256: and 43 characters of base64url.');
  const digest = value as Digest;
  digestBytes(digest);
  return digest;
}
