import test from 'ava';
import { buildRudiMetadata, normaliseRudi, parseDatasetId, parseManifest, parseRudiAsSpecified, type MetadataInput } from '#catalog-schema';
import { type Draft, example, issuesOf } from './samples.ts';

const input: MetadataInput = {
  dataset_id: parseDatasetId('3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84'),
  title: ' Arre\u0302ts de bus ',
  synopsis: [{ lang: 'fr', text: 'Tous les arrêts.' }],
  summary: [{ lang: 'fr', text: 'Position et nom de chaque arrêt.' }, { lang: 'en', text: 'Where each stop is.' }],
  theme: 'transportation',
  keywords: ['bus', 'arrêt', 'bus '],
  producer: { organization_id: '349b050c-cd74-447c-b82e-b7e7b2553c1d', organization_name: 'Ville de Rennes' },
  contacts: [{ contact_id: '74b973fa-59c1-4f40-9dbe-0e2ca1e66af7', contact_name: 'Ville de Rennes', email: 'contact@example.org' }],
  licence: 'etalab-2.0',
  created_at: '2026-02-01T00:00:00Z',
  updated_at: '2026-03-01T00:00:00Z',
  restricted: false,
  gdpr_sensitive: false,
};

test('a dataset described in our words becomes RUDI 1.4.1 metadata without media', (t) => {
  t.deepEqual(buildRudiMetadata({ ...input, local_id: 'bus', temporal_spread: { start_at: '2026-01-01T00:00:00Z' }, geography: { west: -1.77, south: 48.05, east: -1.58, north: 48.17 }, dataset_size: { records: 1200 } }) as unknown, {
    global_id: '3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84',
    local_id: 'bus',
    resource_title: 'Arrêts de bus',
    synopsis: [{ lang: 'fr', text: 'Tous les arrêts.' }],
    summary: [{ lang: 'fr', text: 'Position et nom de chaque arrêt.' }, { lang: 'en', text: 'Where each stop is.' }],
    theme: 'transportation',
    keywords: ['bus', 'arrêt'],
    producer: { organization_id: '349b050c-cd74-447c-b82e-b7e7b2553c1d', organization_name: 'Ville de Rennes' },
    contacts: [{ contact_id: '74b973fa-59c1-4f40-9dbe-0e2ca1e66af7', contact_name: 'Ville de Rennes', email: 'contact@example.org' }],
    resource_languages: ['fr'],
    temporal_spread: { start_date: '2026-01-01T00:00:00Z' },
    geography: {
      bounding_box: { west_longitude: -1.77, east_longitude: -1.58, south_latitude: 48.05, north_latitude: 48.17 },
      projection: 'WGS 84 (EPSG:4326)',
    },
    dataset_size: { numbers_of_records: 1200 },
    dataset_dates: { created: '2026-02-01T00:00:00Z', updated: '2026-03-01T00:00:00Z' },
    storage_status: 'online',
    access_condition: {
      licence: { licence_type: 'STANDARD', licence_label: 'etalab-2.0' },
      confidentiality: { restricted_access: false, gdpr_sensitive: false },
    },
    metadata_info: { api_version: '1.4.1', metadata_dates: { created: '2026-02-01T00:00:00Z', updated: '2026-03-01T00:00:00Z' } },
  });
});

test('what is built needs no tolerance but for the media it does not name, and fits a manifest', (t) => {
  const metadata = buildRudiMetadata(input);
  t.deepEqual(normaliseRudi(metadata).rules, ['formats_missing']);
  const complete = { ...metadata, available_formats: example('rudi-metadata').available_formats };
  t.deepEqual(normaliseRudi(parseRudiAsSpecified(complete)).rules, []);
  t.notThrows(() => parseManifest({ ...example('manifest'), metadata }));
});

test("a licence outside RUDI's list travels as a custom one and is recognised when read again", (t) => {
  for (const licence of ['cc-by-4.0', 'cc-by-sa-4.0'] as const) {
    const metadata = buildRudiMetadata({ ...input, licence });
    t.is(metadata.access_condition.licence.licence_type, 'CUSTOM');
    t.is(normaliseRudi(metadata).view.licence, licence);
  }
  const own = buildRudiMetadata({ ...input, licence: { label: [{ lang: 'fr', text: 'Conditions maison' }], url: 'https://rennes.example.org/conditions' } });
  const { licence, licence_label, licence_url } = normaliseRudi(own).view;
  t.deepEqual([licence, licence_label, licence_url], ['custom', 'Conditions maison', 'https://rennes.example.org/conditions']);
});

const refused: [why: string, change: Draft, pointer: string, message: string][] = [
  ['a title of 151 characters', { title: 'x'.repeat(151) }, '/resource_title', 'Give a title of 1 to 150 characters here.'],
  ['no title', { title: '  ' }, '/resource_title', 'Give a title of 1 to 500 characters (150 are better) here.'],
  ['no keyword', { keywords: [] }, '/keywords', 'Give at least 1 entry here.'],
  ['no contact', { contacts: [] }, '/contacts', 'Give at least 1 entry here.'],
  ['no synopsis', { synopsis: [] }, '/synopsis', 'Give at least 1 entry here.'],
  ['a theme that does not exist', { theme: 'ville' }, '/theme', 'Choose one of citizenship, culture, economy, education, energyNetworks, children, environment, publicSpace, housing, transportation, location, health, townPlanning, society here.'],
  ['a language RUDI does not know', { languages: ['tlh'] }, '/resource_languages/0', 'Choose one of cs, da, de, en, el, es, fr, hu, it, no, pl, pt, ro, ru, sk, cs-CZ, da-DK, de-CH, de-DE, en-GB, en-US, el-GR, es-ES, fr-FR, hu-HU, it-IT, no-NO, pl-PL, pt-PT, ro-RO, ru-RU, sk-SK here.'],
  ['an update before the creation', { updated_at: '2026-01-01T00:00:00Z' }, '/dataset_dates/updated', 'Give a date that is not before the creation here.'],
  ['a date without time', { created_at: '2026-02-01' }, '/dataset_dates/created', 'Give a date and time with its offset, like 2021-04-01T12:10:48+02:00 here.'],
  ['open data about people', { gdpr_sensitive: true }, '/access_condition/confidentiality/restricted_access', 'Write true here: data about people cannot be open.'],
  ['a box upside down', { geography: { west: 0, south: 2, east: 1, north: 1 } }, '/geography/bounding_box', 'Put the south under the north and the west before the east.'],
  ['a span that ends before it starts', { temporal_spread: { start_at: '2026-02-01T00:00:00Z', end_at: '2026-01-01T00:00:00Z' } }, '/temporal_spread/end_date', 'Give a date that is not before start_date here.'],
  ['a licence at no address', { licence: { label: [{ lang: 'fr', text: 'x' }], url: 'conditions' } }, '/access_condition/licence/custom_licence_uri', 'Give an address starting with https://, http:// or ftp://, without user name or password here.'],
];

for (const [why, change, pointer, message] of refused) {
  test(`refused: ${why}`, (t) => {
    t.deepEqual(issuesOf(t, () => buildRudiMetadata({ ...input, ...change }), undefined)[0], { pointer, message });
  });
}
