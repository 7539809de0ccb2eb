import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import pg from 'pg';
import { described, enrolledProducer } from './cast.ts';
import { gatedPortal } from './gate.ts';
import { ending, testNode } from './node-process.ts';

const CSV = 'nom;places\nGare;20\nSud;3\n';

/** The address that a daemon says it answers on. */
async function addressOf(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
  for (let i = 0; i < 600; i += 1) {
    const found = /(http:\/\/127\.0\.0\.1:\d+)\/health/.exec(said)?.[1];
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error(`no address: ${said}`);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i += 1) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error('it did not happen in time');
}

test('two daemons of one node send what waits once, keep the heads fresh, answer /health and stop when asked', async (t) => {
  const gate = await gatedPortal(t);
  const node = await testNode(t);
  const { producer_id } = await enrolledProducer(t, node, { ...gate.portal, origin: gate.origin });
  const { db } = gate.portal.portal;
  await gate.shut();
  for (const name of ['a', 'b', 'c']) t.is((await node.json(['publish', await node.write(`${name}.csv`, CSV), ...described()])).code, 4);

  const daemons = [node.start(['run']), node.start(['run'])];
  const ends = daemons.map(ending);
  const [first = ''] = await Promise.all(daemons.map(addressOf));
  const health = await fetch(`${first}/health`);
  t.is(health.status, 200);
  t.like(await health.json(), { status: 'ok', checks: { database: 'ok', waiting: 3 } });
  t.is((await fetch(`${first}/`)).status, 404);
  t.is((await fetch(`${first}/health`, { method: 'POST' })).status, 405);

  await gate.open();
  await until(async () => (await db.selectFrom('dataset').select('dataset_id').execute()).length === 3);
  await until(async () => {
    const heads = await db.selectFrom('heads').select('entries').where('producer_id', '=', producer_id).orderBy('seq', 'desc').executeTakeFirst();
    return Array.isArray(heads?.entries) && heads.entries.length === 3;
  });
  t.is((await db.selectFrom('dataset_version').select('version').execute()).length, 3);
  const status = await node.json(['status']);
  t.deepEqual(status.json.producers[0].outbox, []);
  t.is(status.json.producers[0].heads.fresh, true);

  for (const daemon of daemons) daemon.kill('SIGTERM');
  for (const ended of await Promise.all(ends)) t.is(ended.code, 0, ended.stderr);
});

test('a daemon survives that its database cuts every connection, and does not start on a taken port', async (t) => {
  const gate = await gatedPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, { ...gate.portal, origin: gate.origin });
  const daemon = node.start(['run']);
  const address = await addressOf(daemon);
  const taken = await node.json(['run'], { env: { SCEAU_NODE_PORT: new URL(address).port } });
  t.is(taken.code, 1);
  t.is(taken.json.error.code, 'port_busy');
  const client = new pg.Client({ connectionString: node.database_url });
  await client.connect();
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()');
  await client.end();
  t.is((await node.json(['publish', await node.write('a.csv', CSV), ...described(), '--no-deliver'])).code, 0);
  await until(async () => (await node.json(['status'])).json.producers[0].outbox.length === 0);
  const ended = ending(daemon);
  daemon.kill('SIGINT');
  t.is((await ended).code, 0);
});
