import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createApp } from '../../producer-node/app.ts';
import { runCli } from '../../producer-node/cli.ts';
import { createTestDatabase } from '../support/postgres.ts';

const MAIN = fileURLToPath(new URL('../../producer-node/main.js', import.meta.url));

/** How a command line ended. `json` is its standard output read as JSON, undefined when it is none. */
export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
  json: ReturnType<typeof JSON.parse>;
}

/** A node of its own: folder, database, and its command line in a process of its own. */
export interface TestNode {
  home: string;
  database_url: string;
  /** A folder for files to publish. */
  files: string;
  env: Record<string, string>;
  /** Runs `sceau-node` to its end; English unless LC_ALL is in `env`. */
  run(argv: readonly string[], o?: { env?: Record<string, string>; input?: string }): Promise<Ended>;
  /** Like `run` with --json. */
  json(argv: readonly string[], o?: { env?: Record<string, string>; input?: string }): Promise<Ended>;
  /** Starts `sceau-node` and leaves it running; ended with the test at the latest. */
  start(argv: readonly string[], o?: { env?: Record<string, string> }): ChildProcess;
  /** Writes a file to publish and gives its path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
}

type CleanUp = { teardown(fn: () => Promise<void>): void } | { after: { always(fn: () => Promise<void>): void } };

const TIMEOUT_MS = 60_000;

/**
 * A node with an empty home and an empty database, removed at the end of the test (`t`) or file (`test`). `run` and `json` call the
 * command line inside this process, which is quicker; with `spawn` each is a process of its own, as in earnest.
 */
export async function testNode(clean_up: CleanUp, options: { spawn?: boolean } = {}): Promise<TestNode> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'sceau-test-node-'));
  const home = path.join(folder, 'home');
  const children = new Set<ChildProcess>();
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    LC_ALL: 'en_GB.UTF-8',
    SCEAU_NODE_HOME: home,
    DATABASE_URL: database.url,
    SCEAU_NODE_PORT: '0',
    SCEAU_LOG_LEVEL: 'info',
  };
  const close = async (): Promise<void> => {
    for (const child of children) child.kill('SIGKILL');
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
  if ('teardown' in clean_up) clean_up.teardown(close);
  else clean_up.after.always(close);

  const start: TestNode['start'] = (argv, o = {}) => {
    const child = spawn(process.execPath, [MAIN, ...argv], { cwd: folder, env: { ...env, ...o.env }, stdio: ['pipe', 'pipe', 'pipe'] });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  const run: TestNode['run'] = async (argv, o = {}) => {
    if (options.spawn !== true) return runHere(argv, { ...env, ...o.env }, o.input ?? '');
    const child = start(argv, o);
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    child.stdin?.end(o.input ?? '');
    const ended = await ending(child);
    clearTimeout(timer);
    return ended;
  };
  return {
    home,
    database_url: database.url,
    files: folder,
    env,
    start,
    run,
    json: (argv, o) => run([...argv, '--json'], o),
    write: async (name, content) => {
      const file = path.join(folder, name);
      await writeFile(file, content);
      return file;
    },
  };
}

async function runHere(argv: readonly string[], env: Record<string, string>, input: string): Promise<Ended> {
  const stdin = new PassThrough();
  stdin.end(input);
  const [out, err] = [collected(), collected()];
  const code = await runCli({ argv, env, stdin, stdout: out.stream, stderr: err.stream, createApp });
  return endedWith(code, out.text(), err.text());
}

function collected(): { stream: Writable; text: () => string } {
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      pieces.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(pieces).toString('utf8') };
}

function endedWith(code: number, stdout: string, stderr: string): Ended {
  let json: unknown;
  try {
    json = JSON.parse(stdout);
  } catch {
    json = undefined;
  }
  return { code, stdout, stderr, json };
}

/** Waits for a process and gives what it said. */
export function ending(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (bytes: Buffer) => (stdout += bytes.toString('utf8')));
  child.stderr?.on('data', (bytes: Buffer) => (stderr += bytes.toString('utf8')));
  return new Promise((resolve) => {
    child.once('close', (code) => resolve(endedWith(code ?? -1, stdout, stderr)));
  });
}
