import { readdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { refusePublication, deliverPublication } from '../../producer-node/delivery/deliver-publication.ts';
import { claimOutboxRow } from '../../producer-node/delivery/outbox-store.ts';
import { findEnrolment } from '../../producer-node/delivery/portal-store.ts';
import { readConfig } from '../../producer-node/config.ts';
import { openNode } from '../../producer-node/node.ts';
import { described, enrolledProducer } from './cast.ts';
import { failingPortal } from './failing-portal.ts';
import { testNode } from './node-process.ts';

const CSV = 'nom;places\nGare;20\nSud;3\n';
const PARTS = /^PUT \/api\/v1\/uploads\/[^/]+\/parts\//;
const COMPLETE = /^POST \/api\/v1\/uploads\/[^/]+\/complete/;

for (const [reason, status, calls] of [
  ['upload_ended', 409, PARTS],
  ['upload_raced', 409, /^POST \/api\/v1\/uploads$/],
  ['upload_gone', 409, COMPLETE],
  ['stored_bytes_differ', 409, COMPLETE],
  [undefined, 404, PARTS],
] as const) {
  test(`an upload that ends with ${reason ?? 'not_found'} begins again, and what was signed is never given up for it`, async (t) => {
    const door = await failingPortal(t);
    const node = await testNode(t);
    await enrolledProducer(t, node, { ...door.portal, origin: door.origin });
    const refusal = { status, code: status === 404 ? 'not_found' : 'conflict', detail: 'Send this body again.', ...(reason === undefined ? {} : { reason }) };
    const file = await node.write('stations.csv', CSV);
    door.fail(calls, refusal, 1);
    const once = await node.json(['publish', file, ...described()]);
    t.is(once.code, 0, once.stdout + once.stderr);
    t.like(once.json, { version: 1, state: 'published' });

    const stop = door.fail(calls, refusal);
    await node.write('stations.csv', `${CSV}Nord;1\n`);
    const waiting = await node.json(['publish', file, '--yes']);
    t.is(waiting.code, 4, waiting.stdout + waiting.stderr);
    t.like(waiting.json, { version: 2, state: 'queued' });
    t.is((await readdir(path.join(node.home, 'spool'))).length, 1, 'the body waits with its version');
    const [row] = (await node.json(['status'])).json.producers[0].outbox;
    t.true(row.last_error.includes('Send this body again.'), row.last_error);
    stop();
    t.like((await node.json(['deliver'])).json, { done: 1, refused: 0, waiting: 0 });
  });
}

test('a failure of the portal at one version lets the others pass, tells its words, and is tried more and more rarely', async (t) => {
  const door = await failingPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, { ...door.portal, origin: door.origin });
  const bad = await node.json(['publish', await node.write('a.csv', CSV), ...described(), '--no-deliver']);
  const good = await node.json(['publish', await node.write('b.csv', CSV), ...described(), '--no-deliver']);
  const stop = door.fail(new RegExp(`^PUT /api/v1/datasets/${bad.json.dataset_id}/`), { status: 500, code: 'internal', detail: 'Something broke at this one.' });

  const sent = await node.json(['deliver']);
  t.is(sent.code, 4, sent.stdout + sent.stderr);
  t.like(sent.json, { done: 1, waiting: 1, refused: 0 });
  t.is((await door.portal.call('GET', `/api/v1/datasets/${good.json.dataset_id}`)).status, 200);

  const pauses: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    const started = Date.now();
    const french = await node.run(['deliver', '--json'], { env: { LC_ALL: 'fr_FR.UTF-8' } });
    t.is(french.code, 4);
    const [row] = (await node.json(['status'])).json.producers[0].outbox;
    t.like(row, { subject_id: bad.json.dataset_id, attempts: i + 2 });
    t.is(row.last_error, 'Something broke at this one. [internal, r-1]');
    pauses.push(Date.parse(row.next_attempt_at) - started);
  }
  t.true(pauses.every((pause, index) => pause > 2 ** (index + 2) * 1000), pauses.join(' '));

  // Another version that arrives does not make it due at once.
  t.is((await node.json(['publish', await node.write('c.csv', CSV), ...described()])).code, 0);
  const [later] = (await node.json(['status'])).json.producers[0].outbox;
  t.true(Date.parse(later.next_attempt_at) > Date.now() + 5000);
  const status = await node.run(['status']);
  t.regex(status.stdout, /last: Something broke at this one\. \[internal, r-1\]/);
  stop();
  t.like((await node.json(['deliver'])).json, { done: 1, waiting: 0 });
});

test('who lost the lease touches neither the row nor the bodies', async (t) => {
  const door = await failingPortal(t);
  const home = await testNode(t);
  const { producer_id } = await enrolledProducer(t, home, { ...door.portal, origin: door.origin });
  const queued = await home.json(['publish', await home.write('a.csv', CSV), ...described(), '--no-deliver']);
  t.is(queued.json.state, 'queued');
  const node = await openNode(readConfig(home.env));
  t.teardown(() => node.close());
  const row = await claimOutboxRow(node.db, 'first', { early: true, except: [], except_producers: [] });
  const enrolled = await findEnrolment(node.db, producer_id);
  if (row === undefined || enrolled === undefined) return t.fail('nothing is queued');
  // Its lease ran out, and another sender has it now.
  await node.db.updateTable('outbox').set({ lease_token: row.lease_token + 1, lease_holder: 'second' }).execute();

  t.false(await refusePublication(node, row, { code: 'conflict', text: 'x' }));
  t.is((await readdir(path.join(home.home, 'spool'))).length, 1);
  await deliverPublication(node, row, { portal: enrolled.portal, progress: () => undefined, alive: async () => undefined });
  t.is((await readdir(path.join(home.home, 'spool'))).length, 1, 'the other sender may be reading it');
  t.like(await node.db.selectFrom('outbox').selectAll().executeTakeFirst(), { state: 'waiting', lease_holder: 'second' });
});
