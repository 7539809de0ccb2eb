import test from 'ava';
import { isOrganisationsOwn, namedPeople, parseRudiMetadata, withoutPeople, type NamedContact } from '#catalog-schema';
import { example } from './samples.ts';

const ID = '74b973fa-59c1-4f40-9dbe-0e2ca1e66af7';
const COMMITMENT = 'sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';

interface Named {
  contact_name: string;
  email?: string;
  role?: string;
  organization_name?: string;
  contact_summary?: string;
  telephone?: string;
}

const own: [contact: Named, organisation: string][] = [
  [{ contact_name: 'Ville de Rennes', email: 'contact@rennes.example.org' }, 'Ville de Rennes'],
  [{ contact_name: 'VILLE DE RENNES', email: 'opendata@rennes.example.org' }, 'Ville de Rennes'],
  [{ contact_name: 'Rennes Métropole', email: 'sig.rennes-metropole@example.org', role: 'producer' }, 'Rennes Métropole'],
  [{ contact_name: 'STAR' }, 'STAR'],
];
const possiblyPeople: [why: string, contact: Named, organisation: string][] = [
  ['a name of its own', { contact_name: 'Pierre Dupont', email: 'contact@example.org' }, 'Ville de Rennes'],
  ['a service, which may be one person', { contact_name: 'Service voirie', email: 'voirie@example.org' }, 'Ville de Rennes'],
  ["a person's mailbox", { contact_name: 'Ville de Rennes', email: 'pierre.dupont@example.org' }, 'Ville de Rennes'],
  ["a person's mailbox with a word for a function", { contact_name: 'Ville de Rennes', email: 'contact.dupont@example.org' }, 'Ville de Rennes'],
  ['a mailbox with a number', { contact_name: 'Ville de Rennes', email: 'contact-ce6e44e6@example.org' }, 'Ville de Rennes'],
  ["a trader's own mailbox", { contact_name: 'Pierre Dupont', email: 'pierre.dupont@example.org' }, 'Pierre Dupont'],
  ['a summary', { contact_name: 'Ville de Rennes', email: 'contact@example.org', contact_summary: 'Demander Pierre' }, 'Ville de Rennes'],
  ['a field we do not know', { contact_name: 'Ville de Rennes', telephone: '02 99 00 00 00' }, 'Ville de Rennes'],
  ['another organisation', { contact_name: 'Ville de Rennes', organization_name: 'Cabinet Dupont' }, 'Ville de Rennes'],
  ['a telephone number for a role', { contact_name: 'Ville de Rennes', role: 'appeler le 0299' }, 'Ville de Rennes'],
];

test('a contact that is provably a function of the organisation stays readable', (t) => {
  for (const [contact, organisation] of own) t.true(isOrganisationsOwn({ contact_id: ID, ...contact }, organisation), JSON.stringify(contact));
});

for (const [why, contact, organisation] of possiblyPeople) {
  test(`a contact is treated as a person: ${why}`, (t) => {
    t.false(isOrganisationsOwn({ contact_id: ID, ...contact }, organisation));
  });
}

test('people are replaced by commitments in both lists, and the record given stays as it is', (t) => {
  const record = example('rudi-metadata');
  const pierre = { contact_id: ID, contact_name: 'Pierre Dupont', email: 'pierre.dupont@example.org', role: 'manager' };
  record.contacts.push(pierre);
  record.contacts[0].contact_id = 'a5daf153-f63e-4953-a601-4d8fc07d9510';
  record.metadata_info.metadata_contacts = [{ ...pierre, role: 'Pierre Dupont, 02 99 00 00 00' }];
  const before = structuredClone(record);
  const committed: NamedContact[] = [];
  const { metadata, contacts } = withoutPeople(parseRudiMetadata(record), (contact) => {
    committed.push(contact);
    return { salt: 'salt', commitment: COMMITMENT };
  });
  t.deepEqual(record, before);
  t.deepEqual(metadata.contacts, [before.contacts[0], { contact_id: ID, role: 'manager', commitment: COMMITMENT }]);
  t.deepEqual(metadata.metadata_info.metadata_contacts, [{ contact_id: ID, commitment: COMMITMENT }], 'a role with a name or a number goes too');
  t.deepEqual(contacts, [{ contact_id: ID, salt: 'salt', contact: pierre }]);
  t.deepEqual(committed, [pierre], 'one person is committed to once');
  t.deepEqual(namedPeople(parseRudiMetadata(record)), ['/contacts/1', '/metadata_info/metadata_contacts/0']);
  t.deepEqual(namedPeople(metadata), []);
  t.false(JSON.stringify(metadata).includes('Dupont'));
});

test('metadata without people pass through unchanged, also the second time', (t) => {
  const commit = (): never => {
    throw new Error('nobody to commit to');
  };
  const record = parseRudiMetadata(example('rudi-metadata'));
  t.deepEqual(withoutPeople(record, commit), { metadata: record, contacts: [] });
  const committed = parseRudiMetadata(example('manifest').metadata);
  t.deepEqual(withoutPeople(committed, commit), { metadata: committed, contacts: [] });
});
