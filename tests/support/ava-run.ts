import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseTapLine, TapTally } from './tap.ts';
import type { TestCounts } from './tap.ts';

/** Outcome of one AVA run. `reasons` says in words why a run without a failed test failed all the same. */
export interface AvaOutcome {
  counts: TestCounts;
  failed_titles: string[];
  skipped_titles: string[];
  reasons: string[];
}

/**
 * Runs AVA on compiled test files and counts from its own report; `print` receives readable lines as they come.
 * A run longer than `timeout_seconds` is killed and counts as failed; `signal` stops it the same way.
 */
export async function runAva(o: {
  cwd: string;
  files: readonly string[];
  ava_options?: readonly string[];
  env?: Record<string, string>;
  timeout_seconds: number;
  signal?: AbortSignal;
  print: (line: string) => void;
}): Promise<AvaOutcome> {
  const ava = join(dirname(fileURLToPath(import.meta.resolve('ava'))), 'cli.js');
  const preload = `--node-arguments=--import=${new URL('./short-stacks.js', import.meta.url).href}`;
  const child = spawn(process.execPath, [ava, '--tap', preload, ...(o.ava_options ?? []), ...o.files], {
    cwd: o.cwd,
    env: { ...process.env, ...o.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const reasons: string[] = [];
  const kill = (reason: string): void => {
    reasons.push(reason);
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 5000).unref();
  };
  const timer = setTimeout(() => kill(`the run was stopped after ${o.timeout_seconds} s`), o.timeout_seconds * 1000);
  const abort = (): void => kill('the run was interrupted');
  o.signal?.addEventListener('abort', abort, { once: true });

  const tally = new TapTally();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = parseTapLine(line);
    tally.add(event);
    const shown = readable(event);
    if (shown !== undefined) o.print(shown);
  });
  createInterface({ input: child.stderr }).on('line', (line) => o.print(`  | ${line}`));

  const exit_code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    // `close` comes after the last line of both streams.
    child.once('close', resolve);
  });
  clearTimeout(timer);
  o.signal?.removeEventListener('abort', abort);

  const counts = tally.counts(exit_code);
  if (counts.failed > tally.failed_titles.length) {
    reasons.push(`${counts.failed - tally.failed_titles.length} more failed outside a reported test (AVA ended with ${exit_code ?? 'a signal'})`);
  }
  if (counts.passed === 0) reasons.push('no test passed');
  return { counts, failed_titles: tally.failed_titles, skipped_titles: tally.skipped_titles, reasons };
}

function readable(event: ReturnType<typeof parseTapLine>): string | undefined {
  switch (event.kind) {
    case 'passed':
      return `  ✔ ${event.title}`;
    case 'failed':
      return `  ✘ ${event.title}`;
    case 'skipped':
    case 'todo':
      return `  - ${event.title} (skipped)`;
    case 'text':
      return event.line.trim() === '' || event.line === 'TAP version 13' ? undefined : `    ${event.line}`;
    default:
      return undefined;
  }
}
