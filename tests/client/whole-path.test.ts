import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { LEAF_SIZE, randomBytes, THREADS_WORTH_BYTES } from '#crypto';
import { createClient } from '#client';
import { revokeGrant } from '../../portal/access/revoke-grant.ts';
import { testPortal } from '../support/portal.ts';
import { approve, confirmationOf } from '../portal/access/asking.ts';
import { releaseAll, testBroker } from '../portal/broker/test-broker.ts';
import { makePublication, openFile, publishOpen, publishSealed, send } from '../portal/catalog/publishing.ts';
import { at, runSceau, temporaryFolder, textAt } from './run-sceau.ts';

// Large enough that threads open it.
const SIZE = THREADS_WORTH_BYTES + LEAF_SIZE + 4321;

test('from keygen to opening, and out again after the revocation, by the command line', async (t) => {
  t.timeout(120_000);
  const portal = await testPortal(t);
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  const sceau = (args: string[], input?: string) => runSceau(args, { env, cwd: folder, ...(input === undefined ? {} : { input }) });
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const plaintext = randomBytes(SIZE);
  const dataset = await publishSealed(portal, rennes, { plaintext, title: 'Subventions versées' });
  await portal.logged();
  const id = dataset.dataset_id;

  // keys
  const made = await sceau(['keygen', '--name', 'Anne', '--json']);
  t.is(made.status, 0, made.stderr);
  t.is((await sceau(['keygen'])).status, 1);

  // looking around
  const found = await sceau(['search', 'subventions', '--json']);
  t.is(at(found, 'datasets', 0, 'dataset_id'), id);
  const shown = await sceau(['show', 'Subventions versées']);
  t.is(shown.status, 0, shown.stderr);
  t.regex(shown.stdout, /✓ authentic: signed by the producer/);
  t.regex(shown.stdout, /! authentic, freshness unknown since/);
  t.regex(shown.stdout, /name asserted by the portal only/);
  t.true(shown.stdout.includes(`sceau ask ${id} --purpose`), 'the next line to type');

  // not granted
  const early = await sceau(['get', id]);
  t.is(early.status, 3, early.stderr);
  t.deepEqual((await readdir(folder)).toSorted(), ['home']);

  // asking
  const asked = await sceau(['ask', id, '--purpose', 'Étude', '--name', 'Anne Rivière', '--email', 'anne@labo.example', '--json', '--no-wait']);
  t.is(asked.status, 0, asked.stderr);
  t.is(at(asked, 'state'), 'draft');
  const again = await sceau(['open', id]);
  t.is(again.status, 3, 'asked is not granted');
  const wrong = await sceau(['confirm', textAt(asked, 'request_id'), '--json'], 'AAAA-AAAA\n');
  t.not(wrong.status, 0);
  const { code } = await confirmationOf(portal, 'anne@labo.example');
  const confirmed = await sceau(['confirm', textAt(asked, 'request_id'), '--json'], `${code}\n`);
  t.deepEqual(confirmed.json, { request_id: at(asked, 'request_id'), state: 'submitted' }, confirmed.stderr);
  const requests = await sceau(['requests', '--json']);
  t.is(at(requests, 'fingerprint'), at(made, 'fingerprint'));
  t.is(at(requests, 'access_requests', 0, 'state'), 'submitted');

  // the officer approves, the broker releases
  const { grant_id } = await approve(portal, rennes, textAt(asked, 'request_id'));
  await releaseAll(portal, broker);
  const grants = await sceau(['grants', '--json']);
  t.like(at(grants, 'grants', 0), { grant_id, dataset_id: id, state: 'active', epochs: [1], verified: true });

  // getting, interrupted and resumed, and kept for stock age
  const kept = await sceau(['get', id, '--keep', '-o', 'kept.csv', '--json']);
  t.is(kept.status, 0, kept.stderr);
  await truncate(join(folder, 'kept.csv.age-body'), LEAF_SIZE + 99);
  const partial = await readFile(join(folder, 'kept.csv.age-body'));
  for (const name of await readdir(folder)) if (name.startsWith('kept')) await writeFile(join(folder, name), '').then(() => execFileSync('rm', [join(folder, name)]));
  await writeFile(join(folder, 'kept.csv.age-body.part'), partial);
  const resumed = await sceau(['get', id, '--keep', '-o', 'kept.csv', '--json']);
  t.is(at(resumed, 'files', 0, 'resumed_from'), LEAF_SIZE, resumed.stderr);
  for (const name of ['kept.csv.age-body', 'kept.csv.age-header', 'kept.csv.content-key.txt', 'kept.csv.sceau.json']) t.is((await stat(join(folder, name))).mode & 0o777, 0o600, name);
  t.is((await sceau(['get', id, '--keep', '-o', 'kept.csv'])).status, 1, 'nothing is overwritten');

  // opening: from the portal, from the files, by age
  t.is((await sceau(['open', id, '-o', 'opened.csv'])).status, 0);
  t.true((await readFile(join(folder, 'opened.csv'))).equals(plaintext));
  const offline = await runSceau(['open', 'kept.csv', '-o', 'offline.csv', '--json'], { env: { SCEAU_HOME: env.SCEAU_HOME }, cwd: folder });
  t.is(offline.status, 0, offline.stderr);
  t.true(at(offline, 'authentic'));
  t.true((await readFile(join(folder, 'offline.csv'))).equals(plaintext));
  if (existsSync('/usr/bin/age')) {
    execFileSync('sh', ['-c', 'cat kept.csv.age-header kept.csv.age-body | age -d -i kept.csv.content-key.txt > by-age.csv'], { cwd: folder });
    t.true((await readFile(join(folder, 'by-age.csv'))).equals(plaintext));
  } else t.log('NOT CHECKED: there is no age on this machine');

  // evidence for later, and a file one already has
  t.is((await sceau(['verify', id, '--save', 'evidence.json'])).status, 0);
  const later = await runSceau(['verify', 'evidence.json', '--file', 'kept.csv.age-body', '--json'], { env: { SCEAU_HOME: env.SCEAU_HOME }, cwd: folder });
  t.is(at(later, 'file', 'name'), 'subventions.csv', later.stderr);
  const stranger = await runSceau(['verify', 'evidence.json'], { env: { SCEAU_HOME: join(folder, 'stranger') }, cwd: folder });
  t.is(stranger.status, 0, stranger.stderr);
  t.regex(stranger.stdout, /that you never met/);
  t.is((await sceau(['verify', 'evidence.json', '--file', 'opened.csv'])).status, 5, 'the plaintext is not what is signed');

  // revoked
  const officer = await portal.signInOfficer(rennes);
  await revokeGrant(portal.portal, officer.member, { grant_id: grant_id ?? '', reason: 'Fin de l’étude.' });
  for (const command of ['get', 'open']) {
    const refused = await sceau([command, id, '-o', `late-${command}.csv`]);
    t.is(refused.status, 3, refused.stderr);
    t.regex(refused.stderr, /revoked/);
  }
  t.false((await readdir(folder)).some((name) => name.startsWith('late')));
  t.is((await sceau(['open', 'kept.csv', '-o', 'still.csv'])).status, 0, 'who opened keeps what they fetched');
});

test('an open dataset: found by its title, got, verified, followed from version to version', async (t) => {
  const portal = await testPortal(t);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  const sceau = (args: string[]) => runSceau(args, { env, cwd: folder });
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const first = await publishOpen(portal, rennes, { title: 'Arbres de la ville', name: 'arbres.csv' });
  await portal.logged();

  const got = await sceau(['get', 'arbres de la VILLE', '--json']);
  t.is(got.status, 0, got.stderr);
  t.true((await readFile(join(folder, 'arbres.csv'))).equals(first.bytes));
  t.true(at(got, 'authentic'));
  t.is((await sceau(['get', first.dataset_id])).status, 1, 'the file is there');
  t.is((await sceau(['get', first.dataset_id, '--force'])).status, 0);
  t.is((await sceau(['verify', first.dataset_id, '--file', 'arbres.csv'])).status, 0);
  await writeFile(join(folder, 'arbres.csv'), 'essence;hauteur\nchêne;13\n');
  t.is((await sceau(['verify', first.dataset_id, '--file', 'arbres.csv'])).status, 5);

  // two more versions: the consumer who saw the first is led to the third
  let prev = first.publication.digest;
  for (const version of [2, 3]) {
    const resource = await openFile(portal, rennes, { resource_id: first.resource_id, name: 'arbres.csv', bytes: Buffer.from(`version ${version}\n`) });
    const next = makePublication(rennes, { dataset_id: first.dataset_id, version, prev, title: 'Arbres de la ville', resources: [resource] }, portal.portal.clock.now());
    t.is((await send(portal, rennes, next)).status, 201);
    prev = next.digest;
  }
  const third = await sceau(['verify', first.dataset_id, '--json']);
  t.is(at(third, 'version'), 3, third.stderr);
  const old = await sceau(['get', first.dataset_id, '--version', '1', '-o', 'old.csv', '--json']);
  t.deepEqual([at(old, 'version'), at(old, 'current')], [1, false], old.stderr);
  t.is(at(await sceau(['verify', first.dataset_id, '--json']), 'version'), 3, 'looking back does not lower the mark');

  // trust
  const listed = await sceau(['trust', 'list', '--json']);
  t.is(at(listed, 'marks', 0, 'version'), 3);
  t.true(Number(at(listed, 'portals', 0, 'checkpoint', 'size')) > 0);
  t.is((await sceau(['trust', 'add', rennes.producer_id])).status, 2, 'nobody there to compare');
  t.is((await sceau(['trust', 'add', rennes.producer_id, '--yes'])).status, 0);
  t.is((await sceau(['trust', 'add', '--portal-id', portal.portal.keys.portal_id])).status, 0);
  t.regex((await sceau(['show', first.dataset_id])).stdout, /✓ "Ville de Rennes": name confirmed by you/);
  t.is((await sceau(['trust', 'remove', rennes.producer_id])).status, 0);
  t.regex((await sceau(['show', first.dataset_id])).stdout, /! "Ville de Rennes": name asserted by the portal only/);

  // as a library
  const client = createClient({ portal_url: portal.origin });
  t.deepEqual((await client.search({ q: 'arbres' })).datasets.map((card) => card.title), ['Arbres de la ville']);
  const { verdict } = await client.verify(first.dataset_id);
  t.is(verdict.version, 3);
  t.is((await client.versions(first.dataset_id)).length, 3);
  t.is((await client.getDataset(first.dataset_id)).status, 'active');
});

test('a request made on the web gets its key from the command line', async (t) => {
  const portal = await testPortal(t);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  const rennes = await portal.enrolProducer();
  const dataset = await publishSealed(portal, rennes);
  await portal.logged();
  const { requestAccess } = await import('../../portal/access/request-access.ts');
  const member = await portal.signIn('anne@labo.example');
  const made = await requestAccess(portal.portal, { ...member.member, kind: 'member' }, { dataset_id: dataset.dataset_id, purpose: 'Deux lignes,\nmot pour mot.', contact: { name: 'Anne', email: 'anne@labo.example' }, language: 'fr' });
  await runSceau(['keygen'], { env });
  const other = await runSceau(['ask', '--request', made.request_id, '--purpose', 'autre chose'], { env });
  t.is(other.status, 2, other.stderr);
  const attached = await runSceau(['ask', dataset.dataset_id, '--request', made.request_id, '--json'], { env });
  t.is(attached.status, 0, attached.stderr);
  t.is(at(attached, 'purpose'), 'Deux lignes,\nmot pour mot.');
  t.is(at(attached, 'state'), 'submitted');
  t.regex((await runSceau(['ask', '--request', made.request_id], { env })).stderr, /attached to this request already/);
  t.is((await runSceau(['withdraw', made.request_id], { env })).status, 0);
});

test('bad input is refused with a plain sentence, a code, and nothing half done', async (t) => {
  const portal = await testPortal(t);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  const rennes = await portal.enrolProducer();
  const open = await publishOpen(portal, rennes, { title: 'Arbres' });
  await portal.logged();
  const unknown = '11111111-1111-4111-8111-111111111111';
  const cases: [string[], number, RegExp][] = [
    [['serch'], 2, /unknown command: serch\. Did you mean search\?/],
    [['get', '--nope'], 2, /unknown option: --nope/],
    [['show', 'a', 'b'], 2, /too many arguments/],
    [['search', '--sort'], 2, /value is missing/],
    [['search', '--lang', 'de'], 2, /one of: fr, en/],
    [['get'], 2, /missing: dataset/],
    [['search', '--access', 'maybe'], 2, /open, restricted/],
    [['search', '--limit', '0'], 2, /--limit/],
    [['show', unknown], 1, /Not found/],
    [['show', 'no such title'], 1, /Not found/],
    [['get', open.dataset_id, '--version', '9'], 1, /Not found/],
    [['get', open.dataset_id, '--resource', 'no.csv'], 1, /Not found/],
    [['get', open.dataset_id, '-o', 'no/such/folder/x.csv'], 1, /cannot be written/],
    [['ask', open.dataset_id, '--purpose', 'x', '--name', 'x', '--email', 'x@example.org'], 1, /no keys yet/],
    [['requests'], 1, /no keys yet/],
    [['verify', 'missing.json'], 1, /cannot be read/],
    [['open', 'missing.age-body'], 1, /cannot be read/],
    [['search', '--portal', 'http://data.example.org'], 2, /without encryption/],
    [['search', '--portal', 'nonsense'], 2, /will not do/],
    [['search', '--portal', 'http://127.0.0.1:9'], 4, /does not answer/],
    [['confirm', 'x'], 1, /no keys yet/],
    [['trust', 'add', 'x', '--yes'], 2, /will not do/],
  ];
  for (const [args, status, sentence] of cases) {
    const ran = await runSceau(args, { env, cwd: folder });
    t.is(ran.status, status, `${args.join(' ')}: ${ran.stderr}`);
    t.regex(ran.stderr, sentence, args.join(' '));
    t.false(/\{[a-z_]+\}|undefined|\bat .*\.js:/.test(ran.stderr), ran.stderr);
  }
  t.deepEqual(await readdir(folder), ['home']);
  await runSceau(['keygen'], { env });
  t.regex((await runSceau(['ask', open.dataset_id, '--purpose', 'x', '--name', 'x', '--email', 'x@example.org'], { env })).stderr, /These data are open/);
  t.regex((await runSceau(['ask', open.dataset_id], { env })).stderr, /what you want the data for/);
  t.regex((await runSceau(['show', unknown], { env: { ...env, LC_ALL: 'fr_FR.UTF-8' } })).stderr, /^Introuvable/);
  t.regex((await runSceau(['show', unknown, '--lang', 'fr'], { env })).stderr, /^Introuvable/);
  t.is(JSON.parse((await runSceau(['show', unknown, '--json'], { env })).stderr).error.code, 'not_found');
  await chmod(env.SCEAU_HOME, 0o755);
  t.regex((await runSceau(['requests'], { env })).stderr, /Others can read/);
});

test('a clock off by an hour is told with both times', async (t) => {
  const portal = await testPortal(t);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  await runSceau(['keygen'], { env });
  const preload = join(folder, 'late.mjs');
  await writeFile(preload, 'const now = Date.now; globalThis.Date = class extends Date { constructor(...a) { if (a.length === 0) super(now() - 3600e3); else super(...a); } static now() { return now() - 3600e3; } };\n');
  const ran = await runSceau(['requests'], { env, preload });
  t.is(ran.status, 1, ran.stderr);
  t.regex(ran.stderr, /clock of this machine is wrong: it says \d{4}-.*, the portal says \d{4}-/);
});

test('a full disk is told, and leaves no file under its final name', async (t) => {
  const portal = await testPortal(t);
  const folder = await temporaryFolder(t);
  const env = { SCEAU_HOME: join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  const rennes = await portal.enrolProducer();
  const open = await publishOpen(portal, rennes, { bytes: randomBytes(3 * LEAF_SIZE), name: 'big.csv' });
  await portal.logged();
  t.is((await runSceau(['show', open.dataset_id], { env })).status, 0);
  // A limit on the size of files behaves like a disk that is full after 1 MiB.
  const ran = await runSceau(['get', open.dataset_id, '-o', 'big.csv'], { env, cwd: folder, shell: 'trap "" XFSZ; ulimit -f 2048' });
  t.is(ran.status, 1, ran.stderr);
  t.regex(ran.stderr, /No room left/);
  t.false((await readdir(folder)).includes('big.csv'));
  const resumed = await runSceau(['get', open.dataset_id, '-o', 'big.csv', '--json'], { env, cwd: folder });
  t.is(at(resumed, 'files', 0, 'resumed_from'), LEAF_SIZE, resumed.stderr);
  t.true((await readFile(join(folder, 'big.csv'))).equals(open.bytes));
});
