import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, lstat, mkdir, open, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { SHARED_FOLDER } from './binaries.ts';
import { canEnter, chooseDatabaseUser } from './database-user.ts';
import type { DatabaseUser } from './database-user.ts';
import { EmbeddedPostgresError } from './errors.ts';

/** Where one embedded PostgreSQL keeps its things; all of it belongs to `user`. */
export interface DataPlace {
  user: DatabaseUser;
  data_dir: string;
  socket_dir: string;
  lock_file: string;
}

/** A Unix socket's path is limited to 107 bytes by the kernel; this is what PostgreSQL adds to the folder. */
const SOCKET_NAME = '/.s.PGSQL.5432';
const LONGEST_SOCKET_PATH = 107;

/**
 * Prepares the folders for a data folder that was asked for. As root, when the database account cannot enter its
 * parent (a closed home), the data goes to `/var/lib/sceau-postgres/data/<hash>` instead and the file
 * `<data_dir>.elsewhere` says where, so that it is found again and can be removed.
 * Errors: `no_database_user`, `unreachable_place`, `foreign_owner`.
 */
export async function preparePlace(wanted_dir: string, wanted_socket_dir?: string): Promise<DataPlace> {
  const parent = dirname(wanted_dir);
  await mkdir(parent, { recursive: true });
  const wanted = join(await realpath(parent), basename(wanted_dir));
  const elsewhere = await readElsewhere(wanted);
  const user = await chooseDatabaseUser(elsewhere ?? wanted);
  let data_dir = elsewhere ?? wanted;
  if (elsewhere === undefined && user.switched && !(await canEnter(user, dirname(wanted)))) {
    data_dir = join(SHARED_FOLDER, 'data', shortHash(wanted), 'data');
    await makeFolder(join(SHARED_FOLDER, 'data'), undefined, 0o755);
    await writeFile(elsewhereFile(wanted), `${data_dir}\n`);
  }
  if (data_dir !== wanted) await makeFolder(dirname(data_dir), user, 0o700);
  if (!(await canEnter(user, dirname(data_dir)))) {
    throw new EmbeddedPostgresError(
      'foreign_owner',
      `The database of this folder lies in ${data_dir}, which user ${user.name} cannot reach: it was started by root before. Start as root again, or let root reset it.`,
    );
  }
  await makeFolder(data_dir, user, 0o700);
  const socket_dir = await socketFolder(data_dir, wanted_socket_dir, user);
  await makeFolder(socket_dir, user, 0o700);
  const lock_file = `${data_dir}.lock`;
  await makeFile(lock_file, user);
  return { user, data_dir, socket_dir, lock_file };
}

/**
 * Removes the data of a stopped embedded PostgreSQL, wherever it lies; nothing happens when there is none.
 * Errors: `busy` when it is running, and does not end within five seconds.
 */
export async function removeEmbeddedPostgresData(wanted_dir: string): Promise<void> {
  const parent = await realpath(dirname(wanted_dir)).catch(() => undefined);
  if (parent === undefined) return;
  const wanted = join(parent, basename(wanted_dir));
  const elsewhere = await readElsewhere(wanted);
  const lock_file = `${elsewhere ?? wanted}.lock`;
  if (existsSync(lock_file) && spawnSync('flock', ['--wait', '5', lock_file, 'true'], { stdio: 'ignore' }).status === 1) {
    throw new EmbeddedPostgresError('busy', `The database in ${elsewhere ?? wanted} is running: stop Sceau first.`);
  }
  if (elsewhere !== undefined) await rm(dirname(elsewhere), { recursive: true, force: true });
  for (const suffix of ['', '.new', '.lock', '.socket', '.elsewhere']) {
    await rm(`${wanted}${suffix}`, { recursive: true, force: true });
  }
  const socket_name = new RegExp(`^sceau-\\d+-${shortHash(elsewhere ?? wanted)}$`);
  for (const name of await readdir(tmpdir())) {
    if (socket_name.test(name)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** Creates `path` if missing and gives it to `user` (nobody else's file is taken over). Mode 0644. */
export async function makeFile(path: string, user: DatabaseUser): Promise<void> {
  const file = await open(path, 'a', 0o644).catch((cause: unknown) => {
    throw new EmbeddedPostgresError('foreign_owner', `${path} cannot be written by user ${user.switched ? 'root' : user.name}.`, cause);
  });
  try {
    if (user.switched && (await file.stat()).uid === 0) await file.chown(user.uid, user.gid);
  } finally {
    await file.close();
  }
}

async function socketFolder(data_dir: string, wanted: string | undefined, user: DatabaseUser): Promise<string> {
  if (wanted !== undefined) {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    const real = await realpath(wanted);
    if (!fits(real)) throw new EmbeddedPostgresError('unreachable_place', `The path of the socket folder ${real} is too long.`);
    return real;
  }
  const beside = `${data_dir}.socket`;
  return fits(beside) ? beside : join(await realpath(tmpdir()), `sceau-${user.uid}-${shortHash(data_dir)}`);
}

function fits(folder: string): boolean {
  return Buffer.byteLength(`${folder}${SOCKET_NAME}`) <= LONGEST_SOCKET_PATH;
}

/**
 * A folder that belongs to `owner` (undefined: to us) with exactly `mode`. A folder or link of somebody else under
 * that name, as anyone can put into /tmp, is refused.
 */
async function makeFolder(path: string, owner: DatabaseUser | undefined, mode: number): Promise<void> {
  await mkdir(path, { mode }).catch(async (cause: unknown) => {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) {
      throw new EmbeddedPostgresError('unreachable_place', `The folder ${path} could not be made.`, cause);
    }
  });
  const entry = await lstat(path);
  const own_uid = process.getuid?.() ?? -1;
  const wanted_uid = owner?.uid ?? own_uid;
  if (!entry.isDirectory() || (entry.uid !== wanted_uid && entry.uid !== own_uid)) {
    throw new EmbeddedPostgresError('foreign_owner', `${path} belongs to another user (id ${entry.uid}).`);
  }
  if (entry.uid !== wanted_uid && owner !== undefined) await chown(path, owner.uid, owner.gid);
  if ((entry.mode & 0o777) !== mode) await chmod(path, mode);
}

async function readElsewhere(wanted: string): Promise<string | undefined> {
  const text = await readFile(elsewhereFile(wanted), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const path = text.trim();
  // The record is trusted as far as it names the place this rule would choose.
  if (path !== join(SHARED_FOLDER, 'data', shortHash(wanted), 'data')) return undefined;
  return path;
}

function elsewhereFile(wanted: string): string {
  return `${wanted}.elsewhere`;
}

function shortHash(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16);
}
