import { readFile, readdir, readlink, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataPlace } from './data-place.ts';
import { EmbeddedPostgresError } from './errors.ts';

const STOP_SECONDS = 60;

/**
 * Clears what an earlier server left in the data folder; call with the lock held. A server of ours that still runs
 * (its lifeline was killed too) is stopped, recognised by pid, program and working folder together; its orphaned
 * backends are waited for; a pid file that names a foreign process, the pid having been used again, is removed, or
 * PostgreSQL would refuse to start.
 * Errors: `busy` when another PostgreSQL serves the folder, or ours does not stop.
 */
export async function clearLeftOver(place: DataPlace, postgres: string): Promise<void> {
  const pid_file = join(place.data_dir, 'postmaster.pid');
  const first_line = (await readFile(pid_file, 'utf8').catch(() => '')).split('\n', 1)[0] ?? '';
  if (!/^[1-9]\d*$/.test(first_line)) return;
  const pid = Number(first_line);
  if (await servesFolder(pid, place.data_dir)) {
    const exe = await programOf(pid);
    if (exe !== postgres) {
      throw new EmbeddedPostgresError('busy', `Another PostgreSQL (${exe}, process ${pid}) serves ${place.data_dir}. Stop it first.`);
    }
    process.kill(pid, 'SIGINT');
  }
  // Backends outlive a killed postmaster for a moment. While the pid file stands PostgreSQL refuses to start beside
  // them; removing it too early would take that protection away.
  const deadline = Date.now() + STOP_SECONDS * 1000;
  for (let left = await serversOf(place.data_dir); left.length > 0; left = await serversOf(place.data_dir)) {
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresError('busy', `The PostgreSQL of an earlier start (process ${left.join(', ')}) does not stop.`);
    }
    await sleep(50);
  }
  if ((await programOf(pid)) !== undefined) await rm(pid_file, { force: true });
}

async function serversOf(data_dir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const serving = await Promise.all(pids.map((pid) => servesFolder(pid, data_dir)));
  return pids.filter((_, index) => serving[index]);
}

async function servesFolder(pid: number, data_dir: string): Promise<boolean> {
  return (await linkOf(pid, 'cwd')) === data_dir && basename((await programOf(pid)) ?? '') === 'postgres';
}

async function programOf(pid: number): Promise<string | undefined> {
  // The program may have been replaced on disk (npm ci) while the server runs.
  return (await linkOf(pid, 'exe'))?.replace(/ \(deleted\)$/, '');
}

async function linkOf(pid: number, name: 'exe' | 'cwd'): Promise<string | undefined> {
  return readlink(`/proc/${pid}/${name}`).catch(() => undefined);
}
