import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { generateAgeIdentity } from '#crypto';
import { type Federation, NODE_NAMES, startFederation } from '../../deploy/demo/federation.ts';
import { DEMO_PEOPLE, readJson, seedFederation } from '../../deploy/demo/seed.ts';
import { createVisitor, linkInMails, signIn } from '../../deploy/demo/web-visitor.ts';
import { removeEmbeddedPostgresData } from '../../deploy/postgres/data-place.ts';

const SEALED = 'Demandes de logement social par commune';
const DATASETS = new Set(['communes-rennes-metropole.csv', 'demandes-logement-social.csv']);

test('a living federation is backed up, destroyed and restored elsewhere: what was granted opens, what was signed verifies, and the log goes on', async (t) => {
  t.timeout(240_000);
  const folder = await mkdtemp(path.join(tmpdir(), 'sceau-disaster-'));
  const backups = path.join(folder, 'backups');
  const operator = await generateAgeIdentity();
  const identity = path.join(folder, 'operator.txt');
  await writeFile(identity, `${operator.identity}\n`, { mode: 0o600 });
  const states = [path.join(folder, 'first'), path.join(folder, 'second')] as const;
  const running: Federation[] = [];
  const destroy = async (federation: Federation): Promise<void> => {
    await federation.stop();
    await removeEmbeddedPostgresData(path.join(federation.state_dir, 'postgres'));
    await rm(federation.state_dir, { recursive: true, force: true });
  };
  t.teardown(async () => {
    for (const federation of running) await destroy(federation);
    await rm(folder, { recursive: true, force: true });
  });

  // A federation in which somebody has access.
  const first = await startFederation({ state_dir: states[0], first_port: 8780, name: 'Sauvegarde', say: () => undefined });
  running.push(first);
  await first.startPortal();
  first.startBroker();
  await seedFederation(first, { large_bytes: 0, datasets: (one) => DATASETS.has(one.file), say: () => undefined });
  first.startNodes();
  const consumer = { consumer_home: path.join(folder, 'consumer') };
  await first.run(consumer, 'sceau', ['keygen', '--name', 'Disaster']);
  await first.run(consumer, 'sceau', ['ask', SEALED, '--purpose', 'Étude', '--name', DEMO_PEOPLE.citizen.name, '--email', DEMO_PEOPLE.citizen.email, '--no-wait']);
  const visitor = createVisitor(first.origin);
  await visitor.submit(await visitor.get(await linkInMails(visitor, '/access-requests/confirm/')), 'confirm', {});
  const asked = readJson(await first.run(consumer, 'sceau', ['requests', '--json']));
  const [request] = Array.isArray(asked['access_requests']) ? asked['access_requests'] : [];
  const officer = await signIn(first.origin, DEMO_PEOPLE.metropole.email);
  const page = await officer.get(`/fr/officer/requests/${request.request_id}`);
  await officer.submit(page, `requests/${request.request_id}`, { fingerprint_confirmed: 'yes', ends_on: new Date(Date.now() + 86_400_000 * 9).toISOString().slice(0, 10), note: '' }, 'decision=approve');
  await untilGranted(first, consumer);
  const plain = await readFile(path.join(states[0], 'files', 'metropole', 'demandes-logement-social.csv'));

  // Backed up while everything runs, then something more is published, and somebody sees it.
  const took = readJson(await first.run('owner', 'sceau-portal', ['backup', path.join(backups, 'portal'), '--recipient', operator.recipient, '--json']));
  for (const node of NODE_NAMES) await first.run(node, 'sceau-node', ['backup', path.join(backups, node), '--recipient', operator.recipient, '--json']);
  await publish(first, 'after-the-backup', t);
  const witness = { consumer_home: path.join(folder, 'witness') };
  const seen = await untilVerified(first, witness);
  t.true(seen['authentic']);
  // A node knows the longer log, and shows the signed proof of it.
  const status = readJson(await first.run('mobilites', 'sceau-node', ['status', '--json']));
  const [producer] = Array.isArray(status['producers']) ? status['producers'] : [];
  await writeFile(path.join(folder, 'lost-checkpoint.txt'), producer.portal.log.checkpoint);
  const origin = first.origin;
  const { port } = first;
  running.pop();
  await destroy(first);

  // Elsewhere, from the backups and the operator's identity alone.
  const second = await startFederation({
    state_dir: states[1],
    first_port: port,
    name: 'Sauvegarde',
    say: (line) => t.log(line),
    restore: async (run) => {
      const known = await run('owner', 'sceau-portal', ['restore', path.join(backups, 'portal'), '--identity', identity, '--checkpoint', path.join(folder, 'lost-checkpoint.txt'), '--json'], { may_fail: true });
      t.is(JSON.parse(known.stderr).error.reason, 'backup_log_shorter', 'whoever knows the longer log is heard');
      await run('owner', 'sceau-portal', ['restore', path.join(backups, 'portal'), '--identity', identity, '--digest', String(took['digest']), '--json']);
      for (const node of NODE_NAMES) await run(node, 'sceau-node', ['restore', path.join(backups, node), '--identity', identity, '--json']);
    },
  });
  running.push(second);
  t.is(second.origin, origin);
  await second.startPortal();
  second.startBroker();
  second.startNodes();

  const out = path.join(folder, 'opened.csv');
  await second.run(consumer, 'sceau', ['open', SEALED, '-o', out]);
  t.deepEqual(await readFile(out), plain, 'what was granted opens');
  const verdict = await untilVerified(second, consumer);
  t.true(verdict['authentic']);
  t.true(verdict['current']);
  t.regex((await officer.get('/fr/officer')).url, /sign-in/, 'sessions of before are over');

  const before = Number(took['log_size']);
  await publish(second, 'after-the-restoring', t);
  await untilVerified(second, consumer);
  t.true(sizeOf(await (await fetch(`${second.origin}/log/checkpoint`)).text()) > before, 'the log goes on');
  await second.run(consumer, 'sceau', ['open', SEALED, '-o', `${out}.2`]);
  t.true((await readFile(`${out}.2`, 'utf8')).endsWith('after-the-restoring\n'), 'the grant opens what came since');

  // What was seen before the disaster is not taken back silently.
  const stopped = await second.run(witness, 'sceau', ['verify', SEALED, '--json'], { may_fail: true });
  t.not(stopped.status, 0);
});

async function publish(federation: Federation, line: string, t: { is(a: unknown, b: unknown): void }): Promise<void> {
  const source = path.join(federation.state_dir, 'demandes-logement-social.csv');
  await writeFile(source, `commune;demandes\n${line}\n`);
  const dataset = readJson(await federation.run({ consumer_home: federation.state_dir }, 'sceau', ['show', SEALED, '--json']));
  const published = readJson(await federation.run('metropole', 'sceau-node', ['publish', source, '--dataset', String(dataset['dataset_id']), '--yes', '--json']));
  t.is(published['version'], 2);
}

async function untilVerified(federation: Federation, consumer: { consumer_home: string }): Promise<Record<string, unknown>> {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await federation.run(consumer, 'sceau', ['verify', SEALED, '--json'], { may_fail: true });
    const verdict = answer.stdout === '' ? {} : readJson(answer);
    if ((verdict['authentic'] === true && verdict['current'] === true) || attempt === 40) return { ...verdict, said: answer.stderr };
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function untilGranted(federation: Federation, consumer: { consumer_home: string }): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const { grants } = readJson(await federation.run(consumer, 'sceau', ['grants', '--json']));
    if (Array.isArray(grants) && grants[0]?.epochs?.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('no key package within 15 seconds');
}

function sizeOf(note: string): number {
  return Number(note.split('\n')[1]);
}
