import test from 'ava';
import { parseRudiMetadata, resourcesFromRudi, type Resource } from '#catalog-schema';
import { type Draft, example } from './samples.ts';

const ID = '39efa487-ddf2-4390-a255-83d896f7591c';

function read(...media: Draft[]): Resource[] {
  return resourcesFromRudi(parseRudiMetadata({ ...example('rudi-metadata'), available_formats: media }));
}

function readRestricted(...media: Draft[]): Resource[] {
  const record = { ...example('rudi-metadata'), available_formats: media };
  record.access_condition.confidentiality.restricted_access = true;
  return resourcesFromRudi(parseRudiMetadata(record));
}

const file = (change: Draft = {}): Draft => ({ ...example('rudi-metadata').available_formats[0], ...change });
const service = (connector: Draft): Draft => ({ media_type: 'SERVICE', media_id: ID, connector });

test('a file becomes a link with the size and SHA-256 it claims', (t) => {
  t.deepEqual(read(file()) as unknown, [
    {
      kind: 'link',
      resource_id: ID,
      name: 'stops.csv',
      media_type: 'text/csv',
      url: 'https://data.example.org/stops.csv',
      claimed: { size: 343687, sha256: 'sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU' },
    },
  ]);
});

test('a size written as text counts; an MD5, or a checksum that is none, is not claimed', (t) => {
  const claims = (checksum: Draft): unknown => (read(file({ file_size: '12', checksum }))[0] as Draft).claimed;
  t.deepEqual(claims({ algo: 'MD5', hash: '38dab92b988a81a9a27ff9e000a95902' }), { size: 12 });
  t.deepEqual(claims({ algo: 'SHA-256', hash: 'AZZ' }), { size: 12 });
});

test('a file takes its name from the record, else from its address, and the extension of its type', (t) => {
  const named = (change: Draft): unknown => (read(file(change))[0] as Draft).name;
  t.is(named({ media_name: 'Arrêts de bus' }), 'Arrêts de bus.csv');
  t.is(named({ media_name: '../../etc/passwd' }), '-..-etc-passwd.csv');
  t.is(named({ media_name: 'a\u202egpj.csv' }), 'agpj.csv');
  const unnamed = (url: string): Draft => {
    const draft = file({ connector: { url } });
    delete draft.media_name;
    return draft;
  };
  t.is((read(unnamed('https://x.example/d/arr%C3%AAts.csv?x=1'))[0] as Draft).name, 'arrêts.csv');
  t.is((read(unnamed('https://x.example/d/100%.csv'))[0] as Draft).name, '100%.csv');
  t.is((read(unnamed('https://x.example/download'))[0] as Draft).name, `${ID}.csv`);
});

test('a map service keeps its protocol and its valid parameters; what opens files encrypted by RUDI is left out', (t) => {
  const parameters = [
    { key: 'layer', value: 'app:stops' },
    { key: 'versions', value: '2.0' },
    { key: 'max_features', value: 15 },
    { key: 'encrypted', value: 'true' },
    { key: '__proto__', value: 'x' },
  ];
  t.deepEqual(read(service({ url: 'www.example.org/wfs', interface_contract: 'wfs', connector_parameters: parameters })) as unknown, [
    { kind: 'service', resource_id: ID, protocol: 'wfs', url: 'https://www.example.org/wfs', gateway: false, parameters: { layer: 'app:stops', max_features: 15 } },
  ]);
  for (const contract of ['page', 'generic-data', 'something', null]) {
    t.is((read(service({ url: 'https://x.example/', interface_contract: contract }))[0] as Draft).protocol, 'http-api');
  }
});

test('a series gets its period in seconds', (t) => {
  const series = (period?: number): Draft => ({ media_type: 'SERIES', media_id: ID, connector: { url: 'https://x.example/' }, ...(period === undefined ? {} : { period }) });
  t.deepEqual(read(series(1500)) as unknown, [{ kind: 'series', resource_id: ID, url: 'https://x.example/', gateway: false, period_seconds: 1.5 }]);
  t.deepEqual(read(series(0)), read(series()));
});

test('no address of restricted data is told', (t) => {
  t.deepEqual(readRestricted(file()), []);
  const [resource] = readRestricted(service({ url: 'https://secret.example/wms', interface_contract: 'wms' }));
  t.deepEqual(resource as unknown, { kind: 'service', resource_id: ID, protocol: 'wms', gateway: true });
});

test('gaps, unusable addresses and repeated identifiers are left out', (t) => {
  t.deepEqual(read(null, file({ connector: { url: 'not an address' } })), []);
  t.is(read(file(), file({ media_id: ID.toUpperCase(), media_name: 'other' })).length, 1);
});
