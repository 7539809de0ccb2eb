import test from 'ava';
import { sql } from 'kysely';
import { parseSearchQuery } from '../../../portal/catalog/search/search-query.ts';
import { LIMITS } from '../../../portal/config.ts';
import { type Answer, startTestPortal, testPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { makePublication, type PublicationOptions, publishOpen, publishSealed, send } from './publishing.ts';

let portal: TestPortal;
let rennes: TestProducer;
let brest: TestProducer;

const publish = async (producer: TestProducer, o: Omit<PublicationOptions, 'dataset_id'>) => {
  const answer = await send(portal, producer, makePublication(producer, { dataset_id: portal.portal.newUuid(), ...o }, portal.portal.clock.now()));
  if (answer.status !== 201) throw new Error(answer.text);
};

test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  brest = await portal.enrolProducer({ name: 'Brest métropole' });
  await publishOpen(portal, rennes, { title: 'Déchèteries de la métropole', synopsis: 'Adresses et horaires', theme: 'environment', keywords: ['déchets'], name: 'decheteries.csv' });
  await publish(rennes, { title: 'Arrêts de bus', synopsis: 'Position des arrêts', summary: 'Les déchèteries sont desservies par la ligne 12.', theme: 'transportation', keywords: ['mobilité'], licence: 'odbl-1.0' });
  await publish(brest, { title: 'Bicycle counters', synopsis: 'Hourly counts of bicycles', summary: 'Sensors along cycling lanes.', lang: 'en', theme: 'transportation', keywords: ['cycling'] });
  await publish(brest, { title: 'Écoles maternelles', synopsis: 'Écoles publiques', theme: 'education', keywords: ['école', 'enfance'], licence: 'odbl-1.0' });
  await publishSealed(portal, brest, { title: 'Bénéficiaires d’aides' });
});
test.after.always(() => portal.close());

const find = (query: string): Promise<Answer> => portal.call('GET', `/api/v1/datasets${query}`);
const titles = async (query: string): Promise<string[]> => (await find(query)).json.datasets.map((entry: { title: string }) => entry.title);

test('everything is listed, the newest data first, with exact counts', async (t) => {
  const { json } = await find('');
  t.is(json.total, 5);
  t.is(json.datasets.length, 5);
  t.is(json.next, null);
  t.deepEqual(json.facets.access, [{ value: 'open', count: 4 }, { value: 'restricted', count: 1 }]);
  t.deepEqual(json.facets.theme.find((entry: { value: string }) => entry.value === 'transportation'), { value: 'transportation', count: 2 });
  t.deepEqual(json.facets.producer, [
    { value: brest.producer_id, count: 3, label: 'Brest métropole' },
    { value: rennes.producer_id, count: 2, label: 'Ville de Rennes' },
  ]);
  t.deepEqual(json.facets.format, [{ value: 'CSV', count: 2 }]);
  t.deepEqual(json.facets.licence, [{ value: 'etalab-2.0', count: 3 }, { value: 'odbl-1.0', count: 2 }]);
});

test('a card says what a list needs and nothing else', async (t) => {
  const [card] = (await find(`?q=${encodeURIComponent('déchèteries')}&limit=1`)).json.datasets;
  t.deepEqual(Object.keys(card).toSorted(), ['access', 'custody', 'dataset_id', 'formats', 'keywords', 'lang', 'licence', 'producer', 'published_at', 'synopsis', 'theme', 'title', 'updated_at', 'version']);
  t.like(card, { title: 'Déchèteries de la métropole', synopsis: 'Adresses et horaires', formats: ['CSV'], licence: 'etalab-2.0', version: 1, producer: { producer_id: rennes.producer_id, name: 'Ville de Rennes' } });
});

test('words are found without accents, in other forms, in French and English, and as the beginning of one', async (t) => {
  const first = async (words: string) => (await titles(`?q=${encodeURIComponent(words)}`))[0];
  t.is(await first('decheterie'), 'Déchèteries de la métropole');
  t.is(await first('DÉCHÈTERIES'), 'Déchèteries de la métropole');
  t.is(await first('counter'), 'Bicycle counters');
  t.is(await first('bicycles'), 'Bicycle counters');
  t.is(await first('cyclin'), 'Bicycle counters');
  t.is(await first('matern'), 'Écoles maternelles');
  t.is(await first('ecole mat'), 'Écoles maternelles');
  t.is(await first('mobilites'), 'Arrêts de bus');
  t.deepEqual((await titles('?q=brest')).length, 3, 'the producer’s name counts');
  t.deepEqual(await titles('?q=introuvable'), []);
});

test('a word in the title counts more than one in the summary', async (t) => {
  t.deepEqual(await titles('?q=d%C3%A9ch%C3%A8teries'), ['Déchèteries de la métropole', 'Arrêts de bus']);
  t.deepEqual(await titles('?q=d%C3%A9ch%C3%A8teries&sort=title'), ['Arrêts de bus', 'Déchèteries de la métropole']);
});

test('quotes, minus and OR work; only stop words is no filter; operators of the database mean nothing', async (t) => {
  t.deepEqual(await titles(`?q=${encodeURIComponent('"position des arrêts"')}`), ['Arrêts de bus']);
  t.deepEqual(await titles(`?q=${encodeURIComponent('déchèteries -bus')}`), ['Déchèteries de la métropole']);
  t.is((await titles(`?q=${encodeURIComponent('maternelles OR counters')}`)).length, 2);
  t.is((await find('?q=des')).json.total, 5);
  for (const words of ["'; DROP TABLE dataset; --", 'a & b | !c <-> d:*A', '((((', "it's", '\\', ':*', '%', '""', '-', 'é'.repeat(200), '\u0000']) {
    t.is((await find(`?q=${encodeURIComponent(words)}`)).status, 200, words);
  }
});

test('facets restrict one another, alternatives of one facet widen, and each counts without its own filter', async (t) => {
  t.deepEqual(await titles('?theme=transportation&sort=title'), ['Arrêts de bus', 'Bicycle counters']);
  t.deepEqual(await titles(`?theme=transportation&producer=${brest.producer_id}`), ['Bicycle counters']);
  t.deepEqual((await titles('?theme=transportation&theme=education')).length, 3);
  t.deepEqual(await titles('?access=restricted'), ['Bénéficiaires d’aides']);
  t.deepEqual((await titles('?format=CSV')).length, 2);
  const { facets, total } = (await find(`?licence=odbl-1.0&producer=${brest.producer_id}`)).json;
  t.is(total, 1);
  t.deepEqual(facets.licence, [{ value: 'etalab-2.0', count: 2 }, { value: 'odbl-1.0', count: 1 }]);
  t.deepEqual(facets.producer.map((entry: { count: number }) => entry.count), [1, 1]);
  t.deepEqual(facets.theme, [{ value: 'education', count: 1 }]);
});

test('pages follow one another without repeating or leaving out anything, in every order', async (t) => {
  for (const query of ['?sort=updated', '?sort=title', '?q=de+OR+brest+OR+rennes&sort=relevance']) {
    const all = await titles(`${query}&limit=100`);
    const paged: string[] = [];
    let next: string | null = null;
    do {
      const { json }: Answer = await find(`${query}&limit=2${next === null ? '' : `&cursor=${next}`}`);
      paged.push(...json.datasets.map((entry: { title: string }) => entry.title));
      next = json.next;
    } while (next !== null && paged.length < 20);
    t.deepEqual(paged, all, query);
  }
});

test('a cursor belongs to its search', async (t) => {
  const { next } = (await find('?limit=2')).json;
  t.is((await find(`?limit=1&cursor=${next}`)).status, 200, 'the size of a page may change');
  for (const other of [`?sort=title&cursor=${next}`, `?access=open&cursor=${next}`, `?q=bus&cursor=${next}`, '?cursor=abc', '?cursor=W10', `?cursor=${'A'.repeat(5000)}`]) {
    const answer = await find(other);
    t.is(answer.status, 400, other);
    t.is(answer.json.reason, 'cursor_mismatch');
  }
});

test('unknown parameters and values are refused, never passed over', async (t) => {
  const refusals: [string, string][] = [
    ['?them=environment', 'unknown_parameter'],
    ['?offset=10', 'unknown_parameter'],
    ['?q=a&q=b', 'repeated_parameter'],
    ['?theme=nope', 'malformed_parameter'],
    ['?access=secret', 'malformed_parameter'],
    ['?producer=x', 'malformed_parameter'],
    ['?licence=none', 'malformed_parameter'],
    ["?format=a'b", 'malformed_parameter'],
    ['?limit=0', 'malformed_parameter'],
    ['?limit=101', 'malformed_parameter'],
    ['?limit=1e1', 'malformed_parameter'],
    ['?sort=title%3Bdrop', 'malformed_parameter'],
    [`?q=${'a'.repeat(201)}`, 'malformed_parameter'],
    [`?q=${'a+'.repeat(21)}`, 'malformed_parameter'],
    [`?${Array.from({ length: 11 }, (_, index) => `format=F${index}`).join('&')}`, 'too_many_values'],
  ];
  for (const [query, reason] of refusals) {
    const answer = await find(query);
    t.is(answer.status, 400, query);
    t.is(answer.json.reason, reason, query);
  }
});

test('a cursor whose date is not written as the portal writes it is of nobody', async (t) => {
  const { next } = (await find('?limit=1')).json;
  const [mark, key, dataset_id] = JSON.parse(Buffer.from(next, 'base64url').toString());
  const cursorOf = (changed: unknown) => Buffer.from(JSON.stringify([mark, changed, dataset_id])).toString('base64url');
  t.is((await find(`?limit=1&cursor=${cursorOf(key)}`)).status, 200);
  for (const bad of ['2025', 'Tue Nov 24 2026 10:00:00 GMT+0100 (heure)', '0000-01-01T00:00:00.000Z', '-000001-01-01T00:00:00.000Z', '+010000-01-01T00:00:00.000Z', '2025-02-30T00:00:00.000Z', '2025-01-01T24:00:00.000Z', '2025-01-01', '1 foo 2001']) {
    const answer = await find(`?limit=1&cursor=${cursorOf(bad)}`);
    t.is(`${answer.status} ${answer.json.reason}`, '400 cursor_mismatch', bad);
  }
});

test('empty parameters, as forms send them, are no filters', (t) => {
  const query = parseSearchQuery(new URLSearchParams('q=&theme=&producer=&sort=&cursor=&limit='));
  t.deepEqual(query, { q: '', filters: { theme: [], producer: [], access: [], format: [], licence: [] }, sort: 'updated', cursor: null, limit: 20 });
  t.is(parseSearchQuery(new URLSearchParams('q=%20bus%09%00bus%20')).q, 'bus bus');
  t.is(parseSearchQuery(new URLSearchParams('sort=relevance')).sort, 'updated');
});

test('a search that takes too long is ended by PostgreSQL and says so, on pages as for programs', async (t) => {
  const other = await testPortal(t, { config: { limits: { ...LIMITS, search_ms: 50 } } });
  t.is((await other.call('GET', '/api/v1/datasets?q=arbre')).status, 200);
  await other.owner_db.transaction().execute(async (trx) => {
    await sql`LOCK TABLE dataset IN ACCESS EXCLUSIVE MODE`.execute(trx);
    const answer = await other.call('GET', '/api/v1/datasets?q=arbre');
    t.is(`${answer.status} ${answer.json.reason}`, '503 search_too_slow');
    t.is(answer.headers['retry-after'], '5');
    t.is((await other.call('GET', '/fr/datasets?q=arbre', { headers: { accept: 'text/html' } })).status, 503);
  });
  t.is((await other.call('GET', '/api/v1/datasets?q=arbre')).status, 200, 'the limit does not stay with the connection');
});
