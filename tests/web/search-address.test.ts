import fc from 'fast-check';
import test from 'ava';
import { parseSearchQuery } from '../../portal/catalog/search/search-query.ts';
import { isUnfiltered, knownParameters, searchQueryOf, type SearchState, stateOf, toggleFilter, withoutFilter, withoutWords } from '../../portal/web/search-address.ts';

const EMPTY: SearchState = { q: '', filters: { access: [], theme: [], producer: [], format: [], licence: [] }, sort: undefined, cursor: undefined };

/** States that the search takes. */
const states = fc.record({
  q: fc.constantFrom('', 'eau', 'arrêts de bus', '100 %', 'a&b=c'),
  filters: fc.record({
    access: fc.subarray(['open', 'restricted']),
    theme: fc.subarray(['environment', 'housing', 'location']),
    producer: fc.subarray(['Qm9uam91ci1sZS1wcm9kdWN0ZXVyLWRlLVJlbm5lcyE']),
    format: fc.subarray(['CSV', 'GeoJSON', 'JSON-LD']),
    licence: fc.subarray(['etalab-2.0', 'odbl-1.0']),
  }),
  sort: fc.constantFrom(undefined, 'title' as const),
  cursor: fc.constantFrom(undefined, 'abc_-1'),
});

test('an address holds the whole state: what is read from it is what was written', (t) => {
  fc.assert(
    fc.property(states, (state) => {
      const read = stateOf(parseSearchQuery(knownParameters(searchQueryOf(state))));
      t.deepEqual({ ...read, filters: sorted(read.filters) }, { ...state, filters: sorted(state.filters) });
    }),
  );
});

const sorted = (filters: SearchState['filters']) => Object.fromEntries(Object.entries(filters).map(([name, values]) => [name, values.toSorted()]));

test('a filter that is chosen twice is taken away, and the list starts again', (t) => {
  const chosen = toggleFilter({ ...EMPTY, cursor: 'abc' }, 'theme', 'housing');
  t.deepEqual(chosen.filters.theme, ['housing']);
  t.is(chosen.cursor, undefined);
  t.deepEqual(toggleFilter(chosen, 'theme', 'housing'), EMPTY);
  t.deepEqual(withoutFilter(chosen, 'theme'), EMPTY);
});

test('without words and filters the search is that of everything', (t) => {
  t.true(isUnfiltered(EMPTY));
  t.true(isUnfiltered(withoutWords({ ...EMPTY, q: 'eau' })));
  t.false(isUnfiltered(toggleFilter(EMPTY, 'access', 'open')));
  t.is(searchQueryOf(EMPTY), '');
});
