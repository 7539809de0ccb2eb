import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CryptoError, type CryptoErrorCode } from '../errors.ts';
import type { HashTask, OpenTask } from './open-units.ts';
import type { SealTask } from './seal-units.ts';
import { createUnitMemory, shareUnits } from './shared-units.ts';

/** A work that threads share unit by unit. */
export type UnitTask = SealTask | OpenTask | HashTask;

/** What a thread tells of its work. */
export type UnitMessage =
  | { readonly done: number }
  | { readonly refused: CryptoErrorCode; readonly detail: string }
  | { readonly failed: string; readonly code: string | undefined; readonly syscall: string | undefined };

/** Told the bytes done so far, out of order as units end; what it throws ends the work. */
export type UnitProgress = (done: number) => void;

/** Below this many bytes starting threads takes longer than they gain. */
export const THREADS_WORTH_BYTES = 16 * 1024 * 1024;

/** More threads than this gain nothing on one file and cost memory. */
const THREADS_MAX = 4;

/**
 * Does a work on threads of its own, one per processor and at most one per unit, and returns when all of them have ended, so that no
 * file is touched afterwards. Throws the first refusal or failure, of a thread or of `progress`; the others then stop.
 */
export async function runUnits(task: UnitTask, units: number, progress: UnitProgress = () => undefined): Promise<void> {
  const memory = createUnitMemory(units);
  const shared = shareUnits(memory);
  let done = 0;
  let failure: { readonly cause: unknown } | undefined;
  const fail = (cause: unknown): void => {
    failure ??= { cause };
    shared.giveUp();
  };
  const hear = (message: UnitMessage): void => {
    if ('refused' in message) fail(new CryptoError(message.refused, message.detail));
    else if ('failed' in message) fail(systemError(message));
    else if (failure === undefined) {
      done += message.done;
      try {
        progress(done);
      } catch (cause) {
        fail(cause);
      }
    }
  };
  const threads = Math.min(units, THREADS_MAX, availableParallelism());
  await Promise.all(Array.from({ length: threads }, () => runThread({ task, memory }, hear, fail)));
  if (failure !== undefined) throw failure.cause;
}

function runThread(data: object, hear: (message: UnitMessage) => void, fail: (cause: unknown) => void): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./unit-worker.js', import.meta.url), {
      workerData: data,
      // The work makes next to no objects; the default would let each thread fill tens of MiB before it collects them.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    worker.on('message', hear);
    worker.on('error', fail);
    worker.on('exit', (code) => {
      if (code !== 0) fail(new Error(`a thread ended with ${code}`));
      resolve();
    });
  });
}

// Errors lose their own fields on the way from a thread.
function systemError({ failed, code, syscall }: { failed: string; code: string | undefined; syscall: string | undefined }): Error {
  return Object.assign(new Error(failed), code === undefined ? {} : { code }, syscall === undefined ? {} : { syscall });
}
