import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { ExecutionContext } from 'ava';
import { runAva } from './ava-run.ts';
import type { AvaOutcome } from './ava-run.ts';
import { countsLine } from './tap.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

async function runFiles(t: ExecutionContext, files: Record<string, string>, timeout_seconds = 60): Promise<AvaOutcome & { output: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-ava-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const ava = { files: ['**/*.test.js'], timeout: '3s', workerThreads: false };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', ava }));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'a'));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, 'a', name), `import test from 'ava';\n${text}`);
  }
  const lines: string[] = [];
  const outcome = await runAva({
    cwd: folder,
    files: Object.keys(files).map((name) => `a/${name}`),
    timeout_seconds,
    print: (line) => lines.push(line),
  });
  return { ...outcome, output: lines.join('\n') };
}

const GOOD = `test('fine', (t) => t.pass()); test('fine too', (t) => t.pass());`;

test.serial('passed tests are counted', async (t) => {
  const outcome = await runFiles(t, { 'good.test.js': GOOD });
  t.is(countsLine(outcome.counts), '2 passed, 0 failed');
  t.deepEqual(outcome.reasons, []);
});

test.serial('a failed test is counted and its error is shown', async (t) => {
  const outcome = await runFiles(t, { 'good.test.js': GOOD, 'bad.test.js': `test('wrong sum', (t) => t.is(1 + 1, 3));` });
  t.is(countsLine(outcome.counts), '2 passed, 1 failed');
  t.regex(outcome.output, /✘ .*wrong sum/);
  t.regex(outcome.output, /bad\.test\.js:2/);
});

test.serial('a thrown error with odd properties is a failed test, not a broken report', async (t) => {
  const text = `
    test('odd', () => { throw Object.assign(new Error('boom'), { nothing: undefined, fn() {}, big: 1n, deep: { s: Symbol('x'), u: undefined } }); });
    test('no error at all', () => { throw undefined; });
    test('rejected', async () => { await import('./missing.js'); });`;
  const outcome = await runFiles(t, { 'good.test.js': GOOD, 'odd.test.js': text });
  t.is(countsLine(outcome.counts), '2 passed, 3 failed');
});

test.serial('a file that crashes is a failure, and so are its tests that did not run', async (t) => {
  const text = `test.serial('first', (t) => t.pass()); test.serial('second', () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => {}); }); test.serial('third', (t) => t.pass());`;
  const outcome = await runFiles(t, { 'good.test.js': GOOD, 'crash.test.js': text });
  t.is(outcome.counts.passed, 3);
  t.true(outcome.counts.failed >= 1, countsLine(outcome.counts));
});

test.serial('a file that cannot be loaded is a failure', async (t) => {
  const outcome = await runFiles(t, { 'good.test.js': GOOD, 'broken.test.js': `import './nowhere.js';\ntest('never', (t) => t.pass());` });
  t.is(outcome.counts.passed, 2);
  t.true(outcome.counts.failed >= 1);
});

test.serial('a file that leaves with exit code 0 in the middle is a failure', async (t) => {
  const outcome = await runFiles(t, { 'good.test.js': GOOD, 'leave.test.js': `test('leaves', () => { process.exit(0); });` });
  t.true(outcome.counts.failed >= 1);
});

test.serial('a file without tests is a failure', async (t) => {
  const outcome = await runFiles(t, { 'good.test.js': GOOD, 'empty.test.js': 'void test;' });
  t.true(outcome.counts.failed >= 1);
});

test.serial('an unhandled rejection is a failure although every test passed', async (t) => {
  const outcome = await runFiles(t, { 'loose.test.js': `test('fine', async (t) => { Promise.reject(new Error('loose')); await new Promise((r) => setTimeout(r, 50)); t.pass(); });` });
  t.true(outcome.counts.failed >= 1);
});

test.serial('a test that hangs is stopped by the time limit of AVA and counted as failed', async (t) => {
  const outcome = await runFiles(t, { 'good.test.js': GOOD, 'hang.test.js': `test('hangs', () => new Promise((r) => setTimeout(r, 60_000)));` });
  t.is(outcome.counts.passed, 2);
  t.true(outcome.counts.failed >= 1);
});

test.serial('a run over its time limit is stopped and failed', async (t) => {
  const text = `test('slow', async (t) => { t.timeout(60_000); await new Promise((r) => setTimeout(r, 60_000)); t.pass(); });`;
  const outcome = await runFiles(t, { 'slow.test.js': text }, 2);
  t.is(outcome.counts.passed, 0);
  t.true(outcome.counts.failed >= 1);
  t.true(outcome.reasons.some((reason) => reason.includes('stopped after 2 s')));
});

test.serial('skipped and announced tests are counted apart and named', async (t) => {
  const outcome = await runFiles(t, { 'some.test.js': `${GOOD} test.skip('no browser here', (t) => t.pass()); test.todo('later');` });
  t.is(countsLine(outcome.counts), '2 passed, 0 failed, 2 skipped');
  t.is(outcome.skipped_titles.length, 2);
  t.true(outcome.skipped_titles.some((title) => title.includes('no browser here')));
});

test.serial('a run in which nothing ran says so', async (t) => {
  const outcome = await runFiles(t, { 'skips.test.js': `test.skip('alone', (t) => t.pass());` });
  t.is(outcome.counts.passed, 0);
  t.true(outcome.reasons.includes('no test passed'));
});

test.serial('output that looks like a report does not change the counts', async (t) => {
  const outcome = await runFiles(t, { 'liar.test.js': `console.log('not ok 1 - lie\\n# fail 9'); ${GOOD}` });
  t.is(countsLine(outcome.counts), '2 passed, 0 failed');
});
