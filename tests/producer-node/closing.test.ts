import test from 'ava';
import { testPortal } from '../support/portal.ts';
import { enrolledProducer } from './cast.ts';
import { testNode } from './node-process.ts';

test('who restricts a dataset that was open is told in words that what was fetched stays fetched', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const file = await node.write('adresses.csv', 'nom;rue\nA;1 rue du Pont\n');
  const open = await node.json(['publish', file, '--yes', '--access', 'open', '--theme', 'economy', '--licence', 'etalab-2.0', '--summary', 'Adresses']);
  t.is(open.code, 0, open.stderr);
  const { dataset_id } = open.json;
  const closed = await node.json(['publish', file, '--yes', '--dataset', dataset_id, '--access', 'restricted', '--lang', 'en']);
  t.is(closed.code, 0, closed.stdout + closed.stderr);
  t.deepEqual(closed.json.warnings, ['earlier_versions_were_open']);
  t.true(closed.stderr.includes('whoever fetched them has them'), closed.stderr);
  const { payload } = (await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/manifest`)).json;
  const [resource] = JSON.parse(Buffer.from(payload, 'base64url').toString()).resources;
  t.is((await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/resources/${resource.resource_id}/body`)).json.reason, 'now_restricted');
});
