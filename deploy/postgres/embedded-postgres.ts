import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { chown, mkdir, open, readFile, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findPostgresBinaries } from './binaries.ts';
import type { PostgresBinaries } from './binaries.ts';
import { makeFile, preparePlace } from './data-place.ts';
import type { DataPlace } from './data-place.ts';
import { spawnAs } from './database-user.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { clearLeftOver } from './left-over-server.ts';
import { takeLifeline } from './lifeline.ts';

/** A PostgreSQL server that is our child, reachable over a Unix socket in a closed folder. */
export interface EmbeddedPostgres {
  /** URL for pg, kysely and libpq; `user` defaults to the superuser `postgres`. Creates nothing. */
  connectionString(database: string, user?: string): string;
  /** Creates the database `name` owned by a login role of the same name, if missing; safe to repeat and to race. */
  ensureDatabase(name: string): Promise<void>;
  /** Stops the server (what is still connected after half a second is cut off and rolled back) and gives the lock back; safe to repeat. */
  stop(): Promise<void>;
  /** Resolves when the server has ended, asked for or not. */
  ended: Promise<void>;
  pid: number;
  /** Where the data really lies: see `preparePlace`. */
  data_dir: string;
}

const SUPERUSER = 'postgres';
const READY_SECONDS = 60;
const STOP_SECONDS = 60;
const POLITE_MS = 500;

/**
 * Starts PostgreSQL on `data_dir`, creating the cluster the first time; resolves when a connection works and leads to
 * our own child. Writes are durable (fsync is on). When this process dies, even by `kill -9`, the server is stopped.
 * As root the server runs under another account and the data may lie elsewhere: see `preparePlace`.
 * Errors: EmbeddedPostgresError, of any code; `busy` when a living process holds the same data folder.
 */
export async function startEmbeddedPostgres(o: {
  data_dir: string;
  socket_dir?: string;
  log_file: string;
}): Promise<EmbeddedPostgres> {
  const place = await preparePlace(o.data_dir, o.socket_dir);
  const binaries = await findPostgresBinaries({ copy_to_shared: place.user.switched });
  const lifeline = await takeLifeline(place, binaries.postgres);
  try {
    await clearLeftOver(place, binaries.postgres);
    await mkdir(dirname(o.log_file), { recursive: true });
    await makeFile(o.log_file, place.user);
    await createCluster(place, binaries, o.log_file);
    const server = await runServer(place, binaries, o.log_file, (pid) => lifeline.watch(pid));
    // A server without its lifeline would outlive us, and no lock would keep a second one off its data.
    void lifeline.ended.then(() => server.child.kill('SIGINT'));
    let stopping: Promise<void> | undefined;
    return {
      pid: server.pid,
      data_dir: place.data_dir,
      ended: server.ended,
      connectionString: (database, user) => urlOf(place.socket_dir, database, user),
      ensureDatabase: (name) => ensureDatabase(urlOf(place.socket_dir, 'postgres'), name),
      stop: () =>
        (stopping ??= (async () => {
          await stopServer(server);
          if (o.socket_dir === undefined) await rmdir(place.socket_dir).catch(() => undefined);
          await lifeline.release();
        })()),
    };
  } catch (cause) {
    await lifeline.release();
    throw cause;
  }
}

interface Server {
  child: ChildProcess;
  pid: number;
  ended: Promise<void>;
}

async function createCluster(place: DataPlace, binaries: PostgresBinaries, log_file: string): Promise<void> {
  const version = await readFile(join(place.data_dir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (version !== undefined) {
    if (Number(version) === binaries.major) return;
    throw new EmbeddedPostgresError(
      'wrong_version',
      `${place.data_dir} was made by PostgreSQL ${version.trim()} and the installed one is ${binaries.major}: dump it with the old one and load it into the new one.`,
    );
  }
  if ((await readdir(place.data_dir)).length > 0) {
    throw new EmbeddedPostgresError('not_a_data_folder', `${place.data_dir} is not empty and is no PostgreSQL data folder.`);
  }
  // Made under another name and renamed whole: a crash in the middle leaves nothing that looks like a cluster.
  const unfinished = `${place.data_dir}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (place.user.switched) await chown(unfinished, place.user.uid, place.user.gid);
  const log = await open(log_file, 'a');
  try {
    const child = spawn(
      binaries.initdb,
      ['-D', unfinished, '-U', SUPERUSER, '--auth=trust', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--data-checksums'],
      { ...spawnAs(place.user), cwd: '/', env: cleanEnvironment(), stdio: ['ignore', log.fd, log.fd] },
    );
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    if (status !== 0) throw new EmbeddedPostgresError('initdb_failed', `initdb failed; the end of ${log_file}:\n${await tail(log_file)}`);
  } finally {
    await log.close();
  }
  await rename(unfinished, place.data_dir);
  const parent = await open(dirname(place.data_dir), constants.O_RDONLY);
  await parent.sync().finally(() => parent.close());
}

async function runServer(
  place: DataPlace,
  binaries: PostgresBinaries,
  log_file: string,
  onStart: (pid: number) => void,
): Promise<Server> {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: place.socket_dir,
    unix_socket_permissions: '0700',
    port: '5432',
    fsync: 'on',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %d ',
  };
  const log = await open(log_file, 'a');
  const child = spawn(binaries.postgres, ['-D', place.data_dir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])], {
    ...spawnAs(place.user),
    cwd: '/',
    env: cleanEnvironment(),
    stdio: ['ignore', log.fd, log.fd],
    // A session of its own: Ctrl-C stops our programs first and the database last, by stop().
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const pid = child.pid;
  if (pid !== undefined) onStart(pid);
  await log.close();
  if (pid === undefined) throw new EmbeddedPostgresError('start_failed', `${binaries.postgres} cannot be run as user ${place.user.name}.`);
  const server = { child, pid, ended };
  try {
    await untilReady(server, place, log_file);
  } catch (cause) {
    await stopServer(server);
    throw cause;
  }
  return server;
}

/** Ready means that a connection works and that the server at its other end is our child, not somebody else's. */
async function untilReady(server: Server, place: DataPlace, log_file: string): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1000;
  let last: unknown;
  while (Date.now() < deadline) {
    if (server.child.exitCode !== null || server.child.signalCode !== null) break;
    try {
      const rows = await query(urlOf(place.socket_dir, 'postgres'), `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`);
      if (rows[0]?.pid === String(server.pid)) return;
      last = new Error(`the socket in ${place.socket_dir} leads to process ${rows[0]?.pid}`);
    } catch (cause) {
      last = cause;
    }
    await sleep(20);
  }
  throw new EmbeddedPostgresError('start_failed', `PostgreSQL did not start; the end of ${log_file}:\n${await tail(log_file)}`, last);
}

async function stopServer(server: Server): Promise<void> {
  // A child object is signalled, not a number: once it has ended, nothing is. First a stop that lets connections close
  // by themselves, because a pool that has just been ended still has some on the way out, and pg throws when they are cut.
  server.child.kill('SIGTERM');
  const soon = setTimeout(() => server.child.kill('SIGINT'), POLITE_MS);
  const late = setTimeout(() => server.child.kill('SIGQUIT'), STOP_SECONDS * 1000);
  await server.ended;
  clearTimeout(soon);
  clearTimeout(late);
}

async function ensureDatabase(admin_url: string, name: string): Promise<void> {
  const client = new pg.Client(admin_url);
  await client.connect();
  try {
    const quoted = client.escapeIdentifier(name);
    const exists = async (sql: string): Promise<boolean> => (await client.query(sql, [name])).rowCount !== 0;
    // Two processes may create at once; PostgreSQL tells the loser by these codes.
    const create = (sql: string): Promise<unknown> =>
      client.query(sql).catch((cause: unknown) => {
        const code = cause instanceof pg.DatabaseError ? cause.code : undefined;
        if (code === '42710' || code === '42P04' || code === '23505') return undefined;
        throw cause;
      });
    if (!(await exists('SELECT 1 FROM pg_roles WHERE rolname = $1'))) await create(`CREATE ROLE ${quoted} LOGIN`);
    if (!(await exists('SELECT 1 FROM pg_database WHERE datname = $1'))) await create(`CREATE DATABASE ${quoted} OWNER ${quoted}`);
  } finally {
    await client.end();
  }
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function urlOf(socket_dir: string, database: string, user: string = SUPERUSER): string {
  return `postgresql://${encodeURIComponent(user)}@/${encodeURIComponent(database)}?host=${encodeURIComponent(socket_dir)}`;
}

/** Variables such as PGDATA or LD_PRELOAD of the caller must not reach the server. */
function cleanEnvironment(): Record<string, string> {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

async function tail(log_file: string): Promise<string> {
  const text = await readFile(log_file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-12).join('\n');
}
