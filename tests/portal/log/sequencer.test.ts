import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { sql } from 'kysely';
import { equalBytes, leafHash, treeRoot, verifyCheckpoint, verifyConsistency, verifyProof } from '#crypto';
import { openDatabase } from '../../../portal/db/database.ts';
import { appendAct } from '../../../portal/log/append-act.ts';
import { checkLog } from '../../../portal/log/check-log.ts';
import { confirmLease, giveBackLease, takeLease } from '../../../portal/log/lease-store.ts';
import { latestCheckpoint } from '../../../portal/log/log-store.ts';
import { consistencyProof, proofForAct, proofForIndex } from '../../../portal/log/prove-act.ts';
import { runSequencer } from '../../../portal/log/run-sequencer.ts';
import { requireContinuedLog, SEEN_CHECKPOINT_FILE } from '../../../portal/log/seen-checkpoint.ts';
import { BATCH_MAX, sequenceBatch } from '../../../portal/log/sequence-batch.ts';
import type { Portal } from '../../../portal/portal.ts';
import { type TestPortal, testPortal } from '../../support/portal.ts';

const digest = (n: number) => `sha256:${Buffer.alloc(32, n).toString('base64url')}`;

async function append(portal: Portal, count: number): Promise<string[]> {
  return portal.db.transaction().execute(async (trx) => {
    const ids = [];
    for (let n = 0; n < count; n += 1) ids.push((await appendAct(trx, portal, { type: 'heads', subject_digest: digest(n % 256), public: true })).act_id);
    return ids;
  });
}

async function leaves(portal: Portal): Promise<{ act_id: string; leaf: Buffer; leaf_index: string | null }[]> {
  return portal.db.selectFrom('log_act').select(['act_id', 'leaf', 'leaf_index']).orderBy('leaf_index').execute();
}

/** The whole log, recomputed from its leaves alone, is what the newest checkpoint signs. */
async function assertWhole(t: import('ava').ExecutionContext, { portal }: TestPortal, size: number): Promise<void> {
  const all = await leaves(portal);
  t.deepEqual(all.map((act) => Number(act.leaf_index)), Array.from({ length: size }, (_, index) => index), 'dense indices');
  const checkpoint = await latestCheckpoint(portal.db);
  t.is(checkpoint?.size, size);
  const signed = verifyCheckpoint(checkpoint?.note ?? '', { origin: portal.keys.log_origin, jwk: portal.keys.log_key.public_jwk });
  t.is(signed.size, size);
  t.true(equalBytes(signed.root, treeRoot(all.map((act) => leafHash(act.leaf)))));
  t.deepEqual(await checkLog(portal), { size, damage: undefined });
}

test('acts get dense indices in the order in which they were written, and every one its proof', async (t) => {
  const portal = await testPortal(t);
  const ids = await append(portal.portal, 20);
  t.is(await proofForAct(portal.portal.db, '999999'), undefined);
  await portal.logged();
  await assertWhole(t, portal, 21);
  t.deepEqual((await leaves(portal.portal)).map((act) => act.act_id).slice(1), ids);
  for (const act of await leaves(portal.portal)) {
    const proved = await proofForAct(portal.portal.db, act.act_id);
    t.is(proved?.leaf, act.leaf.toString('base64url'));
    verifyProof(act.leaf, proved?.proof, { origin: portal.portal.keys.log_origin, jwk: portal.portal.keys.log_key.public_jwk });
  }
});

test('an act that waits has no proof yet, and one of a transaction that failed never stood', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const [id] = await append(portal.portal, 1);
  t.is(await proofForAct(portal.portal.db, id ?? ''), undefined);
  await t.throwsAsync(
    portal.portal.db.transaction().execute(async (trx) => {
      await appendAct(trx, portal.portal, { type: 'heads', subject_digest: digest(1), public: true });
      throw new Error('no');
    }),
  );
  t.is((await leaves(portal.portal)).length, 2, 'the portal’s key set and one act');
  await t.throwsAsync(appendAct(portal.portal.db, portal.portal, { type: 'party.pooper', subject_digest: digest(1), public: true }), undefined, 'a type that the log does not know');
});

test('two sequencers that race produce one dense log', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const second_pool = openDatabase(portal.database_url, { max: 4 });
  const second: Portal = { ...portal.portal, db: second_pool.db };
  const stop = new AbortController();
  const running = [portal.portal, second, portal.portal].map((one) => runSequencer(one, stop.signal, { pause_ms: 1 }));
  for (let round = 0; round < 12; round += 1) await Promise.all([append(portal.portal, 7), append(second, 5)]);
  await portal.logged();
  stop.abort();
  await Promise.all(running);
  await second_pool.close();
  await assertWhole(t, portal, 1 + 12 * 12);
});

test('batches that run under one lease at the same time are one after the other', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const lease = await takeLease(portal.portal.db, 'log-sequencer', 'a', 30);
  if (lease === undefined) return t.fail();
  await append(portal.portal, 30);
  const results = await Promise.all(Array.from({ length: 4 }, () => sequenceBatch(portal.portal, lease)));
  t.is(results.filter((result) => result.state === 'integrated').length, 1);
  await assertWhole(t, portal, 31);
});

test('a holder that was overtaken writes nothing more', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const { db } = portal.portal;
  const first = await takeLease(db, 'log-sequencer', 'first', 30);
  t.is(await takeLease(db, 'log-sequencer', 'second', 30), undefined, 'held');
  t.deepEqual(await takeLease(db, 'log-sequencer', 'first', 30), first, 'renewed, same token');
  if (first === undefined) return t.fail();
  await giveBackLease(db, first);
  const second = await takeLease(db, 'log-sequencer', 'second', 30);
  t.is(second?.token, String(Number(first.token) + 1));
  await append(portal.portal, 3);
  t.deepEqual(await sequenceBatch(portal.portal, first), { state: 'lost' });
  t.false(await confirmLease(db, first));
  if (second === undefined) return t.fail();
  t.like(await sequenceBatch(portal.portal, second), { state: 'integrated', count: 4, size: 4 });
  await giveBackLease(db, first);
  t.is(await takeLease(db, 'log-sequencer', 'third', 30), undefined, 'a lost lease gives nothing back');
});

test('a lease lapses by the database’s clock and passes on', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const { db } = portal.portal;
  const first = await takeLease(db, 'log-sequencer', 'first', 0.05);
  await sleep(80);
  const again = await takeLease(db, 'log-sequencer', 'first', 30);
  t.is(Number(again?.token), Number(first?.token) + 1, 'also for its last holder: somebody may have held it between');
});

test('a sequencer that is killed in the middle leaves the log as it was, and the next one goes on', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const lease = await takeLease(portal.portal.db, 'log-sequencer', 'doomed', 30);
  if (lease === undefined) return t.fail();
  await append(portal.portal, 10);
  await sequenceBatch(portal.portal, lease);
  const before = await latestCheckpoint(portal.portal.db);
  await append(portal.portal, 10);

  // Somebody holds the table of checkpoints, so the batch has written indices and hashes and waits with its last step; then its
  // connection is ended.
  const doomed_pool = openDatabase(portal.database_url, { max: 1, application_name: 'doomed' });
  const doomed: Portal = { ...portal.portal, db: doomed_pool.db };
  await portal.owner_db.transaction().execute(async (trx) => {
    await sql`LOCK TABLE log_checkpoint IN SHARE MODE`.execute(trx);
    const dying = t.throwsAsync(sequenceBatch(doomed, lease));
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const { rows } = await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'doomed' AND datname = current_database() AND wait_event_type = 'Lock'`.execute(trx);
      if (rows.length > 0) break;
      await sleep(10);
    }
    await dying;
  });
  await doomed_pool.close();

  t.deepEqual(await latestCheckpoint(portal.portal.db), before);
  t.is((await leaves(portal.portal)).filter((act) => act.leaf_index === null).length, 10);
  await giveBackLease(portal.portal.db, lease);
  const next = await takeLease(portal.portal.db, 'log-sequencer', 'next', 30);
  if (next === undefined) return t.fail();
  await sequenceBatch(portal.portal, next);
  await assertWhole(t, portal, 21);
});

test('every checkpoint continues every earlier one', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const lease = await takeLease(portal.portal.db, 'log-sequencer', 'a', 60);
  if (lease === undefined) return t.fail();
  for (const count of [1, 1, 2, 3, 5, 8, 13]) {
    await append(portal.portal, count);
    await sequenceBatch(portal.portal, lease);
  }
  const rows = await portal.portal.db.selectFrom('log_checkpoint').selectAll().orderBy('size').execute();
  t.is(rows.length, 7);
  for (const first of rows) {
    for (const second of rows.filter((row) => Number(row.size) >= Number(first.size))) {
      const [from, to] = [Number(first.size), Number(second.size)];
      verifyConsistency({ first: from, second: to, first_root: first.root, second_root: second.root, path: await consistencyProof(portal.portal.db, from, to) });
    }
  }
  await assertWhole(t, portal, 34);
});

test('more acts than one batch holds are integrated in several', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  await append(portal.portal, BATCH_MAX + 20);
  const lease = await takeLease(portal.portal.db, 'log-sequencer', 'a', 60);
  if (lease === undefined) return t.fail();
  t.like(await sequenceBatch(portal.portal, lease), { count: BATCH_MAX });
  t.like(await sequenceBatch(portal.portal, lease), { count: 21 });
  t.deepEqual(await sequenceBatch(portal.portal, lease), { state: 'idle' });
  await assertWhole(t, portal, BATCH_MAX + 21);
});

test('the sequencer goes on from no checkpoint that its key did not sign, and the check names the damage', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const { db } = portal.portal;
  t.deepEqual(await checkLog(portal.portal), { size: 0, damage: 'empty' });
  const lease = await takeLease(db, 'log-sequencer', 'a', 60);
  if (lease === undefined) return t.fail();
  await append(portal.portal, 5);
  await sequenceBatch(portal.portal, lease);
  await append(portal.portal, 1);
  await portal.owner_db.updateTable('log_checkpoint').set({ root: Buffer.alloc(32, 7) }).execute();
  t.is((await checkLog(portal.portal)).damage, 'checkpoint_signature');
  t.like(await t.throwsAsync(sequenceBatch(portal.portal, lease)), { code: 'unavailable', reason: 'log_damaged' });
});

test('a changed hash or a missing act is found', async (t) => {
  const portal = await testPortal(t);
  await append(portal.portal, 6);
  await portal.logged();
  const db = portal.owner_db;
  const hash = await db.selectFrom('log_hash').selectAll().where('level', '=', 2).where('index', '=', '0').executeTakeFirstOrThrow();
  await db.updateTable('log_hash').set({ hash: Buffer.alloc(32) }).where('level', '=', 2).where('index', '=', '0').execute();
  t.is((await checkLog(portal.portal)).damage, 'root_differs');
  await db.updateTable('log_hash').set({ hash: hash.hash }).where('level', '=', 2).where('index', '=', '0').execute();
  await db.deleteFrom('log_act').where('leaf_index', '=', '3').execute();
  t.is((await checkLog(portal.portal)).damage, 'indices_not_dense');
});

test('an empty log proves nothing', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  t.is((await portal.call('GET', '/log/checkpoint')).status, 404);
  t.is((await portal.call('GET', '/api/v1/log/proof?index=0')).status, 404);
  t.deepEqual((await portal.call('GET', '/api/v1/log/acts')).json, { acts: [], size: 0 });
  await t.throwsAsync(proofForIndex(portal.portal.db, 0));
});

test('a portal whose database was restored from an older state, or is another one, does not go on', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const run = async (until: () => Promise<boolean>) => {
    const stop = new AbortController();
    const running = runSequencer(portal.portal, stop.signal, { pause_ms: 5 });
    for (let look = 0; look < 300 && !(await until()); look += 1) await sleep(10);
    stop.abort();
    await running;
  };
  const size = async () => (await latestCheckpoint(portal.portal.db))?.size ?? 0;
  await append(portal.portal, 4);
  await run(async () => (await size()) === 5);
  await requireContinuedLog(portal.portal);
  const backup = { hashes: await portal.owner_db.selectFrom('log_hash').selectAll().execute(), checkpoints: await portal.owner_db.selectFrom('log_checkpoint').selectAll().execute() };
  await append(portal.portal, 3);
  await run(async () => (await size()) === 8);

  // The older state comes back, and acts go on being written.
  await portal.owner_db.deleteFrom('log_hash').execute();
  await portal.owner_db.deleteFrom('log_checkpoint').execute();
  await portal.owner_db.deleteFrom('log_act').where('leaf_index', '>=', '5').execute();
  await portal.owner_db.insertInto('log_hash').values(backup.hashes).execute();
  await portal.owner_db.insertInto('log_checkpoint').values(backup.checkpoints).execute();
  t.like(await t.throwsAsync(requireContinuedLog(portal.portal)), { code: 'unavailable', reason: 'log_shorter' });
  await append(portal.portal, 9);
  let errors = 0;
  const logger = Object.create(portal.portal.logger, { error: { value: () => { errors += 1; } } }) as Portal['logger'];
  const stop = new AbortController();
  const refusing = runSequencer({ ...portal.portal, logger }, stop.signal, { pause_ms: 5 });
  for (let look = 0; look < 300 && errors === 0; look += 1) await sleep(10);
  stop.abort();
  await refusing;
  t.is(await size(), 5, 'nothing was added');
  t.true(errors > 0);

  // Extended elsewhere to more than was signed here: longer, and still not the same log.
  await portal.owner_db.deleteFrom('lease').execute();
  const lease = await takeLease(portal.portal.db, 'log-sequencer', 'elsewhere', 30);
  if (lease === undefined) return t.fail();
  await sequenceBatch(portal.portal, lease);
  t.is(await size(), 14);
  t.like(await t.throwsAsync(requireContinuedLog(portal.portal)), { reason: 'log_forked' });
  const file = join(portal.portal.config.keys_dir, SEEN_CHECKPOINT_FILE);
  await writeFile(file, (await readFile(file, 'utf8')).replace('\n8\n', '\n3\n'));
  t.like(await t.throwsAsync(requireContinuedLog(portal.portal)), { reason: 'log_memory' }, 'what nobody signed is no memory');
  await rm(file);
  await requireContinuedLog(portal.portal);
});
