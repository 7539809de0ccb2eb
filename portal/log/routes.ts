import { encodeBase64url } from '#crypto';
import { PortalError } from '../errors.ts';
import { integerParameter, refuseUnknownParameters } from '../http/parameters.ts';
import { newRouter, type PortalRouter } from '../http/request-context.ts';
import type { Portal } from '../portal.ts';
import { latestCheckpoint, listActs } from './log-store.ts';
import { consistencyProof, proofForIndex } from './prove-act.ts';

const ACTS_MAX = 1000;

/** The public log: checkpoint, acts, proofs. */
export function logRoutes(portal: Portal): PortalRouter {
  const router = newRouter();

  router.get('/log/checkpoint', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const checkpoint = await latestCheckpoint(portal.db);
    if (checkpoint === undefined) throw new PortalError('not_found', 'The log is still empty.');
    ctx.set('cache-control', 'no-cache');
    ctx.set('content-type', 'text/plain; charset=utf-8');
    ctx.body = checkpoint.note;
  });

  router.get('/api/v1/log/acts', async (ctx) => {
    const parameters = refuseUnknownParameters(ctx, ['from', 'limit']);
    const from = integerParameter(parameters, 'from', { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
    const limit = integerParameter(parameters, 'limit', { min: 1, max: ACTS_MAX, fallback: 100 });
    const size = (await latestCheckpoint(portal.db))?.size ?? 0;
    const acts = await listActs(portal.db, { from, limit, size });
    ctx.body = { acts: acts.map((act) => ({ index: act.index, leaf: encodeBase64url(act.leaf) })), size };
  });

  router.get('/api/v1/log/consistency', async (ctx) => {
    const parameters = refuseUnknownParameters(ctx, ['first', 'second']);
    const path = await consistencyProof(portal.db, requiredInteger(parameters, 'first'), requiredInteger(parameters, 'second'));
    ctx.body = { path: path.map(encodeBase64url) };
  });

  router.get('/api/v1/log/proof', async (ctx) => {
    ctx.body = await proofForIndex(portal.db, requiredInteger(refuseUnknownParameters(ctx, ['index']), 'index'));
  });

  return router;
}

function requiredInteger(parameters: URLSearchParams, name: string): number {
  if (!parameters.has(name)) throw new PortalError('bad_request', `Give the parameter ${name}.`, { reason: 'malformed_parameter' });
  return integerParameter(parameters, name, { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 });
}
