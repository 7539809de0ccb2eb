import { spawn, spawnSync } from 'node:child_process';
import type { SpawnOptions } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { EmbeddedPostgresError } from './errors.ts';

/** The account PostgreSQL runs under; `switched` says that it is not the account of this process (we are root). */
export interface DatabaseUser {
  name: string;
  uid: number;
  gid: number;
  switched: boolean;
}

const DEDICATED_USER = 'sceau-postgres';

/**
 * The account PostgreSQL shall run under: our own, or, as root (PostgreSQL refuses root), the owner of an existing
 * data folder, else the system user `sceau-postgres` (created once), else `nobody`.
 * Errors: `no_database_user`.
 */
export async function chooseDatabaseUser(data_dir: string): Promise<DatabaseUser> {
  const own_uid = process.getuid?.() ?? -1;
  if (own_uid !== 0) {
    // initdb and postgres refuse a uid that has no name, as `docker run --user 1234` gives.
    const own = await findAccount((account) => account.uid === own_uid);
    if (own === undefined) {
      throw new EmbeddedPostgresError(
        'no_database_user',
        `User id ${own_uid} has no entry in /etc/passwd and PostgreSQL refuses to run under it. Add one, or set DATABASE_URL.`,
      );
    }
    return { ...own, switched: false };
  }
  const owner = await stat(data_dir).then((entry) => entry.uid, () => 0);
  if (owner !== 0) {
    const account = await findAccount((entry) => entry.uid === owner);
    if (account === undefined) {
      throw new EmbeddedPostgresError('no_database_user', `${data_dir} belongs to user id ${owner}, which has no entry in /etc/passwd.`);
    }
    return { ...account, switched: true };
  }
  const account =
    (await findAccount((entry) => entry.name === DEDICATED_USER)) ??
    (await createDedicatedUser()) ??
    (await findAccount((entry) => entry.name === 'nobody' && entry.uid !== 0));
  if (account === undefined) {
    throw new EmbeddedPostgresError(
      'no_database_user',
      `PostgreSQL refuses to run as root, and the system user ${DEDICATED_USER} could not be created. Start as an ordinary user, or set DATABASE_URL.`,
    );
  }
  return { ...account, switched: true };
}

/** The part of spawn's options that makes a child run under `user`; groups of root are dropped by Node. */
export function spawnAs(user: DatabaseUser): Pick<SpawnOptions, 'uid' | 'gid'> {
  return user.switched ? { uid: user.uid, gid: user.gid } : {};
}

/** True when `user` can enter `folder`, asked of the kernel, so that every parent and access list counts. */
export async function canEnter(user: DatabaseUser, folder: string): Promise<boolean> {
  const child = spawn('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], { ...spawnAs(user), cwd: '/', stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new EmbeddedPostgresError('no_database_user', `No program can be run as user ${user.name}: ${cause.message}.`, cause));
    });
    child.once('exit', (status) => resolve(status === 0));
  });
}

async function findAccount(
  matches: (account: { name: string; uid: number; gid: number }) => boolean,
): Promise<{ name: string; uid: number; gid: number } | undefined> {
  // /etc/passwd first; directory services are asked through getent, which minimal systems lack.
  const texts = [await readFile('/etc/passwd', 'utf8').catch(() => '')];
  texts.push(spawnSync('getent', ['passwd'], { encoding: 'utf8', timeout: 10_000 }).stdout ?? '');
  for (const text of texts) {
    for (const line of text.split('\n')) {
      const [name, , uid, gid] = line.split(':');
      if (name === undefined || uid === undefined || gid === undefined) continue;
      const account = { name, uid: Number(uid), gid: Number(gid) };
      if (matches(account)) return account;
    }
  }
  return undefined;
}

async function createDedicatedUser(): Promise<{ name: string; uid: number; gid: number } | undefined> {
  // A second start at the same moment may win the race: what counts is that the user exists afterwards.
  spawnSync(
    'useradd',
    ['--system', '--no-create-home', '--home-dir', '/nonexistent', '--shell', '/usr/sbin/nologin', '--user-group', DEDICATED_USER],
    { stdio: 'ignore', timeout: 20_000 },
  );
  return findAccount((entry) => entry.name === DEDICATED_USER);
}
