import { spawn } from 'node:child_process';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import pg from 'pg';
import { escaped, jsonText, printable } from '../../producer-node/commands/printable.ts';
import { createClock } from '../support/clock.ts';
import { startTestPortal, testPortal, type TestPortal } from '../support/portal.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { described, enrolledProducer } from './cast.ts';
import { type Ended, ending, testNode } from './node-process.ts';

const CSV = 'nom;places\nGare;20\nSud;3\n';
let shared: TestPortal;
test.before(async () => {
  shared = await startTestPortal();
});
test.after.always(() => shared.close());

function refused(t: import('ava').ExecutionContext, ended: Ended, code: string, exit: number): void {
  t.is(ended.json?.error?.code, code, ended.stdout + ended.stderr);
  t.is(ended.code, exit, ended.stderr);
  t.false(/ at .*\.js:\d/.test(ended.stderr), 'no stack trace');
}

test('key files are for the node alone, and a folder that is open to others is refused', async (t) => {
  const node = await testNode(t);
  const made = await node.json(['init', '--name', 'Ville de Rennes']);
  t.is(made.code, 0, made.stderr);
  t.is(((await stat(node.home)).mode & 0o777).toString(8), '700');
  const files = (await readdir(node.home, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  t.true(files.length >= 8);
  for (const file of files) t.is((await stat(path.join(file.parentPath, file.name))).mode & 0o777, 0o600, file.name);

  const again = await node.json(['init', '--name', 'Ville de Rennes']);
  t.like(again.json, { created: false, producer_id: made.json.producer_id });

  await chmod(node.home, 0o750);
  refused(t, await node.json(['status']), 'home_too_open', 1);
  await chmod(node.home, 0o700);
  await chmod(path.join(node.home, 'node.jwk'), 0o644);
  refused(t, await node.json(['status']), 'home_too_open', 1);
  await chmod(path.join(node.home, 'node.jwk'), 0o600);
  const key = await readFile(path.join(node.home, 'node.jwk'), 'utf8');
  await writeFile(path.join(node.home, 'node.jwk'), key.replace('"d":"', '"d":"A'));
  const damaged = await node.json(['status']);
  refused(t, damaged, 'key_damaged', 1);
  t.false((damaged.stdout + damaged.stderr).includes(key.slice(60, 90)), 'no secret in the message');
});

test('without a producer, a database or its address the node says what to do', async (t) => {
  const node = await testNode(t);
  refused(t, await node.json(['status']), 'not_initialised', 1);
  refused(t, await node.json(['status'], { env: { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' } }), 'database_away', 1);
  refused(t, await node.json(['status'], { env: { DATABASE_URL: '' } }), 'database_unset', 1);
  const fresh = await testNode(t);
  refused(t, await fresh.json(['init', '--name', 'X'], { env: { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' } }), 'database_away', 1);
  await t.throwsAsync(stat(fresh.home), { code: 'ENOENT' }, 'nothing half made');
  const french = await node.run(['status'], { env: { LC_ALL: 'fr_FR.UTF-8' } });
  t.true(french.stderr.startsWith('Erreur : Ce nœud n’a encore aucun producteur.'), french.stderr);
});

test('a fresh database beside old keys finds its producers and their datasets again', async (t) => {
  const node = await testNode(t);
  const { producer_id } = await enrolledProducer(t, node, shared, 'Ville de Dinan');
  const file = await node.write('stations.csv', CSV);
  const first = await node.json(['publish', file, ...described()]);
  t.is(first.code, 0, first.stderr);

  // The enrolment is the node's word about a person's comparison: it has to be copied over, as a backup would.
  const fresh = await createTestDatabase();
  t.teardown(fresh.drop);
  const env = { DATABASE_URL: fresh.url };
  const status = await node.json(['status'], { env });
  t.is(status.json.producers[0].producer_id, producer_id);
  t.is(status.json.producers[0].enrolment.state, 'none');
  await copyRows(node.database_url, fresh.url, ['portal', 'enrolment']);

  const next = await node.json(['publish', file, '--yes', '--dataset', first.json.dataset_id], { env });
  t.is(next.code, 0, next.stdout + next.stderr);
  t.like(next.json, { version: 2, state: 'published', title: 'Stations' });

  // The first copy learns of it, and neither overwrites the other.
  await node.write('stations.csv', `${CSV}Nord;1\n`);
  const adopted = await node.json(['publish', file, '--yes']);
  t.is(adopted.code, 0, adopted.stdout + adopted.stderr);
  t.is(adopted.json.version, 3);
});

test('two copies of a node that publish the same version do not both get their way', async (t) => {
  const node = await testNode(t);
  await enrolledProducer(t, node, shared, 'Ville de Vitré');
  const file = await node.write('stations.csv', CSV);
  const first = await node.json(['publish', file, ...described()]);
  const copy = await createTestDatabase();
  t.teardown(copy.drop);
  await node.json(['status'], { env: { DATABASE_URL: copy.url } });
  await copyRows(node.database_url, copy.url, ['portal', 'enrolment', 'dataset', 'publication', 'publication_file', 'source_file']);

  await node.write('stations.csv', `${CSV}Est;1\n`);
  const here = await node.json(['publish', file, '--yes', '--no-deliver']);
  t.like(here.json, { version: 2, state: 'queued' });
  await node.write('stations.csv', `${CSV}Ouest;1\n`);
  const there = await node.json(['publish', file, '--yes'], { env: { DATABASE_URL: copy.url } });
  t.like(there.json, { version: 2, state: 'published' });

  await node.write('stations.csv', `${CSV}Centre;1\n`);
  refused(t, await node.json(['publish', file, '--yes']), 'version_conflict', 1);
  const sent = await node.json(['deliver']);
  t.is(sent.code, 3, sent.stderr);
  t.like(sent.json, { done: 0, refused: 1 });
  const shown = await shared.call('GET', `/api/v1/datasets/${first.json.dataset_id}/versions/2/manifest`);
  t.is(shown.status, 200);
});

test('codes: a wrong one, a used one, none', async (t) => {
  const portal = shared;
  const node = await testNode(t);
  await node.json(['init', '--name', 'Ville de Fougères']);
  const wrong = await node.json(['enrol', '--portal', portal.origin, '--yes'], { input: 'AAAA-BBBB-CCCC' });
  refused(t, wrong, 'portal_refused', 3);
  const french = await node.run(['enrol', '--portal', portal.origin, '--yes'], { env: { LC_ALL: 'fr_FR.UTF-8' }, input: 'AAAA-BBBB-CCCC' });
  t.regex(french.stderr, /^Erreur : Le portail refuse : Ce code n'est pas le bon\. Vérifiez-le lettre par lettre, ou demandez-en un nouveau\. \[wrong_code, /);
  refused(t, await node.json(['enrol', '--portal', portal.origin, '--yes'], { input: '' }), 'missing_option', 2);
  const { code } = await portal.invite({ name: 'Ville de Fougères', officer_email: 'officier@fougeres.example' });
  const good = await node.json(['enrol', '--portal', portal.origin], { input: code });
  t.is(good.code, 0, good.stderr);
  t.like(good.json, { state: 'pending', compared: false });
  const other = await testNode(t);
  await other.json(['init', '--name', 'Ville de Redon']);
  const used = await other.json(['enrol', '--portal', portal.origin, '--yes'], { input: code });
  refused(t, used, 'portal_refused', 3);

  // Nothing is published to a portal that nobody compared, and a wrong fingerprint forgets it.
  const file = await node.write('stations.csv', CSV);
  refused(t, await node.json(['publish', file, ...described()]), 'fingerprint_open', 1);
  const bad = good.json.fingerprint.startsWith('0') ? '1' : '0';
  refused(t, await node.json(['enrol', '--portal', portal.origin, '--fingerprint', `${bad}${good.json.fingerprint.slice(1)}`]), 'fingerprint_differs', 1);
  const status = await node.json(['status']);
  t.is(status.json.producers[0].enrolment.state, 'none');
});

test('an enrolment goes on without a second code, and publishing waits for the operator', async (t) => {
  const node = await testNode(t);
  await node.json(['init', '--name', 'Ville de Cancale']);
  const { code } = await shared.invite({ name: 'Ville de Cancale', officer_email: 'officier@cancale.example' });
  const shown = await node.json(['enrol', '--portal', shared.origin, '--code-file', await node.write('code.txt', `${code}\n`), '--wait', '0']);
  t.is(shown.code, 0, shown.stderr);
  const compared = await node.json(['enrol', '--portal', shared.origin, '--fingerprint', shown.json.fingerprint.replaceAll(' ', '')]);
  t.like(compared.json, { state: 'pending', compared: true });
  const file = await node.write('stations.csv', CSV);
  refused(t, await node.json(['publish', file, ...described()]), 'enrolment_pending', 4);
  const other = await testPortal(t);
  refused(t, await node.json(['enrol', '--portal', other.origin, '--yes'], { input: 'x' }), 'other_portal', 1);
});

test('a portal that moved is followed to its new address when its keys are those compared, and only then', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const file = await node.write('stations.csv', CSV);
  const moved = portal.origin.replace('127.0.0.1', 'localhost');
  Object.assign(portal.portal.config, { public_origin: moved });
  const followed = await node.json(['enrol', '--portal', moved]);
  t.like(followed.json, { portal: moved, state: 'active' }, followed.stderr);
  t.like((await node.json(['publish', file, ...described()])).json, { version: 1, state: 'published' });
  t.is((await node.json(['status'])).json.producers[0].portal.url, moved);

  // Another portal at a third address is no continuation, neither for this producer nor for one that comes new.
  const away = await node.json(['enrol', '--portal', 'http://127.0.0.1:1']);
  refused(t, away, 'portal_away', 4);
  t.is((await node.json(['status'])).json.producers[0].portal.url, moved);
});

test('a portal on another machine is called over https only, and no code leaves for it', async (t) => {
  const node = await testNode(t);
  await enrolledProducer(t, node, shared, 'Ville de Combourg');
  await node.json(['init', '--name', 'Ville de Tinténiac']);
  for (const url of ['http://data.example.org', 'http://127.0.0.1.example.org', 'http://10.0.0.7:8080', 'http://[2001:db8::1]']) {
    refused(t, await node.json(['enrol', '--portal', url, '--yes', '--producer', 'Tinténiac'], { input: 'AAAA-BBBB-CCCC' }), 'insecure_portal', 2);
  }
  const french = await node.run(['enrol', '--portal', 'http://data.example.org', '--yes', '--producer', 'Tinténiac'], { env: { LC_ALL: 'fr_FR.UTF-8' }, input: 'x' });
  t.regex(french.stderr, /^Erreur : http:\/\/data\.example\.org serait appelé sans chiffrement/);
  refused(t, await node.json(['enrol', '--portal', 'http://data.example.org/x', '--yes', '--producer', 'Tinténiac'], { input: 'x' }), 'bad_portal_url', 2);

  // One that was enrolled under such an address before is not called either.
  const client = new pg.Client({ connectionString: node.database_url });
  await client.connect();
  await client.query("UPDATE portal SET url = 'http://data.example.org'").finally(() => client.end());
  const file = await node.write('stations.csv', CSV);
  refused(t, await node.json(['publish', file, ...described(), '--producer', 'Combourg']), 'insecure_portal', 2);
});

test('a clock that is off by an hour is named, and nothing is sent', async (t) => {
  const clock = createClock(new Date(Date.now() - 3600_000).toISOString());
  const portal = await testPortal(t, { clock });
  const node = await testNode(t);
  await node.json(['init', '--name', 'Ville de Rennes']);
  const { code } = await portal.invite();
  const early = await node.json(['enrol', '--portal', portal.origin, '--yes'], { input: code });
  refused(t, early, 'clock_off', 1);
  t.regex(early.json.error.detail, /about 60 min ahead/);
  const unused = await portal.portal.db.selectFrom('invitation').select('used_at').executeTakeFirstOrThrow();
  t.is(unused.used_at, null);
});

test('a portal that shows other keys than those compared is a hard stop', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const file = await node.write('stations.csv', CSV);
  const other = await testPortal(t);
  Object.assign(portal.portal, { keys: other.portal.keys });
  refused(t, await node.json(['publish', file, ...described()]), 'portal_keys_changed', 1);
  t.deepEqual((await node.json(['status'])).json.producers[0].datasets, []);
});

test('what is missing or wrong on the command line is named with its option, in both languages', async (t) => {
  const node = await testNode(t);
  await enrolledProducer(t, node, shared, 'Ville de Dol');
  const file = await node.write('stations.csv', CSV);
  const missing = await node.json(['publish', file, '--yes', '--access', 'open']);
  refused(t, missing, 'missing_option', 2);
  t.regex(missing.json.error.detail, /--summary/);
  refused(t, await node.json(['publish', file]), 'missing_option', 2);
  refused(t, await node.json(['publish', file, '--yes', '--theme', 'bus']), 'bad_option', 2);
  refused(t, await node.json(['publish', file, '--yes', '--producer', 'Brest']), 'producer_unknown', 2);
  const unknown = await node.run(['publish', file, '--colour', 'red'], { env: { LC_ALL: 'fr_FR.UTF-8' } });
  t.is(unknown.code, 2);
  t.is(unknown.stderr, 'Erreur : L’option --colour n’existe pas. Voir --help.\n');
  const help = await node.run(['publish', '--help'], { env: { LC_ALL: 'fr_FR.UTF-8' } });
  t.regex(help.stdout, /^Usage : sceau-node publish \[options\] <fichiers\.\.\.>\n/);
  t.regex(help.stdout, /--title <texte> /);
  t.is((await node.run(['publish'], { env: { LC_ALL: 'fr_FR.UTF-8' } })).stderr, 'Erreur : Il manque un argument : fichiers. Voir --help.\n');
  const broken = await node.write('broken.json', '[{"a": 1},\n  oops]\n');
  for (const command of [['import', broken], ['publish', broken, ...described()]]) {
    const told = await node.run(command, { env: { LC_ALL: 'fr_FR.UTF-8' } });
    t.is(told.code, 1);
    t.is(told.stderr, `Erreur : ${broken} n’est pas du JSON : ligne 2, colonne 3.\n`);
  }
  const faulty = await node.run(['import', await node.write('faulty.json', '[{"global_id":"x"}]')], { env: { LC_ALL: 'fr_FR.UTF-8' } });
  t.regex(faulty.stdout, /\n1 fiche : 0 publiée, 0 en attente, 0 inchangée, 1 fautive, 0 refusée par le portail\.\n$/);
  t.is((await node.run(['fly'])).code, 2);
  t.is((await node.run([])).code, 2);
  const files = await node.json(['publish', file, await node.write('b/../stations.csv', CSV).catch(() => file), ...described()]);
  refused(t, files, 'file_named_twice', 1);
});

test('a full disk stops the sealing, and nothing is left of it', async (t) => {
  const node = await testNode(t);
  await enrolledProducer(t, node, shared, 'Ville de Bruz');
  const file = await node.write('grand.bin', new Uint8Array(20 * 1024 * 1024).fill(3));
  // Of that size it is sealed by threads.
  // A limit on the size of files stands for the full disk: both end a write in the middle.
  const main = new URL('../../producer-node/main.js', import.meta.url).pathname;
  const child = spawn('bash', ['-c', 'ulimit -f 4096; exec "$@"', 'bash', process.execPath, main, 'publish', file, ...described('restricted'), '--json'], { env: node.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = await ending(child);
  refused(t, ended, 'disk_full', 1);
  t.deepEqual(await readdir(path.join(node.home, 'spool')), []);
  const status = await node.json(['status']);
  t.deepEqual(status.json.producers[0].datasets, []);
  const later = await node.json(['publish', file, ...described('restricted')]);
  t.like(later.json, { version: 1, state: 'published', new_epoch: 1 });
});

test('what strangers write moves no cursor, and programs still get it whole', (t) => {
  const said = 'Étude\u001b[2J\u009b31m\u202egnp.exe\ttab\nligne';
  t.is(printable(said), 'Étude\ufffd[2J\ufffd31m\ufffdgnp.exe\ttab\nligne');
  const text = jsonText({ said });
  t.is(printable(text), text);
  t.deepEqual(JSON.parse(text), { said });
  t.false(/[\u0080-\u009f\u202e]/.test(escaped(JSON.stringify(said))));
});

test('two producers on one node are told apart', async (t) => {
  const node = await testNode(t);
  const a = await enrolledProducer(t, node, shared, 'Commune de Pacé');
  await enrolledProducer(t, node, shared, 'Commune de Melesse');
  const file = await node.write('stations.csv', CSV);
  refused(t, await node.json(['publish', file, ...described()]), 'two_producers', 2);
  const published = await node.json(['publish', file, ...described(), '--producer', 'pacé']);
  t.is(published.code, 0, published.stderr);
  const shown = await shared.call('GET', `/api/v1/datasets/${published.json.dataset_id}`);
  t.is(shown.json.producer.producer_id, a.producer_id);
  refused(t, await node.json(['withdraw', published.json.dataset_id, '--yes', '--producer', 'Melesse']), 'dataset_foreign', 3);
});

/** Copies rows from one node's database to another's, as a partial backup would. */
async function copyRows(from_url: string, to_url: string, tables: readonly string[]): Promise<void> {
  const from = new pg.Client({ connectionString: from_url });
  const to = new pg.Client({ connectionString: to_url });
  await Promise.all([from.connect(), to.connect()]);
  try {
    for (const table of tables) {
      const { rows } = await from.query(`SELECT to_jsonb(t) AS row FROM ${table} t`);
      for (const { row } of rows) await to.query(`INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`, [JSON.stringify(row)]);
    }
  } finally {
    await Promise.all([from.end(), to.end()]);
  }
}
