import test from 'ava';
import { parseConsumerId, parseDatasetId, parseGrantId, parseProducerId, parseRequestId, parseResourceId, SchemaError } from '#catalog-schema';
import { isDateTime, isEmail, isIsoDate } from '../../catalog-schema/formats.ts';

const UUID = '3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84';
const THUMBPRINT = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';

test('identifiers of things are UUIDs in lower case', (t) => {
  for (const parse of [parseDatasetId, parseResourceId, parseGrantId, parseRequestId]) {
    t.is<string, string>(parse(UUID), UUID);
    for (const text of ['', UUID.toUpperCase(), `${UUID}\n`, ` ${UUID}`, UUID.slice(1), '00000000-0000-0000-0000-000000000000', THUMBPRINT]) {
      t.is(t.throws(() => parse(text), { instanceOf: SchemaError })?.code, 'malformed_id');
    }
  }
});

test('identifiers of parties are digests in canonical base64url', (t) => {
  for (const parse of [parseProducerId, parseConsumerId]) {
    t.is<string, string>(parse(THUMBPRINT), THUMBPRINT);
    for (const text of ['', `${THUMBPRINT}=`, `${THUMBPRINT.slice(0, -1)}l`, THUMBPRINT.replace('_', '/'), UUID, `${THUMBPRINT}\n`]) {
      t.is(t.throws(() => parse(text), { instanceOf: SchemaError })?.code, 'malformed_id');
    }
  }
});

test('a date-time names a day of the calendar and a time of the day', (t) => {
  for (const text of ['2024-02-29T23:59:59Z', '2000-02-29T00:00:00.5+02:00', '2026-12-31T00:00:00-11:30']) t.true(isDateTime(text), text);
  for (const text of ['2023-02-29T00:00:00Z', '1900-02-29T00:00:00Z', '2026-04-31T00:00:00Z', '2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-01-00T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T23:60:00Z', '2026-01-01T23:59:60Z', '2026-01-01', '2026-01-01T00:00:00', '2026-01-01T00:00:00+24:00']) {
    t.false(isDateTime(text), text);
  }
  for (const text of ['2026-01-01', '2026-01-01T10:00', '2026-01-01T10:00:00,5+0200']) t.true(isIsoDate(text), text);
  t.false(isIsoDate('2026-02-30'));
});

test('a mail address has a mailbox and a domain', (t) => {
  for (const text of ['contact@example.org', "o'neil+data@mail.example.org", 'mairie@châteaugiron.example']) t.true(isEmail(text), text);
  for (const text of ['contact', '@example.org', 'a b@example.org', 'a@localhost', '.a@example.org', 'a..b@example.org', 'a@-x.org', 'a@x..org', `${'a'.repeat(65)}@example.org`, 'a@example.org\n']) {
    t.false(isEmail(text), text);
  }
});
