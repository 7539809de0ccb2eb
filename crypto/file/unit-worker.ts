import { parentPort, workerData } from 'node:worker_threads';
import { CryptoError } from '../errors.ts';
import { hashUnits, openUnits } from './open-units.ts';
import type { UnitMemory } from './shared-units.ts';
import { Abandoned, shareUnits } from './shared-units.ts';
import { sealUnits } from './seal-units.ts';
import type { UnitMessage, UnitTask } from './run-units.ts';

/** The program of one thread: does units of the work it was started with until none is left, and tells how it goes. */
const { task, memory } = workerData as { task: UnitTask; memory: UnitMemory };
const tell = (message: UnitMessage): void => parentPort?.postMessage(message);
const units = shareUnits(memory);
const done = (bytes: number): void => tell({ done: bytes });
try {
  if (task.kind === 'seal') sealUnits(task, units, done);
  else if (task.kind === 'open') openUnits(task, units, done);
  else hashUnits(task, units, done);
} catch (cause) {
  if (!(cause instanceof Abandoned)) {
    units.giveUp();
    if (cause instanceof CryptoError) tell({ refused: cause.code, detail: cause.detail });
    else tell({ failed: cause instanceof Error ? cause.message : String(cause), code: textOf(cause, 'code'), syscall: textOf(cause, 'syscall') });
  }
}

function textOf(cause: unknown, field: 'code' | 'syscall'): string | undefined {
  const value: unknown = cause instanceof Error ? Reflect.get(cause, field) : undefined;
  return typeof value === 'string' ? value : undefined;
}
