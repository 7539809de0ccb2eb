/** A dataset as lists show it. */
export interface DatasetCard {
  dataset_id: string;
  title: string;
  /** Language of title and synopsis. */
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

/** The columns of `dataset` that a card is made of. */
export const CARD_COLUMNS = [
  'dataset.dataset_id',
  'dataset.title',
  'dataset.lang',
  'dataset.synopsis',
  'dataset.theme',
  'dataset.keywords',
  'dataset.producer_id',
  'dataset.producer_name',
  'dataset.access',
  'dataset.custody',
  'dataset.licence',
  'dataset.formats',
  'dataset.head_version',
  'dataset.published_at',
  'dataset.updated_at',
] as const;

/** A row of `CARD_COLUMNS`. */
export interface CardRow {
  dataset_id: string;
  title: string;
  lang: string;
  synopsis: string;
  theme: string | null;
  keywords: string[];
  producer_id: string;
  producer_name: string;
  access: 'open' | 'restricted';
  custody: 'none' | 'portal' | 'producer';
  licence: string | null;
  formats: string[];
  head_version: number;
  published_at: Date;
  updated_at: Date;
}

/** The card of a row. */
export function datasetCard(row: CardRow): DatasetCard {
  return {
    dataset_id: row.dataset_id,
    title: row.title,
    lang: row.lang,
    synopsis: row.synopsis,
    theme: row.theme,
    keywords: row.keywords,
    producer: { producer_id: row.producer_id, name: row.producer_name },
    access: row.access,
    custody: row.custody,
    licence: row.licence,
    formats: row.formats,
    version: row.head_version,
    published_at: row.published_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}
