import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeEmbeddedPostgresData } from '../../deploy/postgres/data-place.ts';
import { startEmbeddedPostgres } from '../../deploy/postgres/embedded-postgres.ts';
import type { EmbeddedPostgres } from '../../deploy/postgres/embedded-postgres.ts';
import { processStartedAt } from '../../deploy/postgres/process-identity.ts';

/** A PostgreSQL for one test run; `remove()` stops it and deletes its data. */
export interface ThrowawayServer {
  /** URL of the administrative database, as superuser. */
  url: string;
  remove(): Promise<void>;
}

/** The folder in which the server of a test run lives, named after the process the run belongs to. */
export async function throwawayFolder(owner_pid: number): Promise<string> {
  return join(tmpdir(), `${prefix()}${owner_pid}-${await processStartedAt(owner_pid)}`);
}

/** Starts a PostgreSQL in `throwawayFolder(owner_pid)`. Errors as `startEmbeddedPostgres`: `busy` when it runs already. */
export async function startThrowawayServer(owner_pid: number): Promise<ThrowawayServer> {
  const folder = await throwawayFolder(owner_pid);
  await makeThrowawayFolder(folder);
  const data_dir = join(folder, 'data');
  const server: EmbeddedPostgres = await startEmbeddedPostgres({ data_dir, log_file: join(folder, 'postgres.log') });
  return {
    url: server.connectionString('postgres'),
    async remove() {
      await server.stop();
      await removeThrowaway(folder);
    },
  };
}

/** Makes the folder, or accepts it when it is ours: the names in /tmp are anybody's to take. */
export async function makeThrowawayFolder(folder: string): Promise<void> {
  // Others may pass through (as root PostgreSQL runs as another user), not look.
  await mkdir(folder, { mode: 0o711 }).catch(() => undefined);
  const entry = await lstat(folder);
  if (!entry.isDirectory() || entry.uid !== process.getuid?.()) throw new Error(`${folder} belongs to another user`);
}

/** Deletes what runs that were killed left behind. */
export async function sweepThrowawayFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const found = name.startsWith(prefix()) ? /^(\d+)-(\d+)$/.exec(name.slice(prefix().length)) : null;
    if (found === null) continue;
    if ((await processStartedAt(Number(found[1]))) === found[2]) continue;
    // One that is still stopping is left to the next run.
    await removeThrowaway(join(tmpdir(), name)).catch(() => undefined);
  }
}

async function removeThrowaway(folder: string): Promise<void> {
  await removeEmbeddedPostgresData(join(folder, 'data'));
  await rm(folder, { recursive: true, force: true });
}

function prefix(): string {
  return `sceau-test-${process.getuid?.() ?? 0}-`;
}
