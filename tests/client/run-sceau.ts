import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../portal/client/cli.js', import.meta.url));

/** What a run of `sceau` gave. */
export interface Ran {
  status: number;
  stdout: string;
  stderr: string;
  /** Standard output as JSON; undefined when it is none. */
  json: unknown;
}

/** How `sceau` is run; `preload` is a module loaded first, to bend the clock. */
export interface RunOptions {
  env?: Record<string, string>;
  input?: string;
  cwd?: string;
  preload?: string;
  /** A shell line before the command, such as a limit. */
  shell?: string;
  signal?: AbortSignal;
}

/** Runs the command line as people do, in an environment of nothing else. */
export function runSceau(args: readonly string[], o: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', LC_ALL: 'en_GB.UTF-8', ...o.env };
    const command = [...(o.preload === undefined ? [] : ['--import', o.preload]), CLI, ...args];
    const options = { env, stdio: 'pipe', ...(o.cwd === undefined ? {} : { cwd: o.cwd }) } as const;
    const child = o.shell === undefined ? spawn(process.execPath, command, options) : spawn('sh', ['-c', `${o.shell}; exec "$0" "$@"`, process.execPath, ...command], options);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
    o.signal?.addEventListener('abort', () => child.kill('SIGKILL'));
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => err.push(data));
    child.on('error', reject);
    child.stdin.on('error', () => undefined);
    child.stdin.end(o.input ?? '');
    child.on('close', (status) => {
      clearTimeout(limit);
      const stdout = Buffer.concat(out).toString('utf8');
      resolve({ status: status ?? 137, stdout, stderr: Buffer.concat(err).toString('utf8'), json: parsed(stdout) });
    });
  });
}

/** What stands at a place of the JSON answer; undefined when nothing does. */
export function at(ran: Ran, ...path: (string | number)[]): unknown {
  let value = ran.json;
  for (const step of path) value = typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
  return value;
}

/** A text at a place of the JSON answer. */
export function textAt(ran: Ran, ...path: (string | number)[]): string {
  return String(at(ran, ...path));
}

/** A temporary folder that the test's end removes. */
export async function temporaryFolder(t: { teardown(fn: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-cli-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
