import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { testPortal } from '../support/portal.ts';
import { enrolledProducer } from './cast.ts';
import { testNode } from './node-process.ts';

const SAMPLES = path.join(process.env['SCEAU_SHARED'] ?? path.resolve('../shared'), 'samples', 'rudi');
const RENNES = path.join(SAMPLES, 'catalog-datarennes_meta-387.json');

/** A small RUDI record as nodes write them. */
function record(o: { id: string; title: string; restricted?: boolean }): Record<string, unknown> {
  return {
    global_id: o.id,
    resource_title: o.title,
    synopsis: [{ lang: 'fr', text: o.title }],
    summary: [{ lang: 'fr', text: `${o.title}, en entier.` }],
    theme: 'economy',
    keywords: ['budget'],
    producer: { organization_id: '349b050c-cd74-447c-b82e-b7e7b2553c1d', organization_name: 'Ville de Rennes' },
    contacts: [{ contact_id: '74b973fa-59c1-4f40-9dbe-0e2ca1e66af7', contact_name: 'Yann Tanguy', email: 'yann.tanguy@rennes.example' }],
    available_formats: [
      {
        media_type: 'FILE',
        media_id: '39efa487-ddf2-4390-a255-83d896f7591c',
        media_name: 'budget.json',
        connector: { url: 'https://data.example.org/files/budget.json' },
        file_type: 'application/json',
        file_size: 343687,
        checksum: { algo: 'MD5', hash: 'c80d6049868f78cae8b1f37d935b9962' },
      },
    ],
    dataset_dates: { created: '2018-02-19T08:18:43+00:00', updated: '2018-02-19T08:18:43+00:00' },
    storage_status: 'online',
    access_condition: { licence: { licence_type: 'STANDARD', licence_label: 'odbl-1.0' }, confidentiality: { restricted_access: o.restricted ?? false, gdpr_sensitive: false } },
    metadata_info: { api_version: '1.3.0' },
  };
}

const A = 'efd35c74-65dd-427e-941c-cc9af63d9026';
const B = '1d6e3f50-2b8a-4c7e-9f11-0a2b3c4d5e6f';

test('records are published as they are, a bad one stops no other, and nothing is published twice', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const good = record({ id: A, title: 'Budget primitif 2018' });
  const { resource_title: _, ...untitled } = record({ id: B, title: '' });
  const file = await node.write('records.json', JSON.stringify([good, untitled, 7]));

  const dry = await node.json(['import', file, '--dry-run']);
  t.is(dry.code, 1);
  t.like(dry.json, { total: 3, checked: 1, faulty: 2 });
  t.is((await portal.call('GET', '/api/v1/datasets')).json.total, 0);

  const first = await node.json(['import', file]);
  t.is(first.code, 1);
  t.like(first.json, { total: 3, published: 1, faulty: 2 });
  t.true(first.json.records[1].error.includes('resource_title'), first.json.records[1].error);

  const shown = await portal.call('GET', `/api/v1/datasets/${A}`);
  t.like(shown.json, { title: 'Budget primitif 2018', access: 'open' });
  t.like(shown.json.resources[0], { kind: 'link', url: 'https://data.example.org/files/budget.json' });
  const manifest = await portal.call('GET', `/api/v1/datasets/${A}/versions/1/manifest`);
  const payload = Buffer.from(manifest.json.payload, 'base64url').toString('utf8');
  t.false(payload.includes('Tanguy'));
  t.deepEqual(JSON.parse(payload).metadata.available_formats, good['available_formats']);

  const again = await node.json(['import', file]);
  t.like(again.json, { published: 0, unchanged: 1, faulty: 2 });

  await node.write('records.json', JSON.stringify({ total: 1, items: [record({ id: A, title: 'Budget primitif 2018, corrigé' })] }));
  const corrected = await node.json(['import', file]);
  t.is(corrected.code, 0, corrected.stderr);
  t.like(corrected.json.records[0], { state: 'published', version: 2 });
});

test('a character that no database holds is that record’s fault, wherever it stands, and stops no other', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const other = (n: number): string => `1d6e3f50-2b8a-4c7e-9f11-0a2b3c4d5e0${n}`;
  const contact = { contact_id: '74b973fa-59c1-4f40-9dbe-0e2ca1e66af7', contact_name: 'Ada\0Martin', email: 'ada@rennes.example' };
  const records = [
    { ...record({ id: other(1), title: 'Personnes' }), contacts: [contact] },
    record({ id: other(2), title: 'Bud\0get' }),
    { ...record({ id: other(3), title: 'Mots' }), keywords: ['budget', 'a\0b'] },
    record({ id: A, title: 'Budget' }),
  ];
  const file = await node.write('records.json', JSON.stringify(records));
  const dry = await node.json(['import', file, '--dry-run']);
  t.like(dry.json, { checked: 1, faulty: 3 });
  const imported = await node.json(['import', file]);
  t.is(imported.code, 1, imported.stderr);
  t.like(imported.json, { published: 1, faulty: 3 });
  t.deepEqual(imported.json.records.map((one: { state: string }) => one.state), ['faulty', 'faulty', 'faulty', 'published']);
  t.regex(imported.json.records[0].error, /^\/contacts\/0\/contact_name: .*U\+0000/);
  t.is((await node.json(['status'])).json.producers[0].outbox.length, 0);

  const published = await node.json(['publish', await node.write('a.csv', 'a;b\n1;2\n'), '--yes', '--access', 'open', '--theme', 'economy', '--licence', 'etalab-2.0', '--summary', 'Tout\0va']);
  t.is(published.code, 1);
  t.is(published.json.error.code, 'wrong_schema');
});

test('a restricted record tells no address of its files', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const file = await node.write('one.json', JSON.stringify(record({ id: B, title: 'Dossiers', restricted: true })));
  const imported = await node.json(['import', file]);
  t.is(imported.code, 0, imported.stderr);
  const manifest = await portal.call('GET', `/api/v1/datasets/${B}/versions/1/manifest`);
  const payload = Buffer.from(manifest.json.payload, 'base64url').toString('utf8');
  t.like(JSON.parse(payload), { access: 'restricted', resources: [] });
  t.false(payload.includes('data.example.org'));
});

test('a record of a dataset that belongs to another producer is refused by the portal and by the node', async (t) => {
  const portal = await testPortal(t);
  const [one, other] = [await testNode(t), await testNode(t)];
  await enrolledProducer(t, one, portal, 'Ville de Rennes');
  await enrolledProducer(t, other, portal, 'Ville de Brest');
  const content = JSON.stringify(record({ id: A, title: 'Budget' }));
  t.is((await one.json(['import', await one.write('r.json', content)])).code, 0);
  const stolen = await other.json(['import', await other.write('r.json', content)]);
  t.is(stolen.code, 3, stolen.stdout);
  t.is(stolen.json.records[0].state, 'refused');
  const file = await other.write('mine.csv', 'a;b\n1;2\n');
  const published = await other.json(['publish', file, '--yes', '--dataset', A, '--access', 'open', '--theme', 'economy', '--licence', 'etalab-2.0', '--summary', 'x']);
  t.is(published.code, 3, published.stdout + published.stderr);
  t.is(published.json.error.code, 'dataset_foreign');
  const shown = await portal.call('GET', `/api/v1/datasets/${A}`);
  t.is(shown.json.producer.name, 'Ville de Rennes');
});

const rennes = existsSync(RENNES) ? test : test.skip;
rennes('forty records of Rennes are published, and a second time nothing', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const records: unknown[] = JSON.parse(await readFile(RENNES, 'utf8'));
  t.is(records.length, 387);
  const all = await node.json(['import', RENNES, '--dry-run']);
  t.like(all.json, { total: 387, checked: 387, faulty: 0 });
  const first = await node.json(['import', RENNES, '--limit', '40']);
  t.is(first.code, 0, first.stderr);
  t.like(first.json, { total: 40, published: 40 });
  t.is((await portal.call('GET', '/api/v1/datasets')).json.total, 40);
  const again = await node.json(['import', RENNES, '--limit', '40']);
  t.like(again.json, { unchanged: 40, published: 0 });
});
