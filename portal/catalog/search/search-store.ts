import { type RawBuilder, sql } from 'kysely';
import type { Caller, Db } from '../../portal.ts';
import { CARD_COLUMNS, datasetCard, type DatasetCard } from '../dataset-card.ts';
import { visibleTo } from '../visible-to.ts';
import { readCursor, type SearchPlace, writeCursor } from './search-cursor.ts';
import { type Facet, FACETS, type SearchQuery, type SearchSort } from './search-query.ts';

/** A page of results; `next` continues behind its last one. */
export interface SearchPage {
  total: number;
  datasets: DatasetCard[];
  next: string | null;
}

/** One value of a facet and how many results it would leave; `label` where the value is an id. */
export interface FacetCount {
  value: string;
  count: number;
  label?: string;
}

const FACET_VALUES_MAX = 200;

/** Ends every later statement of this transaction that takes longer than `ms` milliseconds (`isStatementTimeout`). */
export async function limitStatements(trx: Db, ms: number): Promise<void> {
  await sql`SELECT set_config('statement_timeout', ${String(ms)}, true)`.execute(trx);
}

/** The datasets that a query finds among those the viewer may see and that are not withdrawn. `total` is exact. */
export async function searchDatasets(db: Db, viewer: Caller, query: SearchQuery): Promise<SearchPage> {
  const place = readCursor(query);
  const words = await readWords(db, query.q);
  const key = sortKey(query.sort, words);
  const matching = matches(db, viewer, query, words);
  const { total } = await matching.select(sql<string>`count(*)`.as('total')).executeTakeFirstOrThrow();
  const rows = await matching
    .select(CARD_COLUMNS)
    .select(key.as('key'))
    .$if(place !== null, (found) => found.where(behind(query.sort, key, place)))
    .orderBy(key, query.sort === 'title' ? 'asc' : 'desc')
    .orderBy('dataset.dataset_id')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? page.at(-1) : undefined;
  const next = last === undefined ? null : writeCursor(query, { key: last.key instanceof Date ? last.key.toISOString() : last.key, dataset_id: last.dataset_id });
  return { total: Number(total), datasets: page.map(datasetCard), next };
}

/** For each facet the values among the results and their exact counts, as if that facet itself did not filter; most frequent first. */
export async function countFacets(db: Db, viewer: Caller, query: SearchQuery): Promise<Record<Facet, FacetCount[]>> {
  const words = await readWords(db, query.q);
  const count = async (facet: Facet): Promise<FacetCount[]> => {
    const value = FACET_COLUMNS[facet];
    const rows = await matches(db, viewer, query, words, facet)
      .select([value.as('value'), sql<string>`count(*)`.as('count')])
      .$if(facet === 'producer', (found) => found.select(sql<string>`min(dataset.producer_name)`.as('label')))
      .where(sql<boolean>`${facet === 'format' ? sql`cardinality(dataset.formats) > 0` : sql`${value} IS NOT NULL`}`)
      .groupBy(sql`1`)
      .orderBy(sql`count(*)`, 'desc')
      .orderBy(sql`1`)
      .limit(FACET_VALUES_MAX)
      .execute();
    return rows.map((row) => ({ value: row.value ?? '', count: Number(row.count), ...(row.label === undefined ? {} : { label: row.label }) }));
  };
  const counts: Record<Facet, FacetCount[]> = { theme: [], producer: [], access: [], format: [], licence: [] };
  // One after the other: a transaction has one connection.
  for (const facet of FACETS) counts[facet] = await count(facet);
  return counts;
}

const FACET_COLUMNS: Readonly<Record<Facet, RawBuilder<string | null>>> = {
  theme: sql`dataset.theme`,
  producer: sql`dataset.producer_id`,
  access: sql`dataset.access`,
  format: sql`unnest(dataset.formats)`,
  licence: sql`dataset.licence`,
};

function matches(db: Db, viewer: Caller, { filters }: SearchQuery, words: string | null, except?: Facet) {
  const active = (facet: Facet): boolean => facet !== except && filters[facet].length > 0;
  return db
    .selectFrom('dataset')
    .innerJoin('producer', 'producer.producer_id', 'dataset.producer_id')
    .where(visibleTo(viewer))
    .where('dataset.status', '=', 'active')
    .$if(words !== null, (found) => found.where(sql<boolean>`dataset.search @@ ${words}::tsquery`))
    .$if(active('theme'), (found) => found.where('dataset.theme', 'in', [...filters.theme]))
    .$if(active('producer'), (found) => found.where('dataset.producer_id', 'in', [...filters.producer]))
    .$if(active('access'), (found) => found.where(sql<boolean>`dataset.access = ANY(${[...filters.access]}::text[])`))
    .$if(active('format'), (found) => found.where(sql<boolean>`dataset.formats && ${[...filters.format]}::text[]`))
    .$if(active('licence'), (found) => found.where('dataset.licence', 'in', [...filters.licence]));
}

/**
 * The words as a tsquery in text form, or null when nothing in them can be searched. Quotes, OR and a leading minus work as in
 * search engines; the last word also counts as the beginning of a word, because people search while they type.
 */
async function readWords(db: Db, q: string): Promise<string | null> {
  if (q === '') return null;
  const last = /(?:^|[^\p{L}\p{N}"-])([\p{L}\p{N}]{2,40})$/u.exec(q)?.[1];
  const head = last === undefined ? q : q.slice(0, q.length - last.length);
  const asked = (config: Config): RawBuilder<string> => {
    const whole = sql<string>`websearch_to_tsquery(${config}::regconfig, ${q})`;
    if (last === undefined) return whole;
    // Stems alone would miss a word of which more than the stem, but not all, is typed.
    return sql`(${whole} || (websearch_to_tsquery(${config}::regconfig, ${head}) && (${prefix(config, last)} || ${prefix('simple', last)})))`;
  };
  const { rows } = await sql<{ words: string; stop_words: boolean }>`
    SELECT (${asked('sceau_fr')} || ${asked('sceau_en')})::text AS words,
           numnode(websearch_to_tsquery('sceau_fr', ${q})) = 0 OR numnode(websearch_to_tsquery('sceau_en', ${q})) = 0 AS stop_words`.execute(db);
  const [read] = rows;
  // Only stop words of one of the languages: as if nothing had been asked, rather than an odd selection.
  return read === undefined || read.stop_words ? null : read.words;
}

type Config = 'sceau_fr' | 'sceau_en' | 'simple';

// Quoted, so that nothing that unaccent may make of a letter is read as an operator.
function prefix(config: Config, word: string): RawBuilder<string> {
  return sql`to_tsquery(${config}::regconfig, '''' || replace(unaccent(${word}), '''', '''''') || ''':*')`;
}

function sortKey(sort: SearchSort, words: string | null): RawBuilder<number | string | Date> {
  if (sort === 'title') return sql`lower(unaccent(dataset.title)) COLLATE "C"`;
  if (sort === 'relevance') return words === null ? sql`0::float8` : sql`ts_rank(dataset.search, ${words}::tsquery)::float8`;
  return sql`dataset.updated_at`;
}

function behind(sort: SearchSort, key: RawBuilder<number | string | Date>, place: SearchPlace | null): RawBuilder<boolean> {
  if (place === null) return sql`true`;
  const value = sort === 'relevance' ? sql`${place.key}::float8` : sort === 'updated' ? sql`${place.key}::timestamptz` : sql`${place.key}::text`;
  const further = sort === 'title' ? sql`${key} > ${value}` : sql`${key} < ${value}`;
  return sql`(${further} OR (${key} = ${value} AND dataset.dataset_id > ${place.dataset_id}::uuid))`;
}
