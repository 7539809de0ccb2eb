import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { text as readStream } from 'node:stream/consumers';
import { readError } from '../resources/file-error.ts';

/** Whether somebody sits at the keyboard who can be asked. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks a question on the terminal; undefined when nobody can be asked. The question goes to standard error, so results stay clean. */
export async function askPerson(question: string): Promise<string | undefined> {
  if (!canAsk()) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}

/** A short text from a file, or from standard input when the path is `-`; refuses with `file_unreadable`. */
export async function readShortText(path: string): Promise<string> {
  if (path === '-') return (await readStream(process.stdin)).trim();
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw readError(cause, path);
  }
}
