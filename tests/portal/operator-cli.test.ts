import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { openDatabase } from '../../portal/db/database.ts';
import { createApp } from '../../portal/app.ts';
import { runOperatorCommand } from '../../portal/operator-cli/program.ts';
import type { Terminal } from '../../portal/operator-cli/terminal.ts';
import { makeProducerKeys } from '../support/portal-cast.ts';
import { createTestDatabase } from '../support/postgres.ts';

interface Ran {
  code: number;
  out: string;
  err: string;
  json: ReturnType<typeof JSON.parse>;
}

async function run(env: Record<string, string>, args: string[], signal: AbortSignal = new AbortController().signal): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = { env, out: (text) => out.push(text), err: (text) => err.push(text), signal };
  const code = await runOperatorCommand(args, terminal, createApp);
  const text = out.join('\n');
  return { code, out: text, err: err.join('\n'), json: args.includes('--json') && text !== '' ? JSON.parse(text) : undefined };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function environment(): Promise<{ env: Record<string, string>; folder: string; remove(): Promise<void> }> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'sceau-operator-'));
  const port = await freePort();
  const env = {
    LANG: 'en_GB.UTF-8',
    SCEAU_PUBLIC_ORIGIN: `http://127.0.0.1:${port}`,
    SCEAU_NAME: 'Essai',
    SCEAU_PORT: String(port),
    SCEAU_KEYS_DIR: join(folder, 'keys'),
    SCEAU_BROKER_KEYS_DIR: join(folder, 'broker-keys'),
    SCEAU_STORE: join(folder, 'store'),
    SCEAU_MAIL_FROM: 'portail@example.org',
    SCEAU_LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
  };
  return {
    env,
    folder,
    remove: async () => {
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test('an operator brings up a portal from nothing: database, keys, operator, producer, node', async (t) => {
  const { env, remove, folder } = await environment();
  t.teardown(remove);

  t.is((await run(env, ['migrate', '--json'])).json.migrated[0], '0001-first-path');
  t.deepEqual((await run(env, ['migrate', '--json'])).json, { migrated: [] });
  const keys = await run(env, ['create-keys', '--log-origin', 'essai.example/log', '--json']);
  t.is(keys.json.created, true);
  t.is(keys.json.root_key_path, join(folder, 'keys', 'offline-root', 'root.jwk'));
  t.is((await run(env, ['create-keys', '--json'])).json.created, false);
  t.is((await run(env, ['rotate-keys', '--root', join(folder, 'keys', 'log.jwk'), '--json'])).code, 1, 'not a root key');
  t.like((await run(env, ['rotate-keys', '--root', keys.json.root_key_path, '--json'])).json, { portal_id: keys.json.portal_id, version: 2 });

  const operator = await run(env, ['create-operator', '--email', 'Odile@Example.org', '--name', 'Odile Perrin']);
  t.is(operator.code, 0);
  t.regex(operator.out, /odile@example\.org is an operator/);

  const invited = await run(env, ['invite-producer', '--name', 'Ville de Rennes', '--officer-email', 'claire@example.org', '--officer-name', 'Claire', '--json']);
  t.regex(invited.json.code, /^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/);
  const renewed = await run(env, ['node-code', invited.json.invitation_id, '--json']);
  t.not(renewed.json.code, invited.json.code);

  const stop = new AbortController();
  const serving = run(env, ['serve'], stop.signal);
  t.teardown(() => stop.abort());
  const health = await untilAnswers(`${env['SCEAU_PUBLIC_ORIGIN']}/health`);
  t.is(health.status, 200);

  const producer = await makeProducerKeys(new Date(), 'Ville de Rennes');
  const enrol = (code: string) =>
    fetch(`${env['SCEAU_PUBLIC_ORIGIN']}/api/v1/enrolments`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code, key_sets: [producer.key_set] }) });
  t.is((await enrol(invited.json.code)).status, 403, 'a renewed code replaces the one before');
  const enrolled = await (await enrol(renewed.json.code)).json();

  const wrong = await run(env, ['confirm-node', '--fingerprint', '00000 00000 00000 00000 00000 00000']);
  t.is(wrong.code, 1);
  t.regex(wrong.err, /not those of this enrolment/);
  const without = await run(env, ['confirm-node']);
  t.is(without.code, 2);
  t.regex(without.err, /Ville de Rennes/);
  const confirmed = await run(env, ['confirm-node', '--fingerprint', enrolled.fingerprint, '--json']);
  t.deepEqual(confirmed.json, { enrolment_id: enrolled.enrolment_id, producer_id: producer.producer_id, name: 'Ville de Rennes', fingerprint: enrolled.fingerprint, state: 'active' });
  t.is((await run(env, ['confirm-node', '--fingerprint', enrolled.fingerprint])).code, 1);
  t.is((await run(env, ['node-code', invited.json.invitation_id])).code, 1, 'an invitation that is used gives no further code');

  stop.abort();
  const served = await serving;
  t.is(served.code, 0);
  t.regex(served.out, /Stopped/);
  await t.throwsAsync(fetch(`${env['SCEAU_PUBLIC_ORIGIN']}/health`));
});

test('the doctor says of each part whether it is well and what to do', async (t) => {
  const { env, remove, folder } = await environment();
  t.teardown(remove);
  const find = (ran: Ran, check: string) => ran.json.checks.find((entry: { check: string }) => entry.check === check);

  const unmigrated = await run(env, ['doctor', '--json']);
  t.is(unmigrated.code, 1);
  t.false(find(unmigrated, 'migrations').ok);
  await run(env, ['migrate']);
  await run(env, ['create-keys']);
  const stop = new AbortController();
  const serving = run({ ...env, SCEAU_DEMO: '1' }, ['serve'], stop.signal);
  await untilAnswers(`${env['SCEAU_PUBLIC_ORIGIN']}/log/checkpoint`);

  const looked = await run({ ...env, SCEAU_DEMO: '1' }, ['doctor', '--json']);
  t.deepEqual(
    looked.json.checks.filter((entry: { ok: boolean }) => !entry.ok).map((entry: { check: string }) => entry.check),
    ['broker'],
    JSON.stringify(looked.json),
  );
  const text = await run({ ...env, SCEAU_DEMO: '1', LANG: 'fr_FR.UTF-8' }, ['doctor']);
  t.regex(text.out, /problème +dépositaire: pas vu depuis ∞\. Lancez « sceau-portal broker »/);
  t.regex(text.out, /ok +registre: 1 acte, arbre et signature vérifiés/);

  const database = openDatabase(env['DATABASE_URL'] ?? '', { max: 1 });
  await database.db.deleteFrom('log_checkpoint').execute();
  await database.close();
  const shorter = find(await run(env, ['doctor', '--json']), 'log');
  t.false(shorter.ok);
  t.regex(shorter.said, /older state|older backup|shorter/);

  await chmod(join(folder, 'keys', 'log.jwk'), 0o644);
  const open = await run(env, ['doctor', '--json']);
  t.regex(find(open, 'keys').said, /readable by others.*chmod 600/);
  t.false(find(open, 'mail').ok, 'without the demonstration a portal needs a mail server');
  t.regex(find(open, 'legal').said, /SCEAU_LEGAL_NAME, SCEAU_LEGAL_ADDRESS, SCEAU_PUBLICATION_DIRECTOR, SCEAU_HOSTED_BY, SCEAU_DPO_MAIL/);
  const told = { SCEAU_LEGAL_NAME: 'Rennes', SCEAU_LEGAL_ADDRESS: 'Rennes', SCEAU_PUBLICATION_DIRECTOR: 'Odile', SCEAU_HOSTED_BY: 'Rennes', SCEAU_DPO_MAIL: 'dpo@example.org' };
  t.true(find(await run({ ...env, ...told }, ['doctor', '--json']), 'legal').ok);
  stop.abort();
  await serving;
});

test('settings that are missing or wrong are named all at once, in the language asked for', async (t) => {
  const french = await run({ LANG: 'fr_FR.UTF-8', SCEAU_PORT: 'http' }, ['serve']);
  t.is(french.code, 2);
  for (const name of ['SCEAU_PUBLIC_ORIGIN', 'SCEAU_NAME', 'SCEAU_PORT', 'DATABASE_URL', 'SCEAU_KEYS_DIR', 'SCEAU_STORE', 'SCEAU_MAIL_FROM']) t.true(french.err.includes(`${name}: `), name);
  t.regex(french.err, /SCEAU_PORT: Donnez un nombre entier/);
  const english = await run({ LANG: 'fr_FR.UTF-8' }, ['serve', '--lang', 'en', '--json']);
  t.is(JSON.parse(english.err).error.issues[0].message, 'Say where people reach the portal, like https://data.example.org.');
});

test('wrong arguments end with 2 and a hint, help with 0 and examples', async (t) => {
  const env = { LANG: 'fr_FR.UTF-8' };
  const unknown = await run(env, ['frobnicate']);
  t.is(unknown.code, 2);
  t.is(unknown.err, 'erreur : La commande frobnicate n’existe pas.\nVoir : sceau-portal --help');
  t.is((await run(env, ['migrate', '--nope'])).err.split('\n')[0], 'erreur : L’option --nope n’existe pas.');
  t.is((await run(env, ['create-operator', '--email', 'a@b.example'])).code, 2);
  t.is((await run(env, [])).code, 2);
  const help = await run(env, ['invite-producer', '--help']);
  t.is(help.code, 0);
  t.regex(help.out, /Exemples :\n {2}sceau-portal invite-producer --name/);
  t.regex(help.out, /Codes de fin : 0 fait/);
  const top = await run(env, ['--help', '--lang', 'en']);
  t.regex(top.out, /^Usage:/);
  t.regex(top.out, /DATABASE_URL +postgres/);
  t.is((await run(env, ['serve', '--lang', 'de'])).code, 2);
});

test('a busy port and a database that is away are said plainly', async (t) => {
  const { env, remove } = await environment();
  t.teardown(remove);
  await run(env, ['migrate']);
  await run(env, ['create-keys']);
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(Number(env['SCEAU_PORT']), '127.0.0.1', resolve));
  const busy = await run(env, ['serve']);
  await new Promise((resolve) => blocker.close(resolve));
  t.is(busy.code, 1);
  t.regex(busy.err, /is in use by another program/);
  const away = await run({ ...env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' }, ['create-operator', '--email', 'a@b.example', '--name', 'A']);
  t.is(away.code, 1);
  t.regex(away.err, /cannot reach its database/);
});

async function untilAnswers(url: string): Promise<Response> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined && answer.status !== 404) return answer;
    await sleep(25);
  }
  throw new Error(`${url} does not answer`);
}

test('the real process ends in order at SIGTERM, and shows no secret in its arguments', async (t) => {
  const { env, remove } = await environment();
  t.teardown(remove);
  await run(env, ['migrate']);
  await run(env, ['create-keys']);
  const entry = fileURLToPath(new URL('../../portal/main.js', import.meta.url));
  const child = spawn(process.execPath, [entry, 'serve'], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  t.is((await untilAnswers(`${env['SCEAU_PUBLIC_ORIGIN']}/health`)).status, 200);
  const arguments_seen = await readFile(`/proc/${child.pid}/cmdline`, 'utf8');
  t.false(arguments_seen.includes('postgres'));
  child.kill('SIGTERM');
  t.deepEqual(await ended, [0, null]);
});

test('a request under way at SIGTERM is answered, nobody new is let in, and the process ends with 0', async (t) => {
  const { env, remove } = await environment();
  t.teardown(remove);
  await run(env, ['migrate']);
  await run(env, ['create-keys']);
  const entry = fileURLToPath(new URL('../../portal/main.js', import.meta.url));
  const child = spawn(process.execPath, [entry, 'serve'], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const stopping = new Promise<void>((resolve) => child.stderr.on('data', (data: Buffer) => data.toString().includes('Stopping') && resolve()));
  await untilAnswers(`${env['SCEAU_PUBLIC_ORIGIN']}/health/live`);

  const body = JSON.stringify({ consumer: 'none' });
  const socket = connect(Number(env['SCEAU_PORT']), '127.0.0.1');
  t.teardown(() => void socket.destroy());
  let answer = '';
  socket.on('data', (data: Buffer) => (answer += data.toString()));
  const closed = once(socket, 'close');
  socket.write(`POST /api/v1/enrolments HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`);
  // The first half has to be with the server before the signal is: another request on a connection of its own was answered since.
  await fetch(`${env['SCEAU_PUBLIC_ORIGIN']}/health/live`, { headers: { connection: 'close' } });
  child.kill('SIGTERM');
  await stopping;
  await t.throwsAsync(fetch(`${env['SCEAU_PUBLIC_ORIGIN']}/health/live`));
  socket.write(body.slice(5));
  await closed;
  t.regex(answer, /^HTTP\/1\.1 400 /);
  t.regex(answer, /application\/problem\+json/);
  t.deepEqual(await ended, [0, null]);
});
