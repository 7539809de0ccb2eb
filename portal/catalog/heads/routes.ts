import { requireNode } from '../../http/caller-of.ts';
import { fieldError, requireList, requireObject } from '../../fields.ts';
import { refuseUnknownParameters } from '../../http/parameters.ts';
import { readJson } from '../../http/request-body.ts';
import { newRouter, type PortalRouter } from '../../http/request-context.ts';
import type { Portal } from '../../portal.ts';
import { listProducerDatasets } from '../dataset-store.ts';
import { isUuid } from '../path-ids.ts';
import { requireOwnProducer } from '../require-own-producer.ts';
import type { HeadsEntry } from './heads-store.ts';
import { recordHeads } from './record-heads.ts';

const ENTRIES_MAX = 20_000;
// The longest entry has 111 characters and a comma; the statement has its own room.
const HEADS_MAX_BYTES = ENTRIES_MAX * 112 + 64 * 1024;

/** What a node compares with the portal, and states about its newest versions. */
export function headsRoutes(portal: Portal): PortalRouter {
  const router = newRouter();

  router.get('/api/v1/producers/:producer_id/datasets', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { producer_id = '' } = ctx.params;
    requireOwnProducer(await requireNode(ctx), producer_id);
    ctx.body = { datasets: await listProducerDatasets(portal.db, producer_id) };
  });

  router.put('/api/v1/producers/:producer_id/heads', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const { producer_id = '' } = ctx.params;
    const caller = await requireNode(ctx, { node_json_bytes: HEADS_MAX_BYTES });
    const { heads, entries } = requireObject(await readJson(ctx, HEADS_MAX_BYTES), ['heads', 'entries']);
    ctx.body = await recordHeads(portal, caller, { producer_id, heads, entries: requireList(entries, '/entries', { max: ENTRIES_MAX }).map(headsEntry) });
  });

  return router;
}

function headsEntry(value: unknown, index: number): HeadsEntry {
  const [dataset_id, version, digest, ...rest]: unknown[] = Array.isArray(value) ? value : [];
  const known = typeof dataset_id === 'string' && isUuid(dataset_id) && typeof version === 'number' && Number.isSafeInteger(version) && typeof digest === 'string' && digest.length <= 60;
  if (!known || rest.length > 0) throw fieldError(`/entries/${index}`, 'Give [dataset_id, version, digest].');
  return [dataset_id, version, digest];
}
