import { existsSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test, { type ExecutionContext, type ThrowsExpectation } from 'ava';
import { CryptoError, type CryptoErrorCode } from '#crypto';

const shared = process.env['SCEAU_SHARED'] ?? '../shared';

/**
 * Declares a test that reads published vectors at `path` under the shared folder; without that folder it counts as skipped, and its
 * title says why. Where the folder is there but not this part of it, the test runs and fails: half a set of vectors proves nothing.
 */
export function conformance(path: string, title: string, run: (t: ExecutionContext, file: string) => void | Promise<void>): void {
  const file = join(shared, 'vectors', path);
  if (existsSync(join(shared, 'vectors'))) test(title, (t) => run(t, file));
  else notRun(`${title} (not run: ${file} is absent)`);
}

/** Declares a test that runs stock `age`; without the program it counts as skipped, and its title says why. */
export function withStockAge(title: string, run: (t: ExecutionContext) => void | Promise<void>): void {
  const found = spawnSync('age', ['--version'], { encoding: 'utf8' });
  if (found.status === 0) test(title, run);
  else notRun(`${title} (not run: no age on the PATH)`);
}

function notRun(title: string): void {
  const declare = test.skip;
  declare(title, (t) => t.pass());
}

/** The JSON of a file of vectors, typed by whoever knows the file. */
export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** Expects a refusal with exactly that code. */
export function refusal(code: CryptoErrorCode): ThrowsExpectation<CryptoError> {
  return { instanceOf: CryptoError, code };
}

/** Runs something that must end in a refusal by this folder, and gives its code; any other error is the test's failure. */
export async function codeOf(run: () => unknown): Promise<CryptoErrorCode | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof CryptoError) return error.code;
    throw error;
  }
}

/** A copy with one bit flipped. */
export function flipped(bytes: Uint8Array, at: number, bit = 0): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
}
