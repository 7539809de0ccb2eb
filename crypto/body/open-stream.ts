import { CryptoError } from '../errors.ts';
import type { ByteSink, ByteSource } from './byte-stream.ts';
import {
  chunkCount,
  createChunkOpener,
  NONCE_SIZE,
  payloadKey,
  plaintextSize,
  SEALED_CHUNK_SIZE,
  TAG_SIZE,
} from './chunk-cipher.ts';

/** Takes the bytes of a sealed body in order and gives back plaintext, all of it authentic. */
export interface StreamOpener {
  /** Plaintext of the chunks that these bytes complete, possibly none. Refuses with `chunk_authentication`, `trailing_bytes`. */
  push(bytes: Uint8Array): Uint8Array;
  /** Must be called when the bytes end: refuses with `truncated` unless the last chunk came. Returns the plaintext size. */
  finish(): number;
}

/**
 * An opener for a body of exactly `body_size` bytes under a file key: the size tells which chunk is the last, so the flag in its
 * nonce is checked against what was signed. Refuses impossible sizes with `body_size_impossible`.
 */
export function createStreamOpener(file_key: Uint8Array, body_size: number): StreamOpener {
  const count = chunkCount(body_size);
  const nonce = new Uint8Array(NONCE_SIZE);
  // The unfinished chunk: at most one sealed chunk is carried from one push to the next.
  const carry = new Uint8Array(SEALED_CHUNK_SIZE);
  let carried = 0;
  let received = 0;
  let opened = 0;
  let openChunk: ReturnType<typeof createChunkOpener> | undefined;

  const sealedSizeOf = (chunk: number): number => Math.min(SEALED_CHUNK_SIZE, body_size - NONCE_SIZE - chunk * SEALED_CHUNK_SIZE);

  return {
    push(bytes) {
      let offset = 0;
      if (received + bytes.length > body_size) {
        throw new CryptoError('trailing_bytes', `more than the ${body_size} bytes announced`);
      }
      if (received < NONCE_SIZE) {
        const part = bytes.subarray(0, NONCE_SIZE - received);
        nonce.set(part, received);
        offset = part.length;
      }
      received += bytes.length;
      if (received < NONCE_SIZE) return new Uint8Array(0);
      openChunk ??= createChunkOpener(payloadKey(file_key, nonce));

      const plaintext = new Uint8Array(carried + bytes.length - offset);
      let filled = 0;
      while (opened < count && carried + bytes.length - offset >= sealedSizeOf(opened)) {
        const size = sealedSizeOf(opened);
        const fresh = bytes.subarray(offset, offset + size - carried);
        const { pieces, tag } = cutTag(carry.subarray(0, carried), fresh);
        openChunk(pieces, tag, opened === count - 1, plaintext, filled);
        filled += size - TAG_SIZE;
        offset += fresh.length;
        carried = 0;
        opened += 1;
      }
      carry.set(bytes.subarray(offset), carried);
      carried += bytes.length - offset;
      return plaintext.subarray(0, filled);
    },
    finish() {
      if (opened < count) throw new CryptoError('truncated', `the bytes end after ${opened} of ${count} chunks`);
      return plaintextSize(body_size);
    },
  };
}

/** Opens a whole body without a tree: for small sealed texts; refuses like `createStreamOpener`. */
export async function openStream(
  o: { file_key: Uint8Array; body_size: number },
  source: ByteSource,
  sink: ByteSink,
): Promise<{ size: number }> {
  const opener = createStreamOpener(o.file_key, o.body_size);
  for await (const bytes of source) {
    const plaintext = opener.push(bytes);
    if (plaintext.length > 0) await sink(plaintext);
  }
  return { size: opener.finish() };
}

// A chunk is the carried bytes and then the fresh ones; its tag is the last 16 bytes and may lie across both.
function cutTag(carried: Uint8Array, fresh: Uint8Array): { pieces: readonly Uint8Array[]; tag: Uint8Array } {
  if (fresh.length >= TAG_SIZE) {
    const end = fresh.length - TAG_SIZE;
    const text = fresh.subarray(0, end);
    return { pieces: carried.length > 0 ? [carried, text] : [text], tag: fresh.subarray(end) };
  }
  const tag = new Uint8Array(TAG_SIZE);
  const start = carried.length - (TAG_SIZE - fresh.length);
  tag.set(carried.subarray(start));
  tag.set(fresh, TAG_SIZE - fresh.length);
  return { pieces: [carried.subarray(0, start)], tag };
}
