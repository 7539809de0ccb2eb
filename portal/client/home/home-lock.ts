import { constants } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError } from '../errors.ts';
import { systemCode, writeError } from '../resources/file-error.ts';
import type { Home } from './home-folder.ts';

const STALE_MS = 30_000;
const WAIT_MS = 50;
const TRIES = 200;

/** Runs `work` while no other program of this consumer changes the home; waits up to ten seconds, then `home_busy`. */
export async function withHomeLock<T>(home: Home, work: () => Promise<T>): Promise<T> {
  const path = join(home.path, '.lock');
  await take(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<void> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      await (await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)).close();
      return;
    } catch (cause) {
      if (systemCode(cause) !== 'EEXIST') throw writeError(cause, path);
    }
    // What is done under the lock takes milliseconds: an old lock is that of a program that died.
    const age = await stat(path).then((state) => Date.now() - state.mtimeMs, () => 0);
    if (age > STALE_MS) await rm(path, { force: true });
    else await sleep(WAIT_MS);
  }
  throw new ClientError('home_busy', `Another program holds ${path}.`, { facts: { path } });
}
