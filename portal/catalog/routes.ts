import type { Scope } from '#catalog-schema';
import { listEpochs } from '../access/epoch-store.ts';
import { callerWith, requireNode } from '../http/caller-of.ts';
import { refuseUnknownParameters } from '../http/parameters.ts';
import { readJson } from '../http/request-body.ts';
import { newRouter, type PortalRouter } from '../http/request-context.ts';
import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { answerUnchanged } from './answer-unchanged.ts';
import { getDataset, getVersion, listVersions } from './dataset-store.ts';
import { evidenceFor } from './evidence-for.ts';
import { headsRoutes } from './heads/routes.ts';
import { isUuid, isVersion } from './path-ids.ts';
import { publishManifest } from './publish/publish-manifest.ts';
import { readPublishInput } from './publish/read-publish-input.ts';
import { requireOwnProducer } from './require-own-producer.ts';
import { resourceRoutes } from './resources/routes.ts';
import { parseSearchQuery } from './search/search-query.ts';
import { searchInTime } from './search/search-in-time.ts';
import { countFacets, searchDatasets } from './search/search-store.ts';
import { uploadRoutes } from './uploads/routes.ts';

// Whoever opens granted data verifies them first, by the same evidence.
const READERS: readonly Scope[] = ['catalogue:read', 'packages:read'];

/** The catalogue's JSON routes: search, datasets, versions, evidence, publication, uploads, bodies, heads. */
export function catalogRoutes(portal: Portal): PortalRouter {
  const router = newRouter();

  router.get('/api/v1/datasets', async (ctx) => {
    const query = parseSearchQuery(new URLSearchParams(ctx.querystring));
    const viewer = await callerWith(ctx, READERS);
    const [page, facets] = await Promise.all([searchInTime(portal, (db) => searchDatasets(db, viewer, query)), searchInTime(portal, (db) => countFacets(db, viewer, query))]);
    ctx.body = { total: page.total, datasets: page.datasets, facets, next: page.next };
  });

  router.get('/api/v1/datasets/:dataset_id', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const dataset = await getDataset(portal.db, await callerWith(ctx, READERS), ctx.params['dataset_id'] ?? '');
    if (answerUnchanged(ctx, `${dataset.manifest_sha256}-${dataset.frozen}`, 'no-cache')) return;
    ctx.body = dataset;
  });

  router.get('/api/v1/datasets/:dataset_id/versions', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    ctx.body = { versions: await listVersions(portal.db, await callerWith(ctx, READERS), ctx.params['dataset_id'] ?? '') };
  });

  router.get('/api/v1/datasets/:dataset_id/versions/:version/manifest', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { dataset_id = '', version = '' } = ctx.params;
    const found = await getVersion(portal.db, await callerWith(ctx, READERS), dataset_id, version);
    if (answerUnchanged(ctx, found.digest, version === 'latest' ? 'no-cache' : 'public, max-age=300')) return;
    ctx.body = found.manifest;
    ctx.set('content-type', 'application/jose+json');
  });

  router.get('/api/v1/datasets/:dataset_id/versions/:version/evidence', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { dataset_id = '', version = '' } = ctx.params;
    ctx.set('cache-control', 'no-cache');
    ctx.body = await evidenceFor(portal, await callerWith(ctx, READERS), dataset_id, version);
  });

  router.put('/api/v1/datasets/:dataset_id/versions/:version', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { publication_bytes } = portal.config.limits;
    const caller = await requireNode(ctx, { node_json_bytes: publication_bytes });
    const { dataset_id = '', version = '' } = ctx.params;
    if (!isUuid(dataset_id) || !isVersion(version)) throw new PortalError('bad_request', 'The address must end in a dataset_id and a version number.', { reason: 'path_mismatch' });
    const { created, published } = await publishManifest(portal, caller, readPublishInput(await readJson(ctx, publication_bytes), { dataset_id, version: Number(version) }));
    ctx.status = created ? 201 : 200;
    ctx.body = published;
  });

  router.get('/api/v1/datasets/:dataset_id/epochs', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const caller = await requireNode(ctx);
    const dataset = await getDataset(portal.db, caller, ctx.params['dataset_id'] ?? '');
    requireOwnProducer(caller, dataset.producer.producer_id);
    ctx.body = { epochs: await listEpochs(portal.db, dataset.dataset_id, portal.clock.now()) };
  });

  for (const part of [uploadRoutes(portal), resourceRoutes(portal), headsRoutes(portal)]) router.use(part.routes());
  return router;
}
