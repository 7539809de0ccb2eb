import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const distFolder = fileURLToPath(new URL('../../', import.meta.url));

/** The compiled entry of each command name. */
const ENTRY = {
  sceau: 'portal/client/cli.js',
  'sceau-portal': 'portal/main.js',
  'sceau-node': 'producer-node/main.js',
} as const;

export type CommandName = keyof typeof ENTRY;

/** Debian's own program that has the kernel end a process when its parent has died, however it died. */
const SETPRIV = '/usr/bin/setpriv';

/** Program and arguments that run a command which does not outlive this process, not even by `kill -9`: no port stays taken. */
function bound(name: CommandName, args: readonly string[]): [string, string[]] {
  const command = [process.execPath, entryOf(name), ...args];
  return existsSync(SETPRIV) ? [SETPRIV, ['--pdeathsig', 'KILL', ...command]] : [process.execPath, command.slice(1)];
}

/** What a finished command said. */
export interface CommandResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** Absolute path of a command's compiled entry. */
export function entryOf(name: CommandName): string {
  return path.join(distFolder, ENTRY[name]);
}

/** The variables that a child needs to run at all; everything else is given on purpose. */
export function plainEnvironment(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Runs one command to its end; `input` goes to its standard input. Never throws for a non-zero status. */
export function runCommand(name: CommandName, args: readonly string[], options: { env: Record<string, string>; input?: string; timeout_seconds?: number }): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    // Its own process group, as below: what a Ctrl-C interrupts is this process, which knows what to say about it.
    const child = spawn(...bound(name, args), { env: { ...plainEnvironment(), ...options.env }, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const limit = setTimeout(() => child.kill('SIGKILL'), (options.timeout_seconds ?? 120) * 1000);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => err.push(data));
    child.on('error', reject);
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('close', (status) => {
      clearTimeout(limit);
      resolve({ status: status ?? 137, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') });
    });
  });
}

/** Starts a long-running command, its output in a log file. */
export function startCommand(name: CommandName, args: readonly string[], options: { env: Record<string, string>; log_file: string }): ChildProcess {
  const log = createWriteStream(options.log_file, { flags: 'a', mode: 0o600 });
  // Its own process group: Ctrl-C reaches only the supervisor, which stops the others in order.
  const child = spawn(...bound(name, args), { env: { ...plainEnvironment(), ...options.env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.on('close', () => log.end());
  return child;
}

/** Asks a process to end and waits; kills it after `grace_seconds`. */
export function stopChild(child: ChildProcess, grace_seconds = 8): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), grace_seconds * 1000);
    child.once('close', () => {
      clearTimeout(limit);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
