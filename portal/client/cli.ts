#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runCommandLine } from './command-line/program.ts';
import { readClientConfig } from './config.ts';
import { wordsOf } from './words/words.ts';

const config = readClientConfig();

const interruption = new AbortController();
const INTERRUPTED = 130;
const GRACE_MS = 2000;

process.on('SIGINT', () => {
  process.stderr.write(`\n${wordsOf(config.language)('error.interrupted')}\n`);
  // A second time means at once; whatever does not notice in time is ended too.
  if (interruption.signal.aborted) process.exit(INTERRUPTED);
  interruption.abort();
  setTimeout(() => process.exit(INTERRUPTED), GRACE_MS).unref();
});
// `sceau search | head` closes the pipe early, which is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), config, { version: programVersion(), signal: interruption.signal });

function programVersion(): string {
  const value: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string' ? value.version : '0';
}
