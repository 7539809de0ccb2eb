import { concatBytes } from '../bytes.ts';

/** Bytes in pieces of any size, in order. A piece may be reused by its maker once the next one is asked for. */
export type ByteSource = AsyncIterable<Uint8Array>;

/** Takes pieces in order; the next one comes when the promise resolves. The pieces belong to the sink, which may keep them. */
export type ByteSink = (bytes: Uint8Array) => Promise<void> | void;

/** A source of one piece. */
export async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A sink that keeps everything in memory: for small bodies and tests. */
export function collect(): { readonly sink: ByteSink; readonly bytes: () => Uint8Array } {
  const pieces: Uint8Array[] = [];
  return {
    sink: (bytes) => {
      pieces.push(bytes);
    },
    bytes: () => concatBytes(...pieces),
  };
}
