import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, readlink, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { ExecutionContext } from 'ava';
import pg from 'pg';
import { removeEmbeddedPostgresData } from '../../deploy/postgres/data-place.ts';
import { startEmbeddedPostgres } from '../../deploy/postgres/embedded-postgres.ts';
import { EmbeddedPostgresError } from '../../deploy/postgres/errors.ts';

const as_root = process.getuid?.() === 0;
const program = fileURLToPath(new URL('./serve-postgres.js', import.meta.url));

interface Answer {
  server_pid: number;
  url: string;
  data_dir: string;
  refused?: string;
}

async function tempFolder(t: ExecutionContext, mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-pg-'));
  await chmod(folder, mode);
  t.teardown(async () => {
    await removeEmbeddedPostgresData(join(folder, 'data'));
    await rm(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Serves `folder` from another process; resolves with what it said and how to end it. */
async function serve(
  t: ExecutionContext,
  folder: string,
  user?: { uid: number; gid: number },
): Promise<{ answer: Answer; child: ChildProcess; end(): Promise<void> }> {
  const child = spawn(process.execPath, [program, join(folder, 'data'), join(folder, 'postgres.log')], {
    ...user,
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (): Promise<void> => {
    child.stdin.end();
    await gone;
  };
  t.teardown(end);
  const line = await new Promise<string>((resolve) => {
    const lines = createInterface({ input: child.stdout });
    lines.once('line', resolve);
    lines.once('close', () => resolve('{"refused":"crashed"}'));
  });
  return { answer: JSON.parse(line) as Answer, child, end };
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>(sql);
    return Object.values(result.rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

async function isRunning(pid: number): Promise<boolean> {
  return readlink(`/proc/${pid}/exe`).then(() => true, () => false);
}

async function untilGone(pid: number, seconds: number): Promise<boolean> {
  for (let n = 0; n < seconds * 20; n += 1) {
    if (!(await isRunning(pid))) return true;
    await sleep(50);
  }
  return false;
}

async function childrenOf(pid: number): Promise<{ pid: number; words: string }[]> {
  const found: { pid: number; words: string }[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const state = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    if (state.slice(state.lastIndexOf(')') + 2).split(' ')[1] !== String(pid)) continue;
    found.push({ pid: Number(name), words: await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '') });
  }
  return found;
}

test.serial('a restart keeps the data, writes are durable, and nothing listens on the network; while it runs it cannot be removed', async (t) => {
  const folder = await tempFolder(t);
  const o = { data_dir: join(folder, 'data'), log_file: join(folder, 'logs', 'postgres.log') };
  const first = await startEmbeddedPostgres(o);
  await ask(first.connectionString('postgres'), `CREATE TABLE kept AS SELECT 'é' AS word`);
  t.is(await ask(first.connectionString('postgres'), 'SHOW fsync'), 'on');
  t.is(await ask(first.connectionString('postgres'), 'SHOW listen_addresses'), '');
  await first.stop();
  await first.stop();
  t.false(await isRunning(first.pid));

  const second = await startEmbeddedPostgres(o);
  t.teardown(second.stop);
  t.is(await ask(second.connectionString('postgres'), 'SELECT word FROM kept'), 'é');
  const socket_folder = await stat(`${second.data_dir}.socket`);
  t.is(socket_folder.mode & 0o777, 0o700);
  const refused = await t.throwsAsync(removeEmbeddedPostgresData(o.data_dir), { instanceOf: EmbeddedPostgresError });
  t.is(refused.code, 'busy');
  t.is(await ask(second.connectionString('postgres'), 'SELECT word FROM kept'), 'é');
  t.is((await stat(second.data_dir)).mode & 0o777, 0o700);
});

test.serial('a database with its own role may create the extensions the search needs', async (t) => {
  const folder = await tempFolder(t);
  const server = await startEmbeddedPostgres({ data_dir: join(folder, 'data'), log_file: join(folder, 'postgres.log') });
  t.teardown(server.stop);
  await Promise.all([server.ensureDatabase('portal'), server.ensureDatabase('portal')]);
  await server.ensureDatabase('portal');
  const pool = new pg.Pool({ connectionString: server.connectionString('portal', 'portal'), max: 4 });
  try {
    for (const name of ['unaccent', 'pg_trgm', 'btree_gin']) await pool.query(`CREATE EXTENSION ${name}`);
    const answers = await Promise.all([1, 2, 3, 4].map(() => pool.query('SELECT current_user AS who, current_database() AS name')));
    for (const answer of answers) t.deepEqual(answer.rows, [{ who: 'portal', name: 'portal' }]);
  } finally {
    await pool.end();
  }
});

test.serial('kill -9 of the program stops its server, and the next start finds every acknowledged row', async (t) => {
  const folder = await tempFolder(t);
  const { answer, child } = await serve(t, folder);
  await ask(answer.url, 'CREATE TABLE kept AS SELECT 42 AS number');
  child.kill('SIGKILL');
  t.true(await untilGone(answer.server_pid, 10));
  const again = await serve(t, folder);
  t.is(await ask(again.answer.url, 'SELECT number FROM kept'), 42);
});

test.serial('a start right after kill -9 waits for the old server instead of failing', async (t) => {
  const folder = await tempFolder(t);
  const { answer, child } = await serve(t, folder);
  child.kill('SIGKILL');
  const again = await serve(t, folder);
  t.not(again.answer.server_pid, answer.server_pid);
  t.is(await ask(again.answer.url, 'SELECT 1 + 1'), 2);
});

test.serial('a server whose program and lifeline were both killed is recognised, stopped and replaced', async (t) => {
  const folder = await tempFolder(t);
  const { answer, child } = await serve(t, folder);
  const lifeline = (await childrenOf(child.pid ?? 0)).find((entry) => entry.words.includes('sceau-postgres-lifeline'));
  if (lifeline === undefined) return t.fail('no lifeline');
  child.kill('SIGSTOP');
  process.kill(lifeline.pid, 'SIGKILL');
  child.kill('SIGKILL');
  await sleep(300);
  t.true(await isRunning(answer.server_pid));
  const again = await serve(t, folder);
  t.false(await isRunning(answer.server_pid));
  t.is(await ask(again.answer.url, 'SELECT 1 + 1'), 2);
});

test.serial('of two starts at once one serves and the other is refused as busy', async (t) => {
  const folder = await tempFolder(t);
  const both = await Promise.all([serve(t, folder), serve(t, folder)]);
  const refused = both.filter(({ answer }) => answer.refused !== undefined);
  t.deepEqual(refused.map(({ answer }) => answer.refused), ['busy']);
  const serving = both.find(({ answer }) => answer.refused === undefined);
  t.is(await ask(serving?.answer.url ?? '', `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)`), String(serving?.answer.server_pid));
});

test.serial('a pid file that names a foreign living process does not prevent a start', async (t) => {
  const folder = await tempFolder(t);
  const first = await serve(t, folder);
  await first.end();
  // A sleeping process under the account of the database: PostgreSQL itself would take it for a server.
  const { uid, gid } = await stat(first.answer.data_dir);
  const stranger = spawn('sleep', ['60'], as_root ? { uid, gid } : {});
  t.teardown(() => void stranger.kill());
  await writeFile(join(first.answer.data_dir, 'postmaster.pid'), `${stranger.pid}\n${first.answer.data_dir}\n1\n5432\n/nowhere\n\n  1 1\nready\n`);
  const again = await serve(t, folder);
  t.is(await ask(again.answer.url, 'SELECT 1 + 1'), 2);
  t.true(await isRunning(stranger.pid ?? 0));
});

test.serial('what is not a data folder, or one of another version, is left alone', async (t) => {
  const folder = await tempFolder(t);
  const o = { data_dir: join(folder, 'data'), log_file: join(folder, 'postgres.log') };
  await mkdir(o.data_dir);
  await writeFile(join(o.data_dir, 'letter.txt'), 'dear');
  const strange = await t.throwsAsync(startEmbeddedPostgres(o), { instanceOf: EmbeddedPostgresError });
  t.is(strange.code, 'not_a_data_folder');
  await writeFile(join(o.data_dir, 'PG_VERSION'), '9\n');
  const old = await t.throwsAsync(startEmbeddedPostgres(o), { instanceOf: EmbeddedPostgresError });
  t.is(old.code, 'wrong_version');
  t.is(await readFile(join(o.data_dir, 'letter.txt'), 'utf8'), 'dear');
});

test.serial('a deep checkout gets a short socket path', async (t) => {
  const folder = await tempFolder(t);
  const deep = join(folder, ...Array.from({ length: 8 }, () => 'a-folder-with-a-long-name'));
  const data_dir = join(deep, 'data');
  const server = await startEmbeddedPostgres({ data_dir, log_file: join(folder, 'postgres.log') });
  t.teardown(server.stop);
  t.is(await ask(server.connectionString('postgres'), 'SELECT 1 + 1'), 2);
});

(as_root ? test.serial : test.serial.skip)('as root under a closed home the data lies elsewhere, is found again, and can be removed', async (t) => {
  const home = await tempFolder(t, 0o700);
  const data_dir = join(home, 'data');
  const o = { data_dir, log_file: join(home, 'postgres.log') };
  const first = await startEmbeddedPostgres(o);
  t.not(first.data_dir, data_dir);
  t.not((await stat(`/proc/${first.pid}`)).uid, 0);
  await ask(first.connectionString('postgres'), 'CREATE TABLE kept AS SELECT 7 AS number');
  await first.stop();
  const second = await startEmbeddedPostgres(o);
  t.is(second.data_dir, first.data_dir);
  t.is(await ask(second.connectionString('postgres'), 'SELECT number FROM kept'), 7);
  await second.stop();
  t.is((await readFile(`${data_dir}.elsewhere`, 'utf8')).trim(), first.data_dir);
  await removeEmbeddedPostgresData(data_dir);
  await t.throwsAsync(stat(first.data_dir), { code: 'ENOENT' });
  t.deepEqual(await readdir(home), ['postgres.log']);
});

// The program under test must be readable by the other account, which a checkout in a closed home is not.
const another = { uid: 65534, gid: 65534 };
const readable_by_all = isReadableByAll(program);

(as_root && readable_by_all ? test.serial : test.serial.skip)('an ordinary user serves a folder in a closed home, and root after that runs it as this user', async (t) => {
  const home = await tempFolder(t, 0o700);
  await chown(home, another.uid, another.gid);
  const first = await serve(t, home, another);
  t.is(first.answer.refused, undefined);
  t.is(first.answer.data_dir, join(home, 'data'));
  await ask(first.answer.url, 'CREATE TABLE kept AS SELECT 7 AS number');
  await first.end();
  const by_root = await serve(t, home);
  t.is(by_root.answer.data_dir, join(home, 'data'));
  t.is((await stat(`/proc/${by_root.answer.server_pid}`)).uid, another.uid);
  await by_root.end();
  const third = await serve(t, home, another);
  t.is(await ask(third.answer.url, 'SELECT number FROM kept'), 7);
});

function isReadableByAll(path: string): boolean {
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o005) !== 0o005) return false;
  }
  return (statSync(path).mode & 0o004) !== 0;
}
