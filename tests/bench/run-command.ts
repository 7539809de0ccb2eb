import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a command took: seconds on the wall, seconds of processor (its children's included), and what it printed. */
export interface Ran {
  seconds: number;
  cpu_seconds: number;
  output: string;
}

/** Runs a command to its end, its own standard output caught, and measures it. Throws when it fails. */
export async function runCommand(command: string, args: readonly string[]): Promise<Ran> {
  const started = performance.now();
  // The shell's `times` is the one way to the processor time of a finished child that is everywhere.
  const child = spawn('sh', ['-c', '"$@" || exit 1; times >&3', 'sh', command, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const [printed, complained, times] = await Promise.all([textOf(child.stdout), textOf(child.stderr), textOf(child.stdio[3]), once(child, 'close')]);
  const seconds = (performance.now() - started) / 1000;
  if (child.exitCode !== 0) throw new Error(`${command} failed: ${complained.trim().split('\n').at(-1) ?? ''}`);
  const spent = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.,]+)s/g)].map(([, minutes, rest]) => Number(minutes) * 60 + Number((rest ?? '').replace(',', '.')));
  return { seconds, cpu_seconds: spent.reduce((sum, one) => sum + one, 0), output: printed };
}

/** Whether a program of that name can be run here. */
export async function hasProgram(name: string): Promise<boolean> {
  const child = spawn('sh', ['-c', 'command -v "$1"', 'sh', name], { stdio: 'ignore' });
  await once(child, 'close');
  return child.exitCode === 0;
}

async function textOf(stream: unknown): Promise<string> {
  let text = '';
  for await (const piece of stream as AsyncIterable<Buffer>) text += piece.toString('utf8');
  return text;
}
