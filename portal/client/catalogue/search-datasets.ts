import type { Client } from '../client.ts';
import { readCount, readList, readObject, readOptionalText } from '../wire/answer.ts';
import { plainCall } from '../wire/call.ts';
import { type DatasetCard, type FacetValue, readDatasetCard, readFacets } from './dataset-card.ts';

/** What to look for; every field narrows. */
export interface SearchQuery {
  q?: string;
  theme?: string;
  /** A producer's id. */
  producer?: string;
  access?: 'open' | 'restricted';
  format?: string;
  licence?: string;
  sort?: 'relevance' | 'updated' | 'title';
  /** `next` of the answer before. */
  cursor?: string;
  /** 1 to 100. */
  limit?: number;
}

/** One page of results; `next` is the cursor of the following one, null on the last. */
export interface SearchResult {
  total: number;
  datasets: DatasetCard[];
  facets: Record<string, FacetValue[]>;
  next: string | null;
}

/** Searches the catalogue. */
export async function searchDatasets(client: Client, query: SearchQuery = {}): Promise<SearchResult> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const suffix = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  const object = readObject((await plainCall(client, { method: 'GET', path: `/api/v1/datasets${suffix}` })).json(), 'a list of datasets');
  return {
    total: readCount(object, 'total'),
    datasets: readList(object, 'datasets', readDatasetCard, 100),
    facets: readFacets(object.members['facets']),
    next: readOptionalText(object, 'next'),
  };
}
