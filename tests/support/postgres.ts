import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { throwawayFolder } from './throwaway-server.ts';

/** A database of one test or one test file, empty or copied from a template. */
export interface TestDatabase {
  url: string;
  /** Drops it; close your pools before. While somebody is still connected it is left to the end of the run. */
  drop(): Promise<void>;
}

/** What AVA gives for cleaning up: the `t` of a test, or `test` itself for a whole file. */
type CleanUp = { teardown(fn: () => Promise<void>): void } | { after: { always(fn: () => Promise<void>): void } };

const START_SECONDS = 90;

/**
 * A database dropped when the test (`testDatabase(t)`) or the file (`testDatabase(test)`) ends. One real PostgreSQL
 * serves the whole run: that of DATABASE_URL, else an embedded one.
 */
export async function testDatabase(clean_up: CleanUp, o: { template?: string } = {}): Promise<TestDatabase> {
  const database = await createTestDatabase(o);
  if ('teardown' in clean_up) clean_up.teardown(database.drop);
  else clean_up.after.always(database.drop);
  return database;
}

/** Creates a database with a random name on the server of the run, as a copy of `template` when given (see `templateDatabase`). */
export async function createTestDatabase(o: { template?: string } = {}): Promise<TestDatabase> {
  const admin = await serverUrl();
  const name = `${runPrefix()}${randomBytes(6).toString('hex')}`;
  await withClient(admin, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${o.template ?? 'template0'}`));
  return {
    url: withDatabase(admin, name),
    drop: () => withClient(admin, (client) => dropUnused(client, name)),
  };
}

/**
 * The name of a template database made once per run by `prepare` (migrations, say), which must close its connections.
 * Test files that ask at the same time wait for the first one.
 */
export async function templateDatabase(label: string, prepare: (url: string) => Promise<void>): Promise<string> {
  if (!/^[a-z][a-z0-9_]{0,20}$/.test(label)) throw new Error(`${label} is not a template label`);
  const admin = await serverUrl();
  const name = `${runPrefix()}template_${label}`;
  await withClient(admin, async (client) => {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [name]);
    if ((await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).rowCount !== 0) return;
    const unfinished = `${name}_new`;
    await client.query(`DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${unfinished} TEMPLATE template0`);
    await prepare(withDatabase(admin, unfinished));
    await renameUnused(client, unfinished, name);
  });
  return name;
}

/** Drops every database of this run, connected or not. For the runner, at the end. */
export async function dropDatabasesOfRun(admin_url: string): Promise<void> {
  await withClient(admin_url, async (client) => {
    const found = await client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE starts_with(datname, $1)', [runPrefix()]);
    for (const { datname } of found.rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  });
}

let server_url: Promise<string> | undefined;

/** URL of the administrative database of the run's PostgreSQL; the server is started at the first call when nobody has. */
export function serverUrl(): Promise<string> {
  const given = process.env['SCEAU_TEST_DATABASE_URL'] || process.env['DATABASE_URL'];
  server_url ??= given ? Promise.resolve(given) : startShared();
  return server_url;
}

/** The server is shared by all files of this AVA process, our parent, and ends with it. */
async function startShared(): Promise<string> {
  const folder = await throwawayFolder(process.ppid);
  const known = await readFile(join(folder, 'url'), 'utf8').catch(() => undefined);
  if (known !== undefined) return known;
  const keeper = fileURLToPath(new URL('./postgres-keeper.js', import.meta.url));
  spawn(process.execPath, [keeper, String(process.ppid)], { detached: true, stdio: 'ignore', cwd: '/' }).unref();
  const deadline = Date.now() + START_SECONDS * 1000;
  while (Date.now() < deadline) {
    const url = await readFile(join(folder, 'url'), 'utf8').catch(() => undefined);
    if (url !== undefined) return url;
    const failed = await readFile(join(folder, 'failed'), 'utf8').catch(() => undefined);
    if (failed !== undefined) throw new Error(`PostgreSQL for the tests did not start: ${failed}`);
    await sleep(50);
  }
  throw new Error(`PostgreSQL for the tests did not start in ${START_SECONDS} s; see ${folder}/postgres.log`);
}

function runPrefix(): string {
  return `sceau_test_${process.env['SCEAU_TEST_RUN'] ?? process.ppid}_`;
}

async function dropUnused(client: pg.Client, name: string): Promise<void> {
  await whenUnused(() => client.query(`DROP DATABASE IF EXISTS ${name}`)).catch(() => undefined);
}

async function renameUnused(client: pg.Client, from: string, to: string): Promise<void> {
  await whenUnused(() => client.query(`ALTER DATABASE ${from} RENAME TO ${to}`));
}

/** A closed connection is seen by the server a moment later: "is being accessed by other users" (55006) is retried for 2 s. */
async function whenUnused(action: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await action();
      return;
    } catch (cause) {
      const in_use = cause instanceof pg.DatabaseError && cause.code === '55006';
      if (!in_use || attempt === 20) throw cause;
      await sleep(100);
    }
  }
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** String surgery, because `postgresql://postgres@/name?host=/folder` is no URL to `new URL` (a user without a host). */
function withDatabase(url: string, name: string): string {
  const parts = /^(postgres(?:ql)?:\/\/[^/?]*)(?:\/[^?]*)?(\?.*)?$/.exec(url);
  if (parts === null) throw new Error('DATABASE_URL must look like postgresql://user:password@host:port/database');
  return `${parts[1]}/${name}${parts[2] ?? ''}`;
}
