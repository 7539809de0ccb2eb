import type { ByteSink } from './byte-stream.ts';

/** A sink that works on one piece while the next one is being made; never on two at a time. */
export interface OverlappedSink {
  /** Hands over a piece once the piece before is done with; fails if that one failed. */
  send(bytes: Uint8Array): Promise<void>;
  /** Waits for the last piece; must be called before telling anyone that the work ended, well or badly. */
  settle(): Promise<void>;
}

/** Lets a slow sink (a disk, a network) run beside the cipher, at the price of one more piece in memory. */
export function createOverlappedSink(sink: ByteSink): OverlappedSink {
  let pending: Promise<void> | undefined;
  return {
    async send(bytes) {
      await pending;
      pending = Promise.resolve(sink(bytes));
      // Whoever awaits it next hears of a failure; until then it must not count as unhandled.
      pending.catch(() => undefined);
    },
    async settle() {
      await pending;
    },
  };
}
