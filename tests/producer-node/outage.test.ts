import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { described, enrolledProducer } from './cast.ts';
import { gatedPortal } from './gate.ts';
import { ending, testNode } from './node-process.ts';

const STATIONS = 'nom;places\nGare;20\nRépublique;14\n';

test('with the portal away a version is signed and waits; it is sent when the portal is back', async (t) => {
  const gate = await gatedPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, { ...gate.portal, origin: gate.origin });
  const file = await node.write('stations.csv', STATIONS);
  await gate.shut();

  const queued = await node.json(['publish', file, ...described('restricted')]);
  t.is(queued.code, 4, queued.stderr);
  t.like(queued.json, { version: 1, state: 'queued', new_epoch: 1 });
  await node.write('stations.csv', `${STATIONS}Sud;3\n`);
  const second = await node.json(['publish', file, '--yes']);
  t.is(second.code, 4);
  t.like(second.json, { version: 2, state: 'queued', new_epoch: 2 }, 'nobody can say whether the first key is spent, so a new one is made');
  const status = await node.json(['status']);
  t.is(status.code, 0);
  t.is(status.json.producers[0].portal.answers, false);
  t.is(status.json.producers[0].outbox.length, 2);
  t.is((await node.json(['deliver'])).code, 4);

  await gate.open();
  const delivered = await node.json(['deliver']);
  t.is(delivered.code, 0, delivered.stderr);
  t.like(delivered.json, { done: 2, waiting: 0, refused: 0 });
  const shown = await gate.portal.call('GET', `/api/v1/datasets/${queued.json.dataset_id}`);
  t.is(shown.json.version, 2);
  t.deepEqual(await spooled(node.home), [], 'what is delivered leaves the spool');
  const heads = await gate.portal.call('GET', `/api/v1/datasets/${queued.json.dataset_id}/versions/2/evidence`);
  t.is(heads.json.heads.size, 1);
  t.is((await node.json(['deliver'])).json.done, 0);
});

test('a publication killed in the middle of its upload goes on where it was', async (t) => {
  const gate = await gatedPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, { ...gate.portal, origin: gate.origin });
  const file = await node.write('grand.bin', new Uint8Array(40 * 1024 * 1024).fill(7));

  // The first of three parts gets through, the second is cut.
  const held = gate.holdAfter(24 * 1024 * 1024);
  const child = node.start(['publish', file, ...described('restricted'), '--json']);
  child.stdin?.end();
  const ended = ending(child);
  await held;
  child.kill('SIGKILL');
  await ended;
  await gate.shut();
  await gate.open();

  const parts = await gate.portal.portal.db.selectFrom('upload_part').select('part').execute();
  t.deepEqual(parts.map((row) => row.part), [0]);
  const delivered = await node.json(['deliver']);
  t.is(delivered.code, 0, delivered.stderr);
  t.like(delivered.json, { done: 1 });
  const list = await gate.portal.call('GET', '/api/v1/datasets');
  t.is(list.json.total, 1);
  t.is(list.json.datasets[0].version, 1);
  t.deepEqual(await spooled(node.home), []);

  const again = await node.json(['publish', file, '--yes']);
  t.like(again.json, { state: 'unchanged', version: 1 });
});

test('an answer that is lost is asked for again: one version, published once', async (t) => {
  const gate = await gatedPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, { ...gate.portal, origin: gate.origin });
  const file = await node.write('stations.csv', STATIONS);
  const queued = await node.json(['publish', file, ...described(), '--no-deliver']);
  t.is(queued.code, 0, queued.stderr);
  t.is(queued.json.state, 'queued');

  // The portal records the version and the node never hears of it: the head it reads next is its own.
  const before = await gate.portal.portal.db.selectFrom('dataset_version').selectAll().execute();
  t.is(before.length, 0);
  const child = node.start(['deliver', '--json']);
  child.stdin?.end();
  const ended = ending(child);
  for (let i = 0; i < 600 && (await gate.portal.portal.db.selectFrom('dataset_version').select('version').execute()).length === 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await ended;
  await node.write('stations.csv', `${STATIONS}Nord;8\n`);
  const next = await node.json(['publish', file, '--yes']);
  t.is(next.code, 0, next.stdout + next.stderr);
  t.is(next.json.version, 2);
  const versions = await gate.portal.call('GET', `/api/v1/datasets/${queued.json.dataset_id}/versions`);
  t.deepEqual(versions.json.versions.map((one: { version: number }) => one.version).sort(), [1, 2]);
});

test('two senders never deliver the same row twice', async (t) => {
  const gate = await gatedPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, { ...gate.portal, origin: gate.origin });
  for (const name of ['a', 'b', 'c', 'd']) {
    const queued = await node.json(['publish', await node.write(`${name}.csv`, STATIONS), ...described(), '--no-deliver']);
    t.is(queued.code, 0, queued.stderr);
  }
  const ended = await Promise.all([node.json(['deliver']), node.json(['deliver'])]);
  t.is(ended.reduce((sum, one) => sum + one.json.done, 0), 4, ended.map((one) => one.stderr).join('\n'));
  t.is((await gate.portal.call('GET', '/api/v1/datasets')).json.total, 4);
  t.is((await node.json(['status'])).json.producers[0].outbox.length, 0);
});

test('a body that is gone from the spool gives its version up, so that the next one can go', async (t) => {
  const gate = await gatedPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, { ...gate.portal, origin: gate.origin });
  const file = await node.write('stations.csv', STATIONS);
  t.is((await node.json(['publish', file, ...described(), '--no-deliver'])).code, 0);
  for (const name of await spooled(node.home)) await rm(path.join(node.home, 'spool', name));
  const sent = await node.json(['deliver']);
  t.is(sent.code, 3);
  t.like(sent.json, { refused: 1, waiting: 0 });
  const again = await node.json(['publish', file, ...described()]);
  t.is(again.code, 0, again.stdout + again.stderr);
  t.like(again.json, { version: 1, state: 'published' });
});

async function spooled(home: string): Promise<string[]> {
  return readdir(path.join(home, 'spool'));
}
