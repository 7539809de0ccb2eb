import test from 'ava';
import { normaliseRudi, parseManifest, parseRudiConnector, parseRudiMetadata, resourcesFromRudi, RULES, withoutPeople, type RuleName } from '#catalog-schema';
import { readFileSync } from 'node:fs';
import { type Draft, example, issuesOf, sample, withSamples } from './samples.ts';

// Every rule the 387 records of Rennes need, and how many need it; the README shows this table.
const COUNTS: Partial<Record<RuleName, number>> = {
  theme_label_in_french: 386,
  unknown_theme: 1,
  text_language_missing: 1,
  updated_before_created: 36,
  confidentiality_missing: 387,
  licence_declared_unknown: 6,
  custom_licence_contradictory: 16,
  internal_fields: 387,
  formats_missing: 56,
  file_size_as_text: 331,
  file_encoding_in_checksum: 331,
  contract_missing: 331,
};

withSamples('all 387 records of Rennes parse, unchanged, and need exactly these tolerances', (t) => {
  const records = sample('catalog-datarennes_meta-387') as Draft[];
  t.is(records.length, 387);
  const counts: Partial<Record<RuleName, number>> = {};
  for (const record of records) {
    const before = JSON.stringify(record);
    for (const rule of normaliseRudi(parseRudiMetadata(record)).rules) counts[rule] = (counts[rule] ?? 0) + 1;
    t.is(JSON.stringify(record), before);
  }
  t.deepEqual(counts, COUNTS);
});

test('the README tells the same counts', (t) => {
  const readme = readFileSync('catalog-schema/README.md', 'utf8');
  const told = [...readme.matchAll(/^\| `([a-z0-9_]+)` \| (\d+) \|/gm)].map(([, rule, count]) => [rule, Number(count)]);
  t.deepEqual(Object.fromEntries(told), COUNTS);
  const others = readme.split('None of them needs the others:')[1]?.split('\n\n')[0] ?? '';
  const names = [...others.matchAll(/`([a-z0-9_]+)`/g)].map(([, rule]) => rule);
  t.deepEqual(names.sort(), RULES.map(({ name }) => name).filter((name) => COUNTS[name] === undefined).sort());
});

withSamples('the catalogue read from the records of Rennes is the one we know', (t) => {
  const views = (sample('catalog-datarennes_meta-387') as Draft[]).map((record) => normaliseRudi(parseRudiMetadata(record)).view);
  const count = (of: (view: (typeof views)[number]) => string | null): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const view of views) counts[String(of(view))] = (counts[String(of(view))] ?? 0) + 1;
    return counts;
  };
  t.deepEqual(count(({ licence }) => licence), { 'odbl-1.0': 323, 'etalab-1.0': 20, 'etalab-2.0': 11, 'cc-by-nd-4.0': 5, custom: 22, null: 6 });
  t.deepEqual(count(({ theme }) => theme), {
    economy: 110, transportation: 67, citizenship: 65, location: 29, culture: 25, energyNetworks: 18, townPlanning: 17, publicSpace: 16,
    environment: 14, education: 13, health: 5, children: 3, housing: 3, society: 1, null: 1,
  });
  t.deepEqual(count(({ lang }) => lang), { fr: 387 });
  t.deepEqual(count(({ restricted }) => String(restricted)), { false: 387 });
  t.is(count(({ producer_name }) => producer_name)['Ville de Rennes'], 147);
  t.true(views.every(({ created_at, updated_at }) => created_at?.endsWith('Z') === true && updated_at?.endsWith('Z') === true));
  // The label says ODbL, the address is that of the Licence Ouverte: only the label is shown.
  const contradictory = views.filter(({ licence_label }) => licence_label === 'Licence ODbL 1.0');
  t.is(contradictory.length, 16);
  t.true(contradictory.every(({ licence, licence_url }) => licence === 'custom' && licence_url === undefined));
});

withSamples('every record of Rennes becomes a manifest that our own gate accepts, without a person in it', (t) => {
  let links = 0;
  for (const record of sample('catalog-datarennes_meta-387') as Draft[]) {
    const { metadata, contacts } = withoutPeople(parseRudiMetadata(record), () => ({ salt: 's', commitment: 'sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' }));
    // All mailboxes of this file were made anonymous, so no contact can be proved to be a function.
    t.is(contacts.length, 1);
    const resources = resourcesFromRudi(metadata);
    links += resources.length;
    t.notThrows(() => parseManifest({ ...example('manifest'), dataset_id: metadata.global_id, metadata, resources }));
  }
  t.is(links, 331);
});

const passing: [name: string, rules: RuleName[], kinds: string][] = [
  ['nodewrite-meta', ['internal_fields', 'storage_status_pending'], 'link'],
  ['portal-kalim-create-ok', ['null_for_absent', 'bounding_box_impossible', 'checksum_not_hex', 'contract_unknown', 'url_without_scheme'], 'series series'],
  ['portal-kalim-update-ok', ['null_for_absent', 'bounding_box_impossible', 'checksum_not_hex', 'contract_unknown', 'url_without_scheme'], 'series series'],
  ['portal-kalim-update-media-add-media-ok', ['null_for_absent', 'bounding_box_impossible', 'checksum_not_hex', 'contract_unknown', 'url_without_scheme'], 'series series'],
  ['portal-kalim-update-media-delete-media-ok', ['null_for_absent', 'bounding_box_impossible', 'checksum_not_hex', 'contract_unknown', 'url_without_scheme'], 'series series'],
  ['portal-v1.2.1.metadata', ['bounding_box_impossible', 'internal_fields', 'checksum_not_hex', 'contract_unknown', 'url_without_scheme'], 'series'],
  ['portal-v1.3.0.metadata', ['bounding_box_impossible', 'internal_fields', 'checksum_not_hex', 'contract_unknown', 'url_without_scheme'], 'series service'],
  ['portal-JddConformToV1.3.0', ['bounding_box_impossible', 'checksum_not_hex', 'contract_unknown'], 'series link link link service'],
  ['portal-JddConformToV1.4.0-ext-0.3.0', ['bounding_box_impossible', 'checksum_not_hex', 'contract_unknown'], 'series link link link service'],
  ['portal-JddConformToV1.4.0-ext-0.4.0', ['bounding_box_impossible', 'checksum_not_hex', 'contract_unknown'], 'series link link link service'],
  ['portal-kaccess-agri', ['bounding_box_impossible', 'checksum_not_hex', 'contract_unknown', 'url_without_scheme', 'media_id_repeated'], 'series'],
  ['portal-kaccess-transport', ['unknown_theme', 'bounding_box_impossible', 'contract_unknown', 'url_without_scheme'], 'series'],
  ['portal-kaccess-jdd-avec-separateurs', ['bounding_box_impossible', 'checksum_not_hex', 'contract_unknown', 'url_without_scheme'], ''],
  ['portal-kaccess-metadata_only_mandatory_properties', ['unknown_theme', 'confidentiality_missing', 'checksum_not_hex', 'contract_unknown', 'url_without_scheme'], 'link'],
  ['portal-konsult-jdd_restreint', ['bounding_box_impossible', 'checksum_not_hex', 'contract_unknown', 'url_without_scheme'], ''],
  // Said to be open and yet about people: read as restricted, so its file is not linked.
  ['portal-konsult-jdd_ouvert', ['bounding_box_impossible', 'gdpr_sensitive_but_open', 'checksum_not_hex', 'contract_unknown'], 'series'],
];

for (const [name, rules, kinds] of passing) {
  withSamples(`the sample ${name} is read`, (t) => {
    const record = parseRudiMetadata(sample(name, { fill: true }));
    t.deepEqual(normaliseRudi(record).rules, rules);
    t.is(resourcesFromRudi(record).map(({ kind }) => kind).join(' '), kinds);
  });
}

const refused: [name: string, why: string, pointers: string[]][] = [
  // Their media_id is "{{$guid}}": a Postman template that was never filled in.
  ['portal-JddConformToV1.3.0', 'its media have no identifiers yet', [0, 1, 2, 3, 4].map((index) => `/available_formats/${index}/media_id`)],
  ['portal-JddConformToV1.4.0-ext-0.3.0', 'its media have no identifiers yet', [0, 1, 2, 3, 4].map((index) => `/available_formats/${index}/media_id`)],
  ['portal-JddConformToV1.4.0-ext-0.4.0', 'its media have no identifiers yet', [0, 1, 2, 3, 4].map((index) => `/available_formats/${index}/media_id`)],
  ['portal-kaccess-jdd-ouvert', 'its API version is 1.1.0', ['/metadata_info/api_version']],
  ['portal-kaccess-jdd_producer_keolis-star_theme_agriculture', 'its API version is 1.1.0', ['/metadata_info/api_version']],
  // It says "medatata_info", and gives the name of its custom licence as a bare text.
  ['catalog-metadata-example', 'metadata_info is misspelt and the licence has no languages', ['/metadata_info', '/access_condition/licence/custom_licence_label']],
];

for (const [name, why, pointers] of refused) {
  withSamples(`the sample ${name} is refused: ${why}`, (t) => {
    t.deepEqual(issuesOf(t, parseRudiMetadata, sample(name)).map(({ pointer }) => pointer), pointers);
  });
}

withSamples('the correct map connector is accepted; all ten faults of the incorrect one are told', (t) => {
  t.notThrows(() => parseRudiConnector(sample('portal-kalim-connector-correct')));
  t.deepEqual(
    issuesOf(t, parseRudiConnector, sample('portal-kalim-connector-incorrect')).map(({ pointer }) => pointer),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((index) => `/connector_parameters/${index}/value`),
  );
});
