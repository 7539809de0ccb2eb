/** The filters of the search, in the order they are shown. */
export const FACETS = ['access', 'theme', 'producer', 'format', 'licence'] as const;

/** Name of a filter, the same in the address of the page and of the API. */
export type FacetName = (typeof FACETS)[number];

/** Orders of the results. */
export const SORTS = ['relevance', 'updated', 'title'] as const;

/** Name of an order. */
export type SortName = (typeof SORTS)[number];

/** All state of the search page; it lives in the address alone. */
export interface SearchState {
  q: string;
  /** A filter's values are alternatives. */
  filters: Readonly<Record<FacetName, readonly string[]>>;
  sort: SortName | undefined;
  cursor: string | undefined;
}

/** Query text of a state, without the leading question mark; the same state always gives the same text. */
export function searchQueryOf(state: SearchState): string {
  const parameters = new URLSearchParams();
  if (state.q !== '') parameters.set('q', state.q);
  for (const name of FACETS) {
    for (const value of state.filters[name]) parameters.append(name, value);
  }
  if (state.sort !== undefined) parameters.set('sort', state.sort);
  if (state.cursor !== undefined) parameters.set('cursor', state.cursor);
  return parameters.toString();
}

/** Path of the search page, without language, for a state. */
export function searchPath(state: SearchState): string {
  const query = searchQueryOf(state);
  return query === '' ? '/datasets' : `/datasets?${query}`;
}

/** The state with one value of a filter added, or taken away when it was chosen; starts again on the first page. */
export function toggleFilter(state: SearchState, name: FacetName, value: string): SearchState {
  const chosen = state.filters[name];
  const values = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
  return { ...state, filters: { ...state.filters, [name]: values }, cursor: undefined };
}

/** The state without one of its filters. */
export function withoutFilter(state: SearchState, name: FacetName): SearchState {
  return { ...state, filters: { ...state.filters, [name]: [] }, cursor: undefined };
}

/** The state without its words. */
export function withoutWords(state: SearchState): SearchState {
  return { ...state, q: '', cursor: undefined };
}

/** Whether nothing is asked for: no words, no filter. */
export function isUnfiltered(state: SearchState): boolean {
  return state.q === '' && FACETS.every((name) => state.filters[name].length === 0);
}

/** The parameters of the search page in a query text; others, which links collect on their way through other sites, are left out. */
export function knownParameters(querystring: string): URLSearchParams {
  const known = new Set<string>(['q', 'sort', 'cursor', ...FACETS]);
  return new URLSearchParams([...new URLSearchParams(querystring)].filter(([name]) => known.has(name)));
}

/** The page's state of a checked query; the order that a query has by itself is not written into addresses. */
export function stateOf(query: { q: string; filters: SearchState['filters']; sort: SortName; cursor: string | null }): SearchState {
  const usual = query.q === '' ? 'updated' : 'relevance';
  return { q: query.q, filters: query.filters, sort: query.sort === usual ? undefined : query.sort, cursor: query.cursor ?? undefined };
}
