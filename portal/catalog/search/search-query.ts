import { isLicenceCode, isThemeCode } from '#catalog-schema';
import { PortalError } from '../../errors.ts';

/** The facets of the search, in the order in which pages show them. */
export const FACETS = ['theme', 'producer', 'access', 'format', 'licence'] as const;

/** Name of a facet, and of the parameter that filters by it. */
export type Facet = (typeof FACETS)[number];

/** In which order results come; `relevance` without words to search is `updated`. */
export type SearchSort = 'relevance' | 'updated' | 'title';

/** A search, checked. A facet's values are alternatives; different facets restrict one another. */
export interface SearchQuery {
  q: string;
  filters: Readonly<Record<Facet, readonly string[]>>;
  sort: SearchSort;
  cursor: string | null;
  limit: number;
}

const Q_MAX = 200;
const Q_WORDS_MAX = 20;
const VALUES_MAX = 10;
const SORTS: readonly SearchSort[] = ['relevance', 'updated', 'title'];
const PARAMETERS: readonly string[] = ['q', ...FACETS, 'sort', 'cursor', 'limit'];

const FACET_VALUES: Readonly<Record<Facet, (value: string) => boolean>> = {
  theme: isThemeCode,
  producer: (value) => /^[A-Za-z0-9_-]{43}$/.test(value),
  access: (value) => value === 'open' || value === 'restricted',
  format: (value) => /^[\p{L}\p{N} .+/_-]{1,60}$/u.test(value),
  licence: (value) => value === 'custom' || isLicenceCode(value),
};

/**
 * Reads the parameters of a search: `q`, each facet up to ten times, `sort`, `cursor`, `limit` (1 to 100, else 20). Empty ones count as
 * absent, as forms send them. Refuses with `bad_request` whatever it does not know, so that a misspelt filter is never no filter.
 */
export function parseSearchQuery(parameters: URLSearchParams): SearchQuery {
  for (const name of new Set(parameters.keys())) {
    if (!PARAMETERS.includes(name)) throw refused('unknown_parameter', `Unknown parameter ${JSON.stringify(name.slice(0, 80))}; known here: ${PARAMETERS.join(', ')}.`);
  }
  const q = readWords(one(parameters, 'q'));
  const sort = one(parameters, 'sort') || (q === '' ? 'updated' : 'relevance');
  const known = SORTS.find((candidate) => candidate === sort);
  if (known === undefined) throw refused('malformed_parameter', `Sort by ${SORTS.join(', ')}.`);
  return {
    q,
    filters: { theme: many(parameters, 'theme'), producer: many(parameters, 'producer'), access: many(parameters, 'access'), format: many(parameters, 'format'), licence: many(parameters, 'licence') },
    sort: known === 'relevance' && q === '' ? 'updated' : known,
    cursor: one(parameters, 'cursor') || null,
    limit: readLimit(one(parameters, 'limit')),
  };
}

function one(parameters: URLSearchParams, name: string): string {
  const values = parameters.getAll(name);
  if (values.length > 1) throw refused('repeated_parameter', `The parameter ${name} stands more than once.`);
  return values[0] ?? '';
}

function many(parameters: URLSearchParams, facet: Facet): string[] {
  const values = [...new Set(parameters.getAll(facet).filter((value) => value !== ''))];
  if (values.length > VALUES_MAX) throw refused('too_many_values', `Give at most ${VALUES_MAX} values of ${facet}.`);
  const unknown = values.find((value) => !FACET_VALUES[facet](value));
  if (unknown !== undefined) throw refused('malformed_parameter', `${JSON.stringify(unknown.slice(0, 80))} is no value of ${facet}.`);
  return values.toSorted();
}

function readWords(text: string): string {
  const words = text.normalize('NFC').replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  if (words.length > Q_MAX) throw refused('malformed_parameter', `Search for at most ${Q_MAX} characters.`);
  if (words.split(' ').length > Q_WORDS_MAX) throw refused('malformed_parameter', `Search for at most ${Q_WORDS_MAX} words.`);
  return words;
}

function readLimit(text: string): number {
  if (text === '') return 20;
  const limit = /^[1-9][0-9]{0,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(limit <= 100)) throw refused('malformed_parameter', 'Give limit as a whole number from 1 to 100.');
  return limit;
}

function refused(reason: string, detail: string): PortalError {
  return new PortalError('bad_request', detail, { reason });
}
