import type { Writable } from 'node:stream';
import type { FileProgress } from '../datasets/seal-files.ts';
import type { Words } from '../words/en.ts';
import { jsonText, printable } from './printable.ts';

/** A stream that may be a terminal. */
export type Output = Writable & { isTTY?: boolean; columns?: number };

/** What a command says: results on standard output, everything on the way on standard error. */
export interface Screen {
  words: Words;
  json: boolean;
  /** A line of the result, for people; nothing with --json. */
  say(line?: string): void;
  /** A line on the way. */
  note(line: string): void;
  warn(line: string): void;
  /** The whole result, with --json; nothing otherwise. */
  result(value: unknown): void;
  /** Pairs of label and text in two columns, for people. */
  card(pairs: readonly (readonly [string, string])[]): void;
  progress: FileProgress;
  /** Reading a file before anything else is known of it. */
  reading(file: string, done: number, total: number): void;
}

const BAR = 24;
/** Below this size a file is done before anyone has read a line about it. */
const QUIET_BYTES = 4 * 1024 * 1024;

/** A screen on two streams. */
export function createScreen(o: { stdout: Output; stderr: Output; words: Words; json: boolean }): Screen {
  const { stdout, stderr, words, json } = o;
  const bar = progressBar(stderr, words.cli.colon);
  const say = (line = ''): void => {
    if (!json) stdout.write(`${printable(line)}\n`);
  };
  return {
    words,
    json,
    say,
    note: (line) => {
      bar.clear();
      stderr.write(`${printable(line)}\n`);
    },
    warn: (line) => {
      bar.clear();
      stderr.write(`${words.cli.warning}${words.cli.colon}${printable(line)}\n`);
    },
    result: (value) => {
      if (json) stdout.write(`${jsonText(value)}\n`);
    },
    card: (pairs) => {
      const width = Math.max(...pairs.map(([label]) => label.length));
      for (const [label, text] of pairs) say(`  ${label.padEnd(width)}  ${text.replaceAll('\n', `\n  ${' '.repeat(width)}  `)}`);
    },
    progress: (step, file, done, total) => bar.show(printable(words.cli[step]({ file })), done, total),
    reading: (file, done, total) => bar.show(printable(words.cli.reading({ file })), done, total),
  };
}

/** A bar on a terminal; elsewhere one line when a step begins and one at each quarter of it. */
function progressBar(stderr: Output, colon: string): { show: (label: string, done: number, total: number) => void; clear: () => void } {
  let shown = false;
  let last = '';
  let drawn = 0;
  const clear = (): void => {
    if (shown) stderr.write('\r\x1b[2K');
    shown = false;
  };
  return {
    clear,
    show: (label, done, total) => {
      if (total < QUIET_BYTES) return;
      const part = total === 0 ? 1 : done / total;
      if (stderr.isTTY !== true) {
        const line = `${label}${colon}${Math.floor(part * 4) * 25} %`;
        if (line !== last) stderr.write(`${line}\n`);
        last = line;
        return;
      }
      const now = Date.now();
      if (part < 1 && now - drawn < 80) return;
      drawn = now;
      const filled = Math.round(part * BAR);
      const text = `${label}  ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${String(Math.floor(part * 100)).padStart(3)} %`;
      clear();
      stderr.write(text.slice(0, (stderr.columns ?? 80) - 1));
      shown = true;
      if (part >= 1) clear();
    },
  };
}
