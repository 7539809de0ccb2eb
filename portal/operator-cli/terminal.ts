import { createInterface } from 'node:readline/promises';
import type Koa from 'koa';
import { type Environment, processEnvironment } from '../config.ts';
import type { RequestState } from '../http/request-context.ts';
import type { Portal } from '../portal.ts';
import { en } from './words/en.ts';
import { fr } from './words/fr.ts';
import type { OperatorWords } from './words/words.ts';

/** Where a command reads and writes: the process's own, or a test's. */
export interface Terminal {
  env: Environment;
  /** For results. */
  out(text: string): void;
  /** For everything else. */
  err(text: string): void;
  /** Asks a person; undefined where nobody sits there. */
  ask?(question: string): Promise<string>;
  /** Aborts when the process is asked to end. */
  signal: AbortSignal;
}

/** What a command works with: its words, how its answer is wanted, and the application that `serve` runs. */
export interface Session {
  terminal: Terminal;
  createApp: (portal: Portal) => Koa<RequestState>;
  lang: 'fr' | 'en';
  words: OperatorWords;
  json: boolean;
}

/** The result of a command: one JSON object, the same for people, and the exit code when it is not 0. */
export interface Outcome {
  json: Record<string, unknown>;
  lines: readonly string[];
  exit_code?: number;
}

/** The words of a language. */
export function wordsOf(lang: 'fr' | 'en'): OperatorWords {
  return lang === 'en' ? en : fr;
}

/** The terminal of this process. `signal` aborts at SIGINT and SIGTERM; a second one ends the process at once. */
export function processTerminal(): Terminal {
  const stop = new AbortController();
  const end = () => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  };
  // A reader that went away (… | head) is no failure of ours.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  return {
    env: processEnvironment(),
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    signal: stop.signal,
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask: askOnTerminal } : {}),
  };
}

async function askOnTerminal(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
