import test from 'ava';
import fc from 'fast-check';
import { normaliseRudi, parseRudiAsSpecified, parseRudiMetadata, RULES, SchemaError, type CatalogueView, type RuleName } from '#catalog-schema';
import { type Draft, example } from './samples.ts';

type Case = [rule: RuleName, change: (record: Draft) => void, reads?: (view: CatalogueView) => unknown, as?: unknown];

const file = (record: Draft): Draft => record.available_formats[0];
const custom = (text: string, url: string) => (record: Draft): void => {
  record.access_condition.licence = { licence_type: 'CUSTOM', custom_licence_label: [{ lang: 'fr', text }], custom_licence_uri: url };
};
const licenceOf = ({ licence, licence_label, licence_url }: CatalogueView): unknown => [licence, licence_label, licence_url];

const cases: Case[] = [
  ['theme_label_in_french', (r) => { r.theme = 'Mobilité, Transport'; }, (v) => v.theme, 'transportation'],
  ['theme_label_in_french', (r) => { r.theme = 'REFERENTIELS GEOGRAPHIQUES'; }, (v) => v.theme, 'location'],
  ['unknown_theme', (r) => { r.theme = 'ville'; }, (v) => v.theme, null],
  ['title_too_long', (r) => { r.resource_title = 'x'.repeat(151); }, (v) => v.title.length, 151],
  ['text_language_missing', (r) => { delete r.synopsis[0].lang; }, (v) => v.synopsis[0], { lang: 'fr', text: 'Tous les arrêts du réseau.' }],
  ['language_outside_list', (r) => { r.resource_languages = ['fr', 'br', 'fr']; }, (v) => v.languages, ['fr', 'br']],
  ['keywords_missing', (r) => { r.keywords = ['bus', ' ']; }, (v) => v.keywords, ['bus']],
  ['keywords_in_one_text', (r) => { r.keywords = ['bus; métro,Bus']; }, (v) => v.keywords, ['bus', 'métro']],
  ['contacts_missing', (r) => { r.contacts = []; }, (v) => v.contact_ids, []],
  ['null_for_absent', (r) => { r.local_id = null; }, (v) => v.local_id, null],
  ['doi_malformed', (r) => { r.doi = 'https://doi.org/10.1/x'; }],
  ['updated_missing', (r) => { delete r.dataset_dates.updated; }, (v) => v.updated_at, '2026-02-01T00:00:00.000Z'],
  ['updated_before_created', (r) => { r.dataset_dates.updated = '2020-01-01T00:00:00Z'; }, (v) => v.updated_at, '2020-01-01T00:00:00.000Z'],
  ['date_incomplete', (r) => { r.dataset_dates.created = '2026-01-31'; }, (v) => v.created_at, '2026-01-31T00:00:00.000Z'],
  ['date_incomplete', (r) => { r.dataset_dates.created = '2026-01-31T10:00'; }, (v) => v.created_at, '2026-01-31T10:00:00.000Z'],
  ['date_incomplete', (r) => { r.dataset_dates.created = '2026-01-31T10:00:00+02'; }, (v) => v.created_at, '2026-01-31T08:00:00.000Z'],
  ['period_reversed', (r) => { r.temporal_spread = { start_date: '2026-01-02T00:00:00Z', end_date: '2026-01-01T00:00:00Z' }; }, (v) => v.period, null],
  ['bounding_box_impossible', (r) => { r.geography.bounding_box.south_latitude = 49; }, (v) => v.bbox, null],
  ['confidentiality_missing', (r) => { delete r.access_condition.confidentiality; }, (v) => [v.restricted, v.gdpr_sensitive], [false, false]],
  ['gdpr_sensitive_but_open', (r) => { r.access_condition.confidentiality.gdpr_sensitive = true; }, (v) => v.restricted, true],
  ['unknown_licence', (r) => { r.access_condition.licence.licence_label = 'freeware'; }, licenceOf, [null, 'freeware', undefined]],
  ['licence_outside_rudi_list', (r) => { r.access_condition.licence.licence_label = 'cc-by-4.0'; }, licenceOf, ['cc-by-4.0', undefined, undefined]],
  ['licence_declared_unknown', custom('Licence inconnue', 'https://www.etalab.gouv.fr/licence-ouverte-open-licence'), licenceOf, [null, 'Licence inconnue', undefined]],
  ['custom_licence_contradictory', custom('Licence ODbL 1.0\nhttp://x', 'https://www.etalab.gouv.fr/licence-ouverte-open-licence'), licenceOf, ['custom', 'Licence ODbL 1.0', undefined]],
  ['custom_licence_recognised', custom('CC BY 4.0', 'http://creativecommons.org/licenses/by/4.0/deed.fr'), licenceOf, ['cc-by-4.0', undefined, undefined]],
  ['custom_licence_address', custom('Conditions maison', 'www.example.org/conditions'), licenceOf, ['custom', 'Conditions maison', 'https://www.example.org/conditions']],
  ['internal_fields', (r) => { r.collection_tag = 'init'; }],
  ['storage_status_pending', (r) => { r.storage_status = 'pending'; }, (v) => v.storage_status, 'unavailable'],
  ['field_newer_than_version', (r) => { r.metadata_info.api_version = '1.3.0'; r.ext_metadata = {}; }],
  ['provider_at_1_4_1', (r) => { r.metadata_info.metadata_provider = r.producer; }],
  ['formats_missing', (r) => { r.available_formats = [null]; }],
  ['formats_missing', (r) => { delete r.available_formats; }],
  ['file_size_as_text', (r) => { file(r).file_size = '343687'; }],
  ['file_type_respelled', (r) => { file(r).file_type = 'Text/CSV; charset=utf-8'; }],
  ['file_encoding_in_checksum', (r) => { file(r).checksum.file_encoding = 'charset=us-ascii'; }],
  ['checksum_not_hex', (r) => { file(r).checksum.hash = 'AZZ'; }],
  ['contract_missing', (r) => { delete file(r).connector.interface_contract; }],
  ['contract_of_the_node', (r) => { file(r).connector.interface_contract = 'page'; }],
  ['contract_unknown', (r) => { file(r).connector.interface_contract = 'dwc7'; }],
  ['connector_parameters_invalid', (r) => { file(r).connector = { url: 'https://x.example/wfs', interface_contract: 'wfs', connector_parameters: [{ key: 'layer', value: '' }] }; }],
  ['url_without_scheme', (r) => { file(r).connector.url = 'www.connector1.org'; }],
  ['url_with_credentials', (r) => { file(r).connector.url = 'https://:@data.example.org/x'; }],
  ['url_respelled', (r) => { file(r).connector.url = 'HTTPS://data.example.org/a b'; }],
  ['url_unusable', (r) => { file(r).connector.url = 'javascript:alert(1)'; }],
  ['media_id_repeated', (r) => { r.available_formats.push({ ...file(r), media_id: file(r).media_id.toUpperCase() }); }],
];

for (const [index, [rule, change, reads, as]] of cases.entries()) {
  test(`${index + 1}: ${rule} is found by itself${reads === undefined ? '' : `, and read as ${JSON.stringify(as)}`}`, (t) => {
    const record = example('rudi-metadata');
    change(record);
    const { view, rules } = normaliseRudi(parseRudiMetadata(record));
    t.deepEqual(rules, [rule]);
    if (reads !== undefined) t.deepEqual(reads(view), as);
  });
}

test('every rule has a case here, a name of its own and a sentence', (t) => {
  t.deepEqual([...new Set(cases.map(([rule]) => rule))].sort(), RULES.map(({ name }) => name).sort());
  for (const { sentence } of RULES) t.regex(sentence, /^[A-Z].*: .*\.$/);
});

test('a record as specified needs no rule, and its view is complete', (t) => {
  const record = example('rudi-metadata');
  t.deepEqual(normaliseRudi(parseRudiAsSpecified(record)), {
    view: {
      title: 'Arrêts de bus',
      lang: 'fr',
      synopsis: [{ lang: 'fr', text: 'Tous les arrêts du réseau.' }],
      summary: [
        { lang: 'fr', text: 'Position et nom de chaque arrêt du réseau de bus.' },
        { lang: 'en', text: 'Where each bus stop is, and its name.' },
      ],
      theme: 'transportation',
      keywords: ['bus', 'arrêt'],
      producer_name: 'Ville de Rennes',
      licence: 'etalab-2.0',
      languages: ['fr'],
      created_at: '2026-02-01T00:00:00.000Z',
      updated_at: '2026-03-01T00:00:00.000Z',
      period: null,
      bbox: [-1.77, 48.05, -1.58, 48.17],
      storage_status: 'online',
      restricted: false,
      gdpr_sensitive: false,
      contact_ids: ['74b973fa-59c1-4f40-9dbe-0e2ca1e66af7'],
      local_id: null,
    },
    rules: [],
  });
});

test('a box across the antimeridian is kept, one around nearly the whole earth is not', (t) => {
  const record = example('rudi-metadata');
  Object.assign(record.geography.bounding_box, { west_longitude: 176, east_longitude: -176 });
  t.deepEqual(normaliseRudi(record).view.bbox, [176, 48.05, -176, 48.17]);
  Object.assign(record.geography.bounding_box, { west_longitude: 18, east_longitude: 10.1 });
  t.is(normaliseRudi(record).view.bbox, null);
});

// The strict schema and the rules are written apart: this keeps them from drifting.
test('whatever the strict gate refuses of a readable record, a rule names', (t) => {
  const changes = cases.map(([, change]) => change);
  const loose: ((record: Draft) => void)[] = [
    (r) => { r.doi = ''; },
    (r) => { r.metadata_info.api_version = '1.2.0'; r.summary[0].html = '<p>x</p>'; },
    (r) => { r.dataset_dates.published = '2026-01-01'; },
    (r) => { r.access_condition.usage_constraint = [{ text: 'x' }]; },
    (r) => { r.dataverse_doi = 'doi:10.5072/FK2/JV9LCO'; },
    (r) => { file(r).connector.interface_contract = ''; },
    (r) => { file(r).connector.url = 'https:\\\\example.org'; },
    (r) => { file(r).checksum.hash = 'a'.repeat(32); },
    (r) => { file(r).file_status_update = 'today'; },
  ];
  let refused = 0;
  fc.assert(
    fc.property(fc.subarray([...changes, ...loose], { minLength: 1, maxLength: 4 }), (chosen) => {
      const record = example('rudi-metadata');
      try {
        for (const change of chosen) change(record);
      } catch {
        // One change took away what the next one works on.
        return;
      }
      const readable = parseRudiMetadata(record);
      try {
        parseRudiAsSpecified(readable);
      } catch (error) {
        t.true(error instanceof SchemaError);
        refused += 1;
        t.not(normaliseRudi(readable).rules.length, 0, JSON.stringify((error as SchemaError).issues));
      }
    }),
    { numRuns: 300 },
  );
  t.true(refused > 200);
});
