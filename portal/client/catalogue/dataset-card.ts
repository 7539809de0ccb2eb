import { parseDatasetId, parseProducerId } from '#catalog-schema';
import { readCount, readId, readList, readObject, readOptionalText, readText, readTexts, readWord } from '../wire/answer.ts';

/** What a list of the catalogue says of a dataset. It is the portal's word: only `verifyDataset` makes it the producer's. */
export interface DatasetCard {
  dataset_id: string;
  title: string;
  lang: string;
  synopsis: string;
  theme: string | null;
  keywords: string[];
  producer: { producer_id: string; name: string };
  access: 'open' | 'restricted';
  custody: 'none' | 'portal' | 'producer';
  licence: string | null;
  formats: string[];
  version: number;
  published_at: string;
  updated_at: string;
}

/** The gate for a card; refuses with `answer_malformed`. */
export function readDatasetCard(value: unknown): DatasetCard {
  const object = readObject(value, 'the card of a dataset');
  const producer = readObject(object.members['producer'], 'a producer');
  return {
    dataset_id: readId(object, 'dataset_id', parseDatasetId),
    title: readText(object, 'title'),
    lang: readText(object, 'lang'),
    synopsis: readSynopsis(object.members['synopsis']),
    theme: readOptionalText(object, 'theme'),
    keywords: readTexts(object, 'keywords'),
    producer: { producer_id: readId(producer, 'producer_id', parseProducerId), name: readText(producer, 'name') },
    access: readWord(object, 'access', ['open', 'restricted']),
    custody: readWord(object, 'custody', ['none', 'portal', 'producer']),
    licence: readOptionalText(object, 'licence'),
    formats: readTexts(object, 'formats'),
    version: readCount(object, 'version'),
    published_at: readText(object, 'published_at'),
    updated_at: readText(object, 'updated_at'),
  };
}

/** One value of a facet and how many datasets have it. */
export interface FacetValue {
  value: string;
  count: number;
}

/** The gate for the facets of a search: by name, the values with their counts. */
export function readFacets(value: unknown): Record<string, FacetValue[]> {
  const object = readObject(value, 'facets');
  return Object.fromEntries(
    Object.keys(object.members).map((name) => [
      name,
      readList(object, name, (entry) => {
        const facet = readObject(entry, 'a facet');
        return { value: readText(facet, 'value'), count: readCount(facet, 'count') };
      }),
    ]),
  );
}

function readSynopsis(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return '';
  return readText(readObject(value[0], 'a synopsis'), 'text');
}
