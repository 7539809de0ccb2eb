import type { Logger } from 'pino';

/**
 * Does `work` every `seconds` until `signal` aborts, the first time at once; an error is logged and the next turn comes all the same.
 * Resolves when the turn under way has ended.
 */
export async function runPeriodically(o: { name: string; seconds: number; logger: Logger; signal: AbortSignal }, work: () => Promise<unknown>): Promise<void> {
  while (!o.signal.aborted) {
    try {
      await work();
    } catch (err) {
      o.logger.error({ err, job: o.name }, 'a periodic job failed');
    }
    await waitOrAbort(o.seconds * 1000, o.signal);
  }
}

/** Resolves after `ms` milliseconds, or at once when `signal` aborts. */
export function waitOrAbort(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
