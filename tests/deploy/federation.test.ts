import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { entryOf } from '../../deploy/demo/run-command.ts';
import { freePortFrom } from '../../deploy/demo/free-port.ts';
import { removeEmbeddedPostgresData } from '../../deploy/postgres/data-place.ts';

const execute = promisify(execFile);
const program = fileURLToPath(new URL('./serve-federation.js', import.meta.url));

interface Started {
  child: ChildProcess;
  answer: ReturnType<typeof JSON.parse>;
  /** What it says after its first line. */
  later: string[];
  end(): Promise<void>;
}

async function serve(t: ExecutionContext, state_dir: string, port: number): Promise<Started> {
  const child = spawn(process.execPath, [program, state_dir, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (): Promise<void> => {
    child.stdin.end();
    await gone;
  };
  t.teardown(end);
  const later: string[] = [];
  const line = await new Promise<string>((resolve) => {
    const lines = createInterface({ input: child.stdout });
    lines.once('line', (first) => {
      resolve(first);
      lines.on('line', (next) => later.push(next));
    });
    lines.once('close', () => resolve('{"refused":"crashed"}'));
  });
  return { child, answer: JSON.parse(line), later, end };
}

/** The processes whose environment names this folder: everything that a federation in it started. */
async function processesOf(state_dir: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => ((await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).includes(state_dir) ? pid : undefined)));
  return found.filter((pid) => pid !== undefined);
}

test('the demonstration outlives its own kill -9: nothing stays behind, and the nodes follow the portal to another port', async (t) => {
  t.timeout(120_000);
  const folder = await mkdtemp(path.join(tmpdir(), 'sceau-federation-'));
  const state_dir = path.join(folder, 'state');
  const port = await freePortFrom(8880);
  t.teardown(async () => {
    await removeEmbeddedPostgresData(path.join(state_dir, 'postgres'));
    await rm(folder, { recursive: true, force: true });
  });

  const first = await serve(t, state_dir, port);
  t.is(first.answer.origin, `http://localhost:${port}`, first.answer.refused);
  t.is(first.answer.producers[0].enrolment.state, 'active');
  t.deepEqual((await readdir(state_dir)).filter((name) => name.endsWith('-code')), [], 'a code that was used is not kept');
  t.is((await processesOf(state_dir)).length, 4, 'portal, broker, two nodes');

  const own = await execute('sh', ['-c', '. "$1/my-node.env" && "$2" "$3" init --name "Commune de Bruz" --json', 'sh', state_dir, process.execPath, entryOf('sceau-node')]);
  t.is(JSON.parse(own.stdout).home, path.join(state_dir, 'my-node'), 'a visitor has a node of their own at once');

  const second = await serve(t, state_dir, port);
  t.regex(second.answer.refused, new RegExp(`in use by process ${first.child.pid}\\. Is Sceau already running here\\?`));

  first.child.kill('SIGKILL');
  await first.end();
  for (let waited = 0; waited < 100 && ((await processesOf(state_dir)).length > 0 || (await freePortFrom(port)) !== port); waited += 1) await sleep(50);
  t.deepEqual(await processesOf(state_dir), []);
  t.is(await freePortFrom(port), port);

  // Somebody else takes the port meanwhile.
  const stranger = createServer();
  await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
  t.teardown(() => stranger.close());
  const moved = await serve(t, state_dir, port);
  t.not(moved.answer.origin, first.answer.origin, moved.answer.refused);
  t.true(moved.answer.said.some((line: string) => line.includes(`port ${port} is busy`)));
  for (const { url, answers, problem } of [moved.answer.producers[0].portal]) t.deepEqual({ url, answers, problem }, { url: moved.answer.origin, answers: true, problem: null });

  // A process that ends by itself is named.
  const commands = await Promise.all((await processesOf(state_dir)).map(async (pid) => ({ pid, command: await readFile(`/proc/${pid}/cmdline`, 'utf8') })));
  process.kill(Number(commands.find(({ command }) => command.includes('\0broker\0'))?.pid), 'SIGKILL');
  for (let waited = 0; waited < 100 && moved.later.length === 0; waited += 1) await sleep(50);
  t.deepEqual(moved.later, ['{"lost":"broker"}']);
  await moved.end();
  t.deepEqual(moved.later, ['{"lost":"broker"}'], 'what is stopped on purpose is not lost');
  t.deepEqual(await processesOf(state_dir), []);
});
