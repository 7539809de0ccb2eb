import test from 'ava';
import {
  parseAccessRequest,
  parseAct,
  parseConsumerKeySet,
  parseGrant,
  parseHeads,
  parseKeyDeposit,
  parseKeyRelease,
  parseManifest,
  parsePortalKeySet,
  parseProblem,
  parseProducerKeySet,
  parseRevocation,
  parseRudiMetadata,
  type SchemaName,
} from '#catalog-schema';
import { GATES } from './gates.ts';
import { type Draft, example, issuesOf, refusalOf } from './samples.ts';

type Case = [title: string, schema: SchemaName, gate: (value: unknown) => unknown, change: (draft: Draft) => void, pointer: string, message: string];

const D = 'a SHA-256 digest: `sha256:` and 43 characters of unpadded base64url';
const ENDS_WITH_5 = 'sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuF5';

const cases: Case[] = [
  ['a UUID in capitals', 'manifest', parseManifest, (d) => { d.dataset_id = d.dataset_id.toUpperCase(); }, '/dataset_id', 'Give the UUID of a dataset, in lower case here.'],
  ['a UUID with a line break behind it', 'grant', parseGrant, (d) => { d.grant_id += '\n'; }, '/grant_id', 'Give the UUID of a grant, in lower case here.'],
  ['a producer_id one character short', 'heads', parseHeads, (d) => { d.producer_id = d.producer_id.slice(1); }, '/producer_id', 'Give the identifier of a producer: the SHA-256 of its first key set, 43 characters of unpadded base64url here.'],
  ['a digest whose last bits are not zero', 'key-deposit', parseKeyDeposit, (d) => { d.deposit_sha256 = ENDS_WITH_5; }, '/deposit_sha256', `Give ${D} here.`],
  ['a digest with padding', 'key-release', parseKeyRelease, (d) => { d.package_sha256 += '='; }, '/package_sha256', `Give ${D} here.`],
  ['a digest in hexadecimal', 'grant', parseGrant, (d) => { d.request_sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'; }, '/request_sha256', `Give ${D} here.`],
  ['a time with an offset', 'revocation', parseRevocation, (d) => { d.at = '2026-09-01T08:00:00+02:00'; }, '/at', 'Give a date and time in UTC, ending in Z, like 2026-03-01T08:30:00Z here.'],
  ['a time on the 30th of February', 'revocation', parseRevocation, (d) => { d.at = '2026-02-30T08:00:00Z'; }, '/at', 'Give a date and time in UTC, ending in Z, like 2026-03-01T08:30:00Z here.'],
  ['a time as a number', 'act', parseAct, (d) => { d.at = 1772352000; }, '/at', 'Give a text here: a date and time in UTC, ending in Z, like 2026-03-01T08:30:00Z.'],
  ['a small z', 'act', parseAct, (d) => { d.at = '2026-03-01T08:30:01z'; }, '/at', 'Give a date and time in UTC, ending in Z, like 2026-03-01T08:30:00Z here.'],
  ['an unknown value of a list', 'act', parseAct, (d) => { d.type = 'manifest.forget'; }, '/type', 'Choose one of producer.keys, producer.succeeds, producer.objects, portal.keys, consumer.keys, manifest.publish, manifest.withdraw, manifest.erase, heads, request, grant, refusal, revocation, expiry, key.deposit, key.release, operator.act, ui.release here.'],
  ['epoch 0', 'key-deposit', parseKeyDeposit, (d) => { d.epoch = 0; }, '/epoch', 'Give an epoch: a whole number from 1 here.'],
  ['an epoch and a half', 'key-deposit', parseKeyDeposit, (d) => { d.epoch = 1.5; }, '/epoch', 'Give a whole number here: an epoch: a whole number from 1.'],
  ['another format version', 'heads', parseHeads, (d) => { d.v = 2; }, '/v', 'Write exactly 1 here.'],
  ['a statement without its version of the format', 'key-deposit', parseKeyDeposit, (d) => { delete d.v; }, '/v', 'Add the field "v".'],
  ['an age recipient with a letter bech32 has not', 'key-release', parseKeyRelease, (d) => { d.content_recipient = d.content_recipient.replace('z', 'b'); }, '/content_recipient', 'Give an age recipient: `age1…`, or `age1pq1…` for a post-quantum one here.'],
  ['an age identity where a recipient belongs', 'portal-keys', parsePortalKeySet, (d) => { d.broker_recipient = 'AGE-SECRET-KEY-1QQQQ'; }, '/broker_recipient', 'Give an age recipient: `age1…`, or `age1pq1…` for a post-quantum one here.'],
  ['a fingerprint of five groups', 'key-release', parseKeyRelease, (d) => { d.delivery_fingerprint = '01234 56789 01234 56789 01234'; }, '/delivery_fingerprint', 'Give a fingerprint: six groups of five digits with one space between them here.'],
  ['true as a text', 'grant', parseGrant, (d) => { d.history = 'false'; }, '/history', 'Give true or false here: true when older epochs may be opened too, else false.'],
  ['null where nothing may be null', 'grant', parseGrant, (d) => { d.ends_at = null; }, '/ends_at', 'Give a text here: a date and time in UTC, ending in Z, like 2026-03-01T08:30:00Z.'],
  ['a grant that ends before it starts', 'grant', parseGrant, (d) => { d.ends_at = d.starts_at; }, '/ends_at', 'Give a time after starts_at here.'],
  ['a grant whose last epoch is before its first', 'grant', parseGrant, (d) => { d.epoch_to = 2; }, '/epoch_to', 'Give an epoch not before epoch_from here.'],
  ['heads that last 24 hours and a second', 'heads', parseHeads, (d) => { d.expires_at = '2026-03-02T03:00:01Z'; }, '/expires_at', 'Give a time after issued_at and at most 24 hours later here.'],
  ['heads that expire as they are issued', 'heads', parseHeads, (d) => { d.expires_at = d.issued_at; }, '/expires_at', 'Give a time after issued_at and at most 24 hours later here.'],
  ['a request that expires before it is made', 'access-request', parseAccessRequest, (d) => { d.exp = d.iat; }, '/exp', 'Give a time after iat here.'],
  ['a request with one delivery key twice', 'access-request', parseAccessRequest, (d) => { d.delivery.push(d.delivery[0]); }, '/delivery/1', 'Name each delivery key once.'],
  ['an origin with a path', 'access-request', parseAccessRequest, (d) => { d.origin += '/'; }, '/origin', 'Give the origin of the portal the request was made on, like https://data.example.org here.'],
  ['a delivery of an unknown form', 'access-request', parseAccessRequest, (d) => { d.delivery[0].form = 'pgp'; }, '/delivery/0/form', 'Give one of the known values in "form": a delivery key of this request: form age, openpgp or jwe.'],
  ['a delivery without its fingerprint', 'access-request', parseAccessRequest, (d) => { delete d.delivery[0].fingerprint; }, '/delivery/0/fingerprint', 'Add the field "fingerprint".'],
  ['a delivery key of another form', 'consumer-keys', parseConsumerKeySet, (d) => { d.delivery[0].form = 'openpgp'; }, '/delivery/0/key', 'Give an armored OpenPGP public key, at most 65536 characters here.'],
  ['a consumer without a delivery key', 'consumer-keys', parseConsumerKeySet, (d) => { d.delivery = []; }, '/delivery', 'Give at least 1 entry here.'],
  ['a private key in a key set', 'consumer-keys', parseConsumerKeySet, (d) => { d.keys[0].jwk.d = d.keys[0].jwk.x; }, '/keys/0/jwk/d', 'Remove the field "d": it is not part of this.'],
  ['a key with two roles', 'producer-keys', parseProducerKeySet, (d) => { d.keys[1].roles = ['manifest', 'decide']; }, '/keys/1/roles', 'Give at most 1 entry here.'],
  ['a role nobody has', 'producer-keys', parseProducerKeySet, (d) => { d.keys[1].roles = ['admin']; }, '/keys/1/roles/0', 'Choose one of root, recovery, manifest, decide, release, api here.'],
  ['one key under two roles', 'producer-keys', parseProducerKeySet, (d) => { d.keys[1].jwk = d.keys[0].jwk; }, '/keys/1/jwk', 'Name each key once: one key has one role.'],
  ['a threshold no keys can reach', 'producer-keys', parseProducerKeySet, (d) => { d.threshold = 2; }, '/threshold', 'Name at least 2 root key(s): fewer could never sign this set.'],
  ['a key that ends before it starts', 'producer-keys', parseProducerKeySet, (d) => { d.keys[1].not_after = d.keys[1].not_before; }, '/keys/1/not_after', 'Give a time after not_before here.'],
  ['a first key set with a predecessor', 'portal-keys', parsePortalKeySet, (d) => { d.prev = 'sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'; }, '/prev', 'Write null here: version 1 has no version before it.'],
  ['a second key set without a predecessor', 'portal-keys', parsePortalKeySet, (d) => { d.version = 2; }, '/prev', 'Give the digest of the version before here.'],
  ['a domain with a path', 'producer-keys', parseProducerKeySet, (d) => { d.domain = 'rennes.example.org/data'; }, '/domain', "Give a domain name in lower case that publishes the producer's identifier here."],
  ['a name that turns the reading direction', 'producer-keys', parseProducerKeySet, (d) => { d.name = 'Rennes \u202egpj.exe'; }, '/name', 'Give one line of text, 1 to 200 characters, without control or direction-changing characters here.'],
  ['a log origin with a scheme', 'portal-keys', parsePortalKeySet, (d) => { d.origin = 'https://data.example.org/log'; }, '/origin', "Give the origin of the portal's log, like data.example.org/log: no scheme, no space here."],
  ['an empty reason', 'revocation', parseRevocation, (d) => { d.reason = ''; }, '/reason', 'Give why, in 1 to 2000 characters, without naming a person here.'],
  ['a status that is no error', 'problem', parseProblem, (d) => { d.status = 200; }, '/status', 'Give an HTTP status from 400 to 599 here.'],
  ['a longitude of 181', 'rudi-metadata', parseRudiMetadata, (d) => { d.geography.bounding_box.west_longitude = 181; }, '/geography/bounding_box/west_longitude', 'Give a longitude from -180 to 180 here.'],
  ['a media of no known type', 'rudi-metadata', parseRudiMetadata, (d) => { d.available_formats[0].media_type = 'TAPE'; }, '/available_formats/0/media_type', 'Give one of the known values in "media_type": a way to get the data: FILE, SERVICE or SERIES.'],
  ['a file without its connector', 'rudi-metadata', parseRudiMetadata, (d) => { delete d.available_formats[0].connector; }, '/available_formats/0/connector', 'Add the field "connector".'],
  ['a contact whose mail address is none', 'rudi-metadata', parseRudiMetadata, (d) => { d.contacts[0].email = 'contact at example.org'; }, '/contacts/0/email', 'Give a mail address here.'],
  ['a committed contact with a name', 'manifest', parseManifest, (d) => { d.metadata.contacts[0].contact_name = 'Dupont'; }, '/metadata/contacts/0/contact_name', 'Remove the field "contact_name": it is not part of this.'],
  ['an API version to come', 'rudi-metadata', parseRudiMetadata, (d) => { d.metadata_info.api_version = '1.5.0'; }, '/metadata_info/api_version', 'Choose one of 1.2.0, 1.2.1, 1.3.0, 1.4.0, 1.4.1 here.'],
];

for (const [title, schema, gate, change, pointer, message] of cases) {
  test(`refused with the place and a sentence: ${title}`, (t) => {
    const draft = example(schema);
    change(draft);
    t.deepEqual(issuesOf(t, gate, draft), [{ pointer, message }]);
  });
}

for (const [schema, gate] of GATES) {
  if (!['rudi-metadata', 'rudi-as-specified', 'problem'].includes(schema)) {
    test(`an unknown field of ${schema} is refused by its name`, (t) => {
      const draft = example(schema);
      draft['surprise/~'] = 1;
      t.deepEqual(issuesOf(t, gate, draft), [{ pointer: '/surprise~1~0', message: 'Remove the field "surprise/~": it is not part of this.' }]);
    });
  }

  test(`each missing field of ${schema} is named`, (t) => {
    const draft = example(schema);
    const required: string[] = [];
    for (const field of Object.keys(draft)) {
      const without = example(schema);
      delete without[field];
      try {
        gate(without);
      } catch (error) {
        t.deepEqual((error as { issues: unknown[] }).issues[0], { pointer: `/${field}`, message: `Add the field "${field}".` });
        required.push(field);
      }
    }
    t.true(required.length > 0);
  });

  test(`only an object is taken for ${schema}`, (t) => {
    for (const value of [null, [], 'text', 7, true]) t.is(issuesOf(t, gate, value)[0]?.pointer, '');
  });
}

test('several faults are told at once, at most 20, each place once', (t) => {
  const draft = example('manifest');
  draft.version = 0;
  draft.access = 'secret';
  delete draft.prev;
  t.deepEqual(issuesOf(t, parseManifest, draft).map(({ pointer }) => pointer).sort(), ['/access', '/prev', '/version']);

  draft.metadata.keywords = Array.from({ length: 100 }, (_, index) => index);
  t.is(issuesOf(t, parseManifest, draft).length, 20);
});

test('the error of a refusal has a code and a sentence for people', (t) => {
  const draft = example('grant');
  draft.ends_at = draft.starts_at;
  const broken = refusalOf(t, parseGrant, draft);
  t.is(broken?.code, 'rule_broken');
  t.is(broken?.detail, 'This is not a grant: Give a time after starts_at here. (at /ends_at)');
  delete draft.ends_at;
  t.is(refusalOf(t, parseGrant, draft)?.code, 'malformed');
});

test('fields of a problem that we do not know are kept, as RFC 9457 asks', (t) => {
  const draft = { ...example('problem'), balance: 30 };
  t.deepEqual(parseProblem(draft), draft);
});
