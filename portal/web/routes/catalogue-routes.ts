import { parseProducerId, type ProducerId } from '#catalog-schema';
import { h } from 'preact';
import { listAccessRequestsForMember } from '../../access/request-list-store.ts';
import { getDataset, getVersion, listVersions } from '../../catalog/dataset-store.ts';
import { evidenceFor } from '../../catalog/evidence-for.ts';
import { findNewestHeads } from '../../catalog/heads/heads-store.ts';
import { isVersion } from '../../catalog/path-ids.ts';
import { parseSearchQuery } from '../../catalog/search/search-query.ts';
import { searchInTime } from '../../catalog/search/search-in-time.ts';
import { countFacets, searchDatasets } from '../../catalog/search/search-store.ts';
import { PortalError } from '../../errors.ts';
import { newRouter, type PortalRouter } from '../../http/request-context.ts';
import { latestCheckpoint } from '../../log/log-store.ts';
import { getProducer, listProducers } from '../../parties/producer-store.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, goOn, type Visit } from '../answer-page.ts';
import { datasetData } from '../dataset-view.ts';
import { DatasetPage } from '../pages/dataset.tsx';
import { HomePage } from '../pages/home.tsx';
import { ProducerPage, ProducersPage } from '../pages/producers.tsx';
import { SearchPage } from '../pages/search.tsx';
import { knownParameters, searchPath, stateOf } from '../search-address.ts';
import { criteriaToDrop } from '../search-drops.ts';
import { viewerOf } from '../viewer-of.ts';

const NEWEST = 4;
const PRODUCERS_ON_HOME = 6;

/** What everybody reads: home, search, datasets and their versions, producers. */
export function catalogueRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', '/', (visit) => home(portal, visit));
  addPage(router, 'get', '/datasets', (visit) => search(portal, visit));
  addPage(router, 'get', '/datasets/:dataset_id', (visit) => dataset(portal, visit));
  addPage(router, 'get', '/datasets/:dataset_id/versions/:version', (visit) => dataset(portal, visit));
  addPage(router, 'get', '/producers', async (visit) => answerPage(visit, h(ProducersPage, { page: visit.page, producers: await listProducers(portal.db) })));
  addPage(router, 'get', '/producers/:producer_id', (visit) => producer(portal, visit));
  return router;
}

async function home(portal: Portal, visit: Visit): Promise<void> {
  const query = parseSearchQuery(new URLSearchParams({ limit: String(NEWEST) }));
  const viewer = viewerOf(visit.session);
  const [found, facets, producers, log] = await Promise.all([searchInTime(portal, (db) => searchDatasets(db, viewer, query)), searchInTime(portal, (db) => countFacets(db, viewer, query)), listProducers(portal.db), latestCheckpoint(portal.db)]);
  const data = {
    datasets: found.total,
    sealed: facets.access.find(({ value }) => value === 'restricted')?.count ?? 0,
    producers: producers.length,
    acts: log?.size ?? 0,
    themes: facets.theme,
    newest: found.datasets,
    producer_list: producers.toSorted((a, b) => b.datasets - a.datasets).slice(0, PRODUCERS_ON_HOME),
  };
  answerPage(visit, h(HomePage, { page: visit.page, data }));
}

async function search(portal: Portal, visit: Visit): Promise<void> {
  // Links that people share come with parameters of other sites; what the search does not know is no filter here.
  const query = parseSearchQuery(knownParameters(visit.ctx.querystring));
  const viewer = viewerOf(visit.session);
  const state = stateOf(query);
  try {
    const [found, facets] = await Promise.all([searchInTime(portal, (db) => searchDatasets(db, viewer, query)), searchInTime(portal, (db) => countFacets(db, viewer, query))]);
    const drops = found.total === 0 ? await criteriaToDrop(portal, viewer, query) : [];
    answerPage(visit, h(SearchPage, { page: visit.page, data: { ...found, state, facets, drops } }));
  } catch (error) {
    if (!(error instanceof PortalError && error.reason === 'cursor_mismatch')) throw error;
    goOn(visit.ctx, `/${visit.lang}${searchPath({ ...state, cursor: undefined })}`);
  }
}

async function dataset(portal: Portal, visit: Visit): Promise<void> {
  const { dataset_id = '', version = 'latest' } = visit.ctx.params;
  if (version !== 'latest' && !isVersion(version)) throw new PortalError('not_found', 'There is no such version of a dataset.');
  const viewer = viewerOf(visit.session);
  const head = await getDataset(portal.db, viewer, dataset_id);
  const [stored, evidence, versions, heads, own] = await Promise.all([
    getVersion(portal.db, viewer, dataset_id, version),
    evidenceFor(portal, viewer, dataset_id, version),
    listVersions(portal.db, viewer, dataset_id),
    findNewestHeads(portal.db, head.producer.producer_id),
    visit.session === undefined || head.access === 'open' ? [] : listAccessRequestsForMember(portal.db, visit.session.member),
  ]);
  const asked = own.some((request) => request.dataset_id === dataset_id && !['refused', 'withdrawn', 'expired'].includes(request.state));
  answerPage(visit, h(DatasetPage, { page: visit.page, data: datasetData({ head, stored, evidence, versions, heads, asked, now: visit.page.now, log_origin: portal.keys.log_origin }) }));
}

async function producer(portal: Portal, visit: Visit): Promise<void> {
  const found = await getProducer(portal.db, producerId(visit.ctx.params['producer_id']));
  const query = parseSearchQuery(new URLSearchParams({ producer: found.producer_id }));
  const { datasets } = await searchInTime(portal, (db) => searchDatasets(db, viewerOf(visit.session), query));
  answerPage(visit, h(ProducerPage, { page: visit.page, producer: found, datasets }));
}

function producerId(text: string | undefined): ProducerId {
  try {
    return parseProducerId(text ?? '');
  } catch (cause) {
    throw new PortalError('not_found', 'There is no such producer.', { cause });
  }
}
