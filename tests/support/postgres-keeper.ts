import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError } from '../../deploy/postgres/errors.ts';
import { processStartedAt } from '../../deploy/postgres/process-identity.ts';
import { makeThrowawayFolder, startThrowawayServer, throwawayFolder } from './throwaway-server.ts';

/**
 * Program: keeps one PostgreSQL for a test run that was started without the runner (`npx ava`), until the process given
 * as argument ends. The URL, or the reason why there is none, is left in a file, because a test file that ends
 * earlier than another must not take the server with it.
 */
const owner_pid = Number(process.argv[2]);
const owner_started_at = await processStartedAt(owner_pid);
const folder = await throwawayFolder(owner_pid);
await makeThrowawayFolder(folder);
try {
  const server = await startThrowawayServer(owner_pid);
  await leave('url', server.url);
  while ((await processStartedAt(owner_pid)) === owner_started_at) await sleep(200);
  await server.remove();
} catch (cause) {
  // Two test files start at once and each brings a keeper: the second one finds the server in use and goes.
  const beaten = cause instanceof EmbeddedPostgresError && cause.code === 'busy';
  if (!beaten) await leave('failed', cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
}

async function leave(name: string, text: string): Promise<void> {
  await writeFile(join(folder, `${name}.${process.pid}`), text, { mode: 0o600 });
  await rename(join(folder, `${name}.${process.pid}`), join(folder, name));
}
