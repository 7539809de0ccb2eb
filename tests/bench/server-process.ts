import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Ticks of a second in /proc; Linux shows programs nothing else (USER_HZ). */
const TICKS = 100;

/** A server in a process of its own: what it said first, and how to end it. */
export interface ServerProcess<T> {
  said: T;
  pid: number;
  end(): Promise<void>;
}

/** Starts a program of this folder, which says one line of JSON when it serves and ends with its standard input. */
export async function startServer<T>(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<ServerProcess<T>> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url)), ...args], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const gone = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    return { said: JSON.parse(line) as T, pid: pidOf(child), end: async () => { child.stdin.end(); await gone; } };
  }
  throw new Error(`${program} ended before it served`);
}

/** Seconds of processor that a process has spent so far, in user and system mode. */
export async function cpuSeconds(pid: number): Promise<number> {
  // The name, in parentheses, may hold anything.
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** The number of a process that was started. */
export function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the process did not start');
  return child.pid;
}
