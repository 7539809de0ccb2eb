import { isLicenceCode, isThemeCode, LICENCES, THEMES } from '#catalog-schema';
import type { JSX } from 'preact';
import { href, type PageContext } from '../page-context.ts';
import { PageLayout } from '../page-layout.tsx';
import { type CardData, DatasetCard } from '../parts/dataset-card.tsx';
import { Icon } from '../parts/icon.tsx';
import { SearchForm } from '../parts/search-form.tsx';
import { sayNumber } from '../say-amounts.ts';
import { FACETS, type FacetName, isUnfiltered, searchPath, type SearchState, SORTS, toggleFilter, withoutFilter, withoutWords } from '../search-address.ts';

/** One value of a filter with how many datasets it would leave; `label` where the value itself says nothing (a producer's id). */
export interface FacetValue {
  value: string;
  count: number;
  label?: string;
}

/** What a search found, and what to offer when it found nothing. */
export interface SearchData {
  state: SearchState;
  total: number;
  datasets: readonly CardData[];
  facets: Readonly<Record<FacetName, readonly FacetValue[]>>;
  next: string | null;
  /** When nothing was found: what dropping one criterion would find. */
  drops: readonly { name: FacetName | 'q'; total: number }[];
}

const SHOWN_VALUES = 6;

/** The search page: words, filters with counts, results; its whole state is its address. */
export function SearchPage({ page, data }: { page: PageContext; data: SearchData }): JSX.Element {
  const { words } = page;
  const { state } = data;
  const kept = FACETS.flatMap((name) => state.filters[name].map((value): readonly [string, string] => [name, value]));
  const title = state.q === '' ? words.search.title : words.search.title_for(state.q);
  return (
    <PageLayout page={page} facts={{ title, section: 'search', hidden: !isUnfiltered(state) }}>
      <div class="band">
        <div class="wrap">
          <h1 class="band-title">{words.search.title}</h1>
          <SearchForm page={page} text={state.q} kept={kept} />
        </div>
      </div>
      <div class="wrap search-page">
        <Facets page={page} data={data} />
        <section class="results" aria-labelledby="results-title">
          <div class="results-head">
            <h2 id="results-title" class="results-count">{countText(page, data)}</h2>
            {data.total > 1 ? <Sorts page={page} state={state} /> : null}
          </div>
          <Chips page={page} data={data} />
          {data.datasets.length === 0 ? <NothingFound page={page} data={data} /> : (
            <ul class="cards">{data.datasets.map((dataset) => <DatasetCard page={page} dataset={dataset} heading="h3" />)}</ul>
          )}
          <Pager page={page} data={data} />
        </section>
      </div>
    </PageLayout>
  );
}

function countText(page: PageContext, { total, state }: SearchData): string {
  const { search } = page.words;
  const said = sayNumber(page.lang, total);
  if (total === 0) return search.none;
  return state.q === '' ? search.found(total, said) : search.found_for(total, said, state.q);
}

/** What a filter's value is called in the page's language. */
function labelOf(page: PageContext, data: SearchData, name: FacetName, value: string): string {
  if (name === 'access') return value === 'open' ? page.words.search.access.open : page.words.search.access.restricted;
  if (name === 'theme' && isThemeCode(value)) return THEMES[value][page.lang];
  if (name === 'licence' && isLicenceCode(value)) return LICENCES[value][page.lang];
  return data.facets[name].find((one) => one.value === value)?.label ?? value;
}

function Facets({ page, data }: { page: PageContext; data: SearchData }): JSX.Element {
  const { search } = page.words;
  return (
    <details class="facets">
      <summary>{search.filters}</summary>
      <nav class="facets-body" aria-label={search.filters}>
        {FACETS.filter((name) => data.facets[name].length > 0).map((name) => (
          <div class="facet">
            <h2 id={`facet-${name}`}>{search.facet[name]}</h2>
            <FacetValues page={page} data={data} name={name} values={data.facets[name].slice(0, SHOWN_VALUES)} />
            {data.facets[name].length <= SHOWN_VALUES ? null : (
              <details class="facet-more">
                <summary>{search.more_values(data.facets[name].length - SHOWN_VALUES)}</summary>
                <FacetValues page={page} data={data} name={name} values={data.facets[name].slice(SHOWN_VALUES)} />
              </details>
            )}
          </div>
        ))}
      </nav>
    </details>
  );
}

function FacetValues({ page, data, name, values }: { page: PageContext; data: SearchData; name: FacetName; values: readonly FacetValue[] }): JSX.Element {
  return (
    <ul aria-labelledby={`facet-${name}`}>
      {values.map(({ value, count }) => {
        const chosen = data.state.filters[name].includes(value);
        return (
          <li>
            <a href={href(page, searchPath(toggleFilter(data.state, name, value)))} aria-current={chosen ? 'true' : undefined} rel="nofollow">
              <span class="facet-box">{chosen ? <Icon name="check" /> : null}</span>
              <span class="facet-name">{labelOf(page, data, name, value)}</span>
              <span class="facet-count">{sayNumber(page.lang, count)}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function Chips({ page, data }: { page: PageContext; data: SearchData }): JSX.Element | null {
  const { state } = data;
  const { search } = page.words;
  if (isUnfiltered(state)) return null;
  const chip = (path: string, text: string) => (
    <li><a class="chip" href={href(page, path)}><span class="sr-only">{search.remove} </span>{text}<Icon name="close" /></a></li>
  );
  return (
    <ul class="chips" aria-label={search.your_filters}>
      {state.q === '' ? null : chip(searchPath(withoutWords(state)), search.words_chip(state.q))}
      {FACETS.map((name) => state.filters[name].map((value) => chip(searchPath(toggleFilter(state, name, value)), labelOf(page, data, name, value))))}
      <li><a class="chips-clear" href={href(page, '/datasets')}>{search.remove_all}</a></li>
    </ul>
  );
}

function Sorts({ page, state }: { page: PageContext; state: SearchState }): JSX.Element {
  const { search } = page.words;
  const current = state.sort ?? (state.q === '' ? 'updated' : 'relevance');
  const offered = SORTS.filter((name) => name !== 'relevance' || state.q !== '');
  return (
    <nav class="sorts" aria-label={search.sort}>
      <span aria-hidden="true">{search.sort}</span>
      <ul>
        {offered.map((name) => (
          <li><a href={href(page, searchPath({ ...state, sort: name, cursor: undefined }))} aria-current={name === current ? 'true' : undefined} rel="nofollow">{search.sorts[name]}</a></li>
        ))}
      </ul>
    </nav>
  );
}

function Pager({ page, data }: { page: PageContext; data: SearchData }): JSX.Element | null {
  const { search } = page.words;
  if (data.next === null && data.state.cursor === undefined) return null;
  return (
    <nav class="pager" aria-label={search.pages}>
      {data.state.cursor === undefined ? <span /> : <a class="go go-back" href={href(page, searchPath({ ...data.state, cursor: undefined }))}><Icon name="back" />{search.first}</a>}
      {data.next === null ? null : <a class="button" rel="next" href={href(page, searchPath({ ...data.state, cursor: data.next }))}>{search.next}<Icon name="arrow" /></a>}
    </nav>
  );
}

function NothingFound({ page, data }: { page: PageContext; data: SearchData }): JSX.Element {
  const { search } = page.words;
  const { state } = data;
  const useful = data.drops.filter((drop) => drop.total > 0);
  return (
    <div class="nothing">
      <p>{search.none_text}</p>
      {useful.length === 0 ? null : (
        <>
          <h3>{search.none_drop}</h3>
          <ul>
            {useful.map(({ name, total }) => {
              const path = searchPath(name === 'q' ? withoutWords(state) : withoutFilter(state, name));
              const text = name === 'q' ? search.words_chip(state.q) : state.filters[name].map((value) => labelOf(page, data, name, value)).join(', ');
              return <li><a href={href(page, path)}>{search.none_without(text)}</a> : {search.found(total, sayNumber(page.lang, total))}</li>;
            })}
          </ul>
        </>
      )}
      {state.q === '' ? null : <><h3>{search.none_spelling}</h3><p>{search.none_spelling_text}</p></>}
      <h3>{search.none_browse}</h3>
      <p><a class="go" href={href(page, '/datasets')}>{search.none_browse_link}<Icon name="arrow" /></a></p>
    </div>
  );
}
