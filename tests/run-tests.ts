import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runAva } from './support/ava-run.ts';
import { dropDatabasesOfRun } from './support/postgres.ts';
import { countsLine } from './support/tap.ts';
import { findTestFiles, removeStaleOutput } from './support/test-files.ts';
import { startThrowawayServer, sweepThrowawayFolders } from './support/throwaway-server.ts';

/**
 * Program behind `npm test [-- words…]`: one PostgreSQL for the whole run (that of DATABASE_URL, else an embedded one),
 * AVA on every test file, or on those whose path contains one of the words; words with a leading `-` go to AVA.
 * The last line is the result, `N passed, N failed`; the exit code is 0 only when something ran and nothing failed.
 */
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const words = process.argv.slice(2);
const timeout_seconds = Number(process.env['SCEAU_TEST_MINUTES'] ?? '30') * 60;
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interrupted.abort());

const started = performance.now();
let line = countsLine({ passed: 0, failed: 1, skipped: 0 });
let good = false;
try {
  for (const path of await removeStaleOutput(root)) say(`removed ${path}, its source is gone`);
  const files = await findTestFiles(root, words.filter((word) => !word.startsWith('-')));
  const outcome = await withPostgres((env) =>
    runAva({
      cwd: root,
      files: files.length > 0 ? files : ['dist/tests/there-is-no-such.test.js'],
      ava_options: words.filter((word) => word.startsWith('-')),
      env,
      timeout_seconds,
      signal: interrupted.signal,
      print: say,
    }),
  );
  say('');
  for (const title of outcome.skipped_titles) say(`skipped: ${title}`);
  for (const title of outcome.failed_titles) say(`failed:  ${title}`);
  for (const reason of outcome.reasons) say(`note:    ${reason}`);
  say(`${files.length} test files in ${Math.round((performance.now() - started) / 1000)} s`);
  line = countsLine(outcome.counts);
  good = outcome.counts.failed === 0 && outcome.counts.passed > 0 && !interrupted.signal.aborted;
} catch (cause) {
  say(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
}
say(line);
process.exitCode = good ? 0 : 1;

async function withPostgres<T>(run: (env: Record<string, string>) => Promise<T>): Promise<T> {
  process.env['SCEAU_TEST_RUN'] = `${process.pid.toString(36)}${Date.now().toString(36)}`;
  const env = { SCEAU_TEST_RUN: process.env['SCEAU_TEST_RUN'] };
  const given = process.env['DATABASE_URL'];
  if (given) {
    say('PostgreSQL: the one of DATABASE_URL');
    return run({ ...env, SCEAU_TEST_DATABASE_URL: given }).finally(() => dropDatabasesOfRun(given));
  }
  await sweepThrowawayFolders();
  const server = await startThrowawayServer(process.pid);
  say(`PostgreSQL: embedded, started in ${Math.round(performance.now() - started)} ms`);
  return run({ ...env, SCEAU_TEST_DATABASE_URL: server.url }).finally(() => server.remove());
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
