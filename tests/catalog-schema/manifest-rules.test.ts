import test from 'ava';
import { isSealed, parseManifest, SCHEMAS } from '#catalog-schema';
import { type Draft, example, issuesOf } from './samples.ts';

const DIGEST = 'sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
const { $defs } = SCHEMAS.manifest;
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function open(...resources: Draft[]): Draft {
  return { ...example('manifest'), resources };
}

function restricted(custody: string, ...resources: Draft[]): Draft {
  const draft = example('manifest');
  delete draft.metadata.available_formats;
  return { ...draft, access: 'restricted', custody, resources };
}

const openFile = (): Draft => structuredClone($defs.open_file_resource.examples[0]);
const sealedFile = (): Draft => structuredClone($defs.sealed_file_resource.examples[0]);
const link = (): Draft => structuredClone($defs.link_resource.examples[0]);
const service = (): Draft => structuredClone($defs.service_resource.examples[0]);
const series = (): Draft => structuredClone($defs.series_resource.examples[0]);

test('open files, sealed files, links, services and series are accepted where they belong', (t) => {
  t.notThrows(() => parseManifest(open()), 'described only');
  t.notThrows(() => parseManifest(open(openFile(), { ...link(), resource_id: uuid(1) }, { ...service(), resource_id: uuid(2) })));
  t.notThrows(() => parseManifest(restricted('producer', sealedFile())));
  t.notThrows(() => parseManifest(restricted('portal', sealedFile(), { ...series(), resource_id: uuid(1) })));
  t.notThrows(() => parseManifest(restricted('none', series())), 'a series alone has no content key');
  const [sealed] = parseManifest(restricted('portal', sealedFile())).resources;
  t.true(sealed !== undefined && isSealed(sealed) && sealed.age.epoch === 3);
});

const broken: [rule: string, draft: () => Draft, pointer: string, message: string][] = [
  ['1: a first version with a predecessor', () => ({ ...open(), prev: DIGEST }), '/prev', 'Write null here: version 1 has no version before it.'],
  ['1: a later version without one', () => ({ ...open(), version: 2 }), '/prev', 'Give the digest of the version before here.'],
  ['2: open data with a key', () => ({ ...open(openFile()), custody: 'portal' }), '/custody', 'Write "none" here: open data have no content key.'],
  ['3: restricted files whose key nobody holds', () => restricted('none', sealedFile()), '/custody', 'Write "portal" or "producer" here: somebody must hold the key of restricted files.'],
  ['4: open although the metadata say restricted', () => {
    const draft = open(openFile());
    draft.metadata.access_condition.confidentiality.restricted_access = true;
    return draft;
  }, '/access', 'Write "restricted" here, or correct the metadata: they say that access is restricted.'],
  ['4: metadata of another dataset', () => {
    const draft = open();
    draft.metadata.global_id = uuid(9);
    return draft;
  }, '/metadata/global_id', 'Write the dataset_id here: a dataset has one identifier.'],
  ['5: an erased dataset with resources', () => ({ ...open(openFile()), status: 'erased' }), '/resources', 'Leave this list empty: the dataset is erased.'],
  ['6: a person in contacts', () => {
    const draft = open();
    draft.metadata.contacts = [{ contact_id: uuid(3), contact_name: 'Pierre Dupont', email: 'pierre.dupont@example.org' }];
    return draft;
  }, '/metadata/contacts/0', 'Replace this contact by contact_id, role and commitment: people are not named in signed bytes.'],
  ['6: a person in the contacts of the metadata', () => {
    const draft = open();
    draft.metadata.metadata_info.metadata_contacts = [{ contact_id: uuid(3), contact_name: 'Michèle Dupont' }];
    return draft;
  }, '/metadata/metadata_info/metadata_contacts/0', 'Replace this contact by contact_id, role and commitment: people are not named in signed bytes.'],
  ['7: one identifier twice', () => open(openFile(), link()), '/resources/1/resource_id', 'Give each resource an identifier of its own.'],
  ['9: a sealed file in open data', () => open(sealedFile()), '/resources/0/age', 'Do not seal the files of an open dataset.'],
  ['9: a plain file in restricted data', () => restricted('producer', openFile()), '/resources/0', 'Seal this file: every file of a restricted dataset is sealed, and its own size and hash are not told.'],
  ['10: an open file whose body is not itself', () => open({ ...openFile(), size: 5 }), '/resources/0/size', 'Write the same number as body_size: an open file is stored as it is.'],
  ['11: two keys in one epoch', () => {
    const other = { ...sealedFile(), resource_id: uuid(4) };
    other.age.recipient = 'age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg';
    return restricted('portal', sealedFile(), other);
  }, '/resources/1/age/recipient', 'Use one recipient for all files of an epoch.'],
  ['11: a classical recipient called post-quantum', () => {
    const file = sealedFile();
    file.age.pq = true;
    return restricted('portal', file);
  }, '/resources/0/age/pq', 'Write true for an age1pq1 recipient and false for any other.'],
  ['12: the address of a restricted service', () => restricted('none', { ...service(), gateway: true }), '/resources/0/url', 'Remove the address: calls go through the gateway.'],
  ['12: a restricted series without the gateway', () => restricted('none', { ...series(), gateway: false }), '/resources/0/gateway', 'Write true here: a restricted service stands behind the gateway.'],
  ['13: an open service nobody can reach', () => {
    const draft = service();
    delete draft.url;
    return open(draft);
  }, '/resources/0/url', 'Add the address of this open service.'],
  ['14: restricted data whose metadata list the files', () => {
    const draft = restricted('portal', sealedFile());
    draft.metadata.available_formats = example('rudi-metadata').available_formats;
    return draft;
  }, '/metadata/available_formats', 'Remove this list: of restricted data it would tell the addresses, sizes and hashes of the files.'],
  ['14: the same with an empty list', () => {
    const draft = restricted('portal', sealedFile());
    draft.metadata.available_formats = [];
    return draft;
  }, '/metadata/available_formats', 'Remove this list: of restricted data it would tell the addresses, sizes and hashes of the files.'],
  ['15: U+0000 in the metadata', () => {
    const draft = open();
    draft.metadata.keywords = ['a', 'b\u0000'];
    return draft;
  }, '/metadata/keywords/1', 'Remove the character U+0000: no text is stored with it.'],
  ['15: U+0000 in the name of a parameter', () => open({ ...service(), parameters: { 'a\u0000': 1 } }), '/resources/0/parameters', 'Remove the character U+0000: no text is stored with it.'],
];

for (const [rule, draft, pointer, message] of broken) {
  test(`rule ${rule} is refused`, (t) => {
    t.deepEqual(issuesOf(t, parseManifest, draft()), [{ pointer, message }]);
  });
}

const names: [name: string, message: string][] = [
  ['e\u0301t\u00e9.csv', 'Write the name in Unicode NFC.'],
  ['invoice\u202excsv.exe', 'Leave characters that change the reading direction out of the name.'],
  ['a\u2066b.csv', 'Leave characters that change the reading direction out of the name.'],
  ['a\u2028b.csv', 'Leave control characters out of the name.'],
  ['a\ud800.csv', 'Write the name in valid Unicode.'],
  [`${'é'.repeat(126)}.csv`, 'Shorten the name to 255 bytes of UTF-8.'],
];

for (const [name, message] of names) {
  test(`rule 8: the name ${JSON.stringify(name.slice(0, 20))} is refused`, (t) => {
    t.deepEqual(issuesOf(t, parseManifest, open({ ...openFile(), name })), [{ pointer: '/resources/0/name', message }]);
  });
}

test('names that would leave their folder or hide are refused by the schema already', (t) => {
  for (const name of ['../../etc/passwd', 'a/b.csv', 'a\\b.csv', '.bashrc', '..', 'a\u0000.csv', '', 'a\nb']) {
    t.deepEqual(issuesOf(t, parseManifest, open({ ...openFile(), name })).map(({ pointer }) => pointer), ['/resources/0/name'], JSON.stringify(name));
  }
  t.notThrows(() => parseManifest(open({ ...openFile(), name: `${'é'.repeat(125)}x.csv` })), '255 bytes exactly');
  t.notThrows(() => parseManifest(open({ ...openFile(), name: 'Arrêts de bus (2026) – v2.csv' })));
});

test('a file is open or sealed, never both', (t) => {
  const both = { ...sealedFile(), size: 4096, sha256: DIGEST };
  t.deepEqual(issuesOf(t, parseManifest, restricted('portal', both)).map(({ pointer }) => pointer), ['/resources/0/size', '/resources/0/sha256']);
  const neither = openFile();
  delete neither.size;
  t.deepEqual(issuesOf(t, parseManifest, open(neither)), [{ pointer: '/resources/0/size', message: 'Add the field "size".' }]);
});

test('a sealed body has at least a nonce and a tag, and its header at most 16 KiB', (t) => {
  const file = (change: (draft: Draft) => void): Draft => {
    const draft = sealedFile();
    change(draft);
    return restricted('portal', draft);
  };
  t.notThrows(() => parseManifest(file((d) => { d.body_size = 32; })));
  t.deepEqual(issuesOf(t, parseManifest, file((d) => { d.body_size = 31; })).map(({ pointer }) => pointer), ['/resources/0/body_size']);
  t.notThrows(() => parseManifest(file((d) => { d.age.header_size = 16_384; })));
  t.deepEqual(issuesOf(t, parseManifest, file((d) => { d.age.header_size = 16_385; })).map(({ pointer }) => pointer), ['/resources/0/age/header_size']);
});

test('500 resources are accepted, 501 are not', (t) => {
  const many = (count: number): Draft => open(...Array.from({ length: count }, (_, index) => ({ ...link(), resource_id: uuid(index) })));
  t.notThrows(() => parseManifest(many(500)));
  t.deepEqual(issuesOf(t, parseManifest, many(501)), [{ pointer: '/resources', message: 'Give at most 500 entries here.' }]);
});

test('an address with a user name, or of another scheme, is refused', (t) => {
  for (const url of ['https://user@example.org/', 'https://:@example.org/x', 'javascript:alert(1)', 'file:///etc/passwd', '//example.org/x', 'https://exa mple.org/', 'https://']) {
    t.is(issuesOf(t, parseManifest, open({ ...link(), url }))[0]?.pointer, '/resources/0/url', url);
  }
});
