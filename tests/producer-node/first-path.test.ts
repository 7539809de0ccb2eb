import test from 'ava';
import { testPortal } from '../support/portal.ts';
import { described, enrolledProducer } from './cast.ts';
import { testNode } from './node-process.ts';

const LONG = 'Chaque station du réseau, avec sa place, ses vélos disponibles et la date du dernier relevé, telle que le service la mesure chaque nuit depuis son ouverture au public. ';
const STATIONS = 'nom;places;date\nGare;20;2024-03-01\nRépublique;14;2024-05-31\n';

test('a producer goes from init to a published file that anyone can read', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t, { spawn: true });
  const { producer_id } = await enrolledProducer(t, node, portal);
  const file = await node.write('stations-velo.csv', STATIONS);

  const published = await node.json(['publish', file, ...described()]);
  t.is(published.code, 0, published.stderr);
  t.like(published.json, { version: 1, title: 'Stations velo', state: 'published' });

  const shown = await portal.call('GET', `/api/v1/datasets/${published.json.dataset_id}`);
  t.is(shown.status, 200, shown.text);
  t.is(shown.json.producer.producer_id, producer_id);
  t.is(Date.parse(shown.json.view.period.start_at), Date.UTC(2024, 2, 1));
  t.is(shown.json.view.period.end_at.slice(0, 10), '2024-05-31');
  const [resource] = shown.json.resources;
  t.like(resource, { name: 'stations-velo.csv', media_type: 'text/csv' });
  const body = await portal.call('GET', `/api/v1/datasets/${published.json.dataset_id}/versions/1/resources/${resource.resource_id}/body`);
  t.is(body.text, STATIONS);
});

test('the same file again is no new version, a changed one is the next, whatever was derived or left unsaid', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t, { spawn: true });
  await enrolledProducer(t, node, portal);
  const file = await node.write('releves-2024.csv', STATIONS);
  const first = await node.json(['publish', file, ...described().slice(0, -1), LONG, '--contact-name', 'Maëlle Riou', '--contact-email', 'maelle.riou@rennes.example']);
  t.is(first.code, 0, first.stderr);

  const again = await node.json(['publish', file, '--yes']);
  t.is(again.code, 0, again.stderr);
  t.like(again.json, { version: 1, state: 'unchanged', dataset_id: first.json.dataset_id, digest: first.json.digest });

  await node.write('releves-2024.csv', `${STATIONS}Sud;9;2024-06-30\n`);
  const changed = await node.json(['publish', file, '--yes']);
  t.is(changed.code, 0, changed.stderr);
  t.like(changed.json, { version: 2, state: 'published', dataset_id: first.json.dataset_id });

  const manifest = await portal.call('GET', `/api/v1/datasets/${first.json.dataset_id}/versions/2/manifest`);
  t.false(Buffer.from(manifest.json.payload, 'base64url').includes('Riou'), 'no person in signed bytes');
  const evidence = await portal.call('GET', `/api/v1/datasets/${first.json.dataset_id}/versions/2/evidence`);
  t.is(evidence.json.contacts[0].contact.contact_name, 'Maëlle Riou');
  t.is(evidence.json.heads.size, 1);

  const fresh = await node.json(['publish', file, '--yes', '--new', ...described().slice(1)]);
  t.is(fresh.code, 0, fresh.stderr);
  t.like(fresh.json, { version: 1, state: 'published' });
  t.not(fresh.json.dataset_id, first.json.dataset_id);
});

test('a restricted file leaves the machine sealed, and keeps its key until something ends', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const file = await node.write('logement.csv', 'commune;demandes\nRENNES-SECRET;120\nCesson;31\n');
  const first = await node.json(['publish', file, ...described('restricted', 'housing')]);
  t.is(first.code, 0, first.stderr);
  t.like(first.json, { version: 1, state: 'published', new_epoch: 1 });

  const shown = await portal.call('GET', `/api/v1/datasets/${first.json.dataset_id}`);
  t.like(shown.json, { access: 'restricted', custody: 'portal' });
  const [resource] = shown.json.resources;
  t.is(resource.age.epoch, 1);
  t.is(resource.sha256, undefined);

  const renamed = await node.json(['publish', file, '--yes', '--title', 'Demandes de logement']);
  t.is(renamed.code, 0, renamed.stderr);
  t.like(renamed.json, { version: 2, state: 'published', title: 'Demandes de logement' });
  const second = await portal.call('GET', `/api/v1/datasets/${first.json.dataset_id}`);
  t.is(second.json.resources[0].tree.root, resource.tree.root, 'an unchanged file is not sealed again');

  await node.write('logement.csv', 'commune;demandes\nRENNES-SECRET;121\nCesson;30\n');
  const changed = await node.json(['publish', file, '--yes']);
  t.is(changed.code, 0, changed.stderr);
  const third = await portal.call('GET', `/api/v1/datasets/${first.json.dataset_id}`);
  t.is(third.json.version, 3);
  t.is(third.json.resources[0].age.epoch, 1);
  t.is(third.json.resources[0].age.recipient, resource.age.recipient);
  t.not(third.json.resources[0].tree.root, resource.tree.root);
  t.is(third.json.resources[0].resource_id, resource.resource_id);
});

test('of a restricted file nothing is published that was read in it, only what was said', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const shape = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: { date: '2021-04-17', nom: 'x' }, geometry: { type: 'Point', coordinates: [-1.6543217, 48.1123457] } }, { type: 'Feature', properties: { date: '2021-11-29', nom: 'y' }, geometry: { type: 'Point', coordinates: [-1.7, 48.2] } }] };
  const file = await node.write('victimes.json', JSON.stringify(shape));
  const manifestOf = async (dataset_id: string, version: number): Promise<string> => {
    const { json } = await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/${version}/manifest`);
    return Buffer.from(json.payload, 'base64url').toString('utf8');
  };

  const shown = await node.run(['publish', file, ...described('restricted', 'society'), '--no-deliver']);
  t.is(shown.code, 0, shown.stderr);
  t.regex(shown.stdout, /Read here only\s+victimes\.json {2}GeoJSON · 2 objects/, 'the person sees what was read');
  t.regex(shown.stdout, /Period: April 17, 2021 – November 29, 2021/);
  t.regex(shown.stderr, /stays on this machine/);
  t.is((await node.json(['deliver'])).code, 0);
  const first = (await portal.call('GET', '/api/v1/datasets')).json.datasets[0];
  const derived = await manifestOf(first.dataset_id, 1);
  t.false(/48\.1123457|1\.6543217|2021|dataset_size|temporal_spread|geography|geo\+json/.test(derived), derived);

  const said = await node.json(['publish', file, '--yes', '--period', '2021', '--bbox', '-1.8,48,-1.5,48.3']);
  t.is(said.code, 0, said.stderr);
  const view = (await portal.call('GET', `/api/v1/datasets/${first.dataset_id}`)).json.view;
  t.is(view.period.start_at.slice(0, 10), '2021-01-01');
  t.deepEqual(view.bbox, [-1.8, 48, -1.5, 48.3]);
  await node.write('victimes.json', JSON.stringify({ ...shape, features: shape.features.slice(1) }));
  t.is((await node.json(['publish', file, '--yes'])).code, 0);
  const kept = (await portal.call('GET', `/api/v1/datasets/${first.dataset_id}`)).json;
  t.is(kept.version, 3);
  t.deepEqual(kept.view.bbox, [-1.8, 48, -1.5, 48.3], 'what was said stays');
  t.false((await manifestOf(first.dataset_id, 3)).includes('2021-11-29'));
  t.is((await node.json(['publish', file, '--yes', '--bbox', 'none'])).code, 0);
  t.is((await portal.call('GET', `/api/v1/datasets/${first.dataset_id}`)).json.view.bbox, null);
  for (const bbox of ['1,2,3', '181,0,1,1', '0,2,1,1', 'a,b,c,d']) t.is((await node.json(['publish', file, '--yes', `--bbox=${bbox}`])).json.error.code, 'bad_option', bbox);

  // What an open version told of its file is not carried on when the next is sealed.
  const other = await node.write('lieux.geojson', JSON.stringify(shape));
  const open = await node.json(['publish', other, ...described('open', 'society')]);
  t.regex(await manifestOf(open.json.dataset_id, 1), /48\.1123457/);
  t.is((await node.json(['publish', other, '--yes', '--access', 'restricted'])).code, 0);
  t.false(/48\.1123457|2021-11-29|dataset_size/.test(await manifestOf(open.json.dataset_id, 2)));
});

test('withdrawing is a signed version without files, once', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const file = await node.write('stations.csv', STATIONS);
  const { json } = await node.json(['publish', file, ...described()]);

  const withdrawn = await node.json(['withdraw', json.dataset_id, '--yes']);
  t.is(withdrawn.code, 0, withdrawn.stderr);
  t.like(withdrawn.json, { version: 2, state: 'withdrawn' });
  const manifest = await portal.call('GET', `/api/v1/datasets/${json.dataset_id}/versions/2/manifest`);
  t.like(JSON.parse(Buffer.from(manifest.json.payload, 'base64url').toString('utf8')), { status: 'withdrawn', resources: [] });

  const again = await node.json(['withdraw', json.dataset_id, '--yes']);
  t.is(again.code, 1);
  t.is(again.json.error.code, 'dataset_withdrawn');

  const back = await node.json(['publish', file, '--yes']);
  t.is(back.code, 0, back.stderr);
  t.like(back.json, { version: 3, state: 'published' });
});
