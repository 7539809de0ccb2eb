import type { SearchQuery } from '../catalog/search/search-query.ts';
import { searchInTime } from '../catalog/search/search-in-time.ts';
import { searchDatasets } from '../catalog/search/search-store.ts';
import type { Caller, Portal } from '../portal.ts';
import { FACETS, type FacetName } from './search-address.ts';

/** For a search that found nothing: what it would find without its words, and without each of its filters. One criterion alone gives none. */
export async function criteriaToDrop(portal: Portal, viewer: Caller, query: SearchQuery): Promise<{ name: FacetName | 'q'; total: number }[]> {
  const criteria: (FacetName | 'q')[] = [...(query.q === '' ? [] : (['q'] as const)), ...FACETS.filter((name) => query.filters[name].length > 0)];
  if (criteria.length < 2) return [];
  return Promise.all(criteria.map(async (name) => ({ name, total: (await searchInTime(portal, (db) => searchDatasets(db, viewer, without(query, name)))).total })));
}

function without(query: SearchQuery, name: FacetName | 'q'): SearchQuery {
  const wider: SearchQuery = { ...query, sort: 'updated', cursor: null, limit: 1 };
  return name === 'q' ? { ...wider, q: '' } : { ...wider, filters: { ...query.filters, [name]: [] } };
}
