import { type CatalogueView, formatLabel, inLanguage, type Manifest, normaliseRudi, type Resource, THEMES } from '#catalog-schema';

/** What the catalogue lists and searches of a dataset's newest version; derived from the manifest, never signed. */
export interface DatasetRow {
  status: Manifest['status'];
  access: Manifest['access'];
  custody: Manifest['custody'];
  title: string;
  lang: string;
  synopsis: string;
  theme: string | null;
  keywords: string[];
  licence: string | null;
  media_types: string[];
  formats: string[];
  view: CatalogueView;
  updated_at: string;
}

/** One text to be searched: its weight (A most) and the language it is written in. */
export interface SearchText {
  weight: 'A' | 'B' | 'C' | 'D';
  lang: string;
  text: string;
}

const SEARCH_TEXT_MAX = 50_000;

/**
 * The catalogue's row of a manifest published at `published_at` (RFC 3339). `updated_at` is when the producer says the data changed,
 * but never later than publication: a date of tomorrow would stay on top of the list.
 */
export function datasetRow(manifest: Manifest, published_at: string): DatasetRow {
  const { view } = normaliseRudi(manifest.metadata);
  const updated_at = view.updated_at === null || view.updated_at > published_at ? published_at : view.updated_at;
  return {
    status: manifest.status,
    access: manifest.access,
    custody: manifest.custody,
    title: view.title,
    lang: view.lang,
    synopsis: inLanguage(view.synopsis, view.lang)?.text ?? '',
    theme: view.theme,
    keywords: view.keywords,
    licence: view.licence,
    media_types: unique(manifest.resources.map(mediaTypeOfResource)),
    formats: unique(manifest.resources.map(formatOf)),
    view,
    updated_at,
  };
}

/** The texts under which a dataset is found: title first, then keywords, theme and producer, synopses, summaries and file names. */
export function searchTexts(row: DatasetRow, resources: readonly Resource[], producer_name: string): SearchText[] {
  const theme = row.view.theme === null ? undefined : THEMES[row.view.theme];
  const texts: SearchText[] = [
    { weight: 'A', lang: row.lang, text: row.title },
    { weight: 'B', lang: row.lang, text: row.keywords.join('\n') },
    { weight: 'B', lang: row.lang, text: `${producer_name}\n${row.view.producer_name}` },
    { weight: 'B', lang: 'fr', text: theme?.fr ?? '' },
    { weight: 'B', lang: 'en', text: theme?.en ?? '' },
    ...row.view.synopsis.map((entry): SearchText => ({ weight: 'C', ...entry })),
    ...row.view.summary.map((entry): SearchText => ({ weight: 'D', ...entry })),
    { weight: 'D', lang: row.lang, text: resources.map((resource) => (resource.name ?? '').replaceAll(/[._-]/g, ' ')).join('\n') },
  ];
  return texts.filter((entry) => entry.text.trim() !== '').map((entry) => ({ ...entry, text: entry.text.slice(0, SEARCH_TEXT_MAX) }));
}

/** What a resource's format is called in the catalogue's facet: `CSV`, `WMS`, `API`. */
export function formatOf(resource: Resource): string | undefined {
  if (resource.kind === 'file' || resource.kind === 'link') return formatLabel(resource.media_type);
  if (resource.kind === 'service') return resource.protocol === 'http-api' ? 'API' : resource.protocol.toUpperCase();
  return undefined;
}

function mediaTypeOfResource(resource: Resource): string | undefined {
  return resource.kind === 'file' || resource.kind === 'link' ? resource.media_type : undefined;
}

function unique(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))].toSorted();
}
