import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync } from 'node:crypto';
import { utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';

/** Plaintext bytes of every chunk but the last, which has 1 to 65 536 (0 in an empty file only). */
export const CHUNK_SIZE = 65_536;
/** Bytes of Poly1305 tag after every chunk. */
export const TAG_SIZE = 16;
/** Bytes of random nonce at the start of a sealed body. */
export const NONCE_SIZE = 16;
/** Bytes of a whole sealed chunk. */
export const SEALED_CHUNK_SIZE = CHUNK_SIZE + TAG_SIZE;

const ALGORITHM = 'chacha20-poly1305';
const OPTIONS = { authTagLength: TAG_SIZE };

/** How many chunks a sealed body of `body_size` bytes has; refuses sizes that no sealed body has with `body_size_impossible`. */
export function chunkCount(body_size: number): number {
  const payload = body_size - NONCE_SIZE;
  if (!Number.isSafeInteger(body_size) || payload < TAG_SIZE) {
    throw new CryptoError('body_size_impossible', `no sealed body has ${body_size} bytes`);
  }
  const chunks = Math.ceil(payload / SEALED_CHUNK_SIZE);
  const last = payload - (chunks - 1) * SEALED_CHUNK_SIZE;
  if (last < TAG_SIZE || (last === TAG_SIZE && chunks > 1)) {
    throw new CryptoError('body_size_impossible', `no sealed body has ${body_size} bytes`);
  }
  return chunks;
}

/** The plaintext bytes of a sealed body of `body_size` bytes; refuses like `chunkCount`. */
export function plaintextSize(body_size: number): number {
  return body_size - NONCE_SIZE - chunkCount(body_size) * TAG_SIZE;
}

/** The sealed bytes of a plaintext of `size` bytes: 16 of nonce, and 16 of tag for each of its chunks. */
export function sealedSize(size: number): number {
  return NONCE_SIZE + size + Math.max(1, Math.ceil(size / CHUNK_SIZE)) * TAG_SIZE;
}

/** The key of one body's chunks: HKDF-SHA-256 (RFC 5869) of the 16-byte file key, salted with the body's 16-byte nonce. */
export function payloadKey(file_key: Uint8Array, nonce: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', file_key, nonce, utf8('payload'), 32));
}

/** Seals the next chunk into `pieces` (ciphertext, then tag); each counter value is used once, nothing follows the last chunk. */
export type ChunkSealer = (plaintext: Uint8Array, last: boolean) => readonly Uint8Array[];

/** A sealer of the chunks of one body, in order from counter 0. A key must be given to one sealer only, once. */
export function createChunkSealer(key: Uint8Array): ChunkSealer {
  const secret = createSecretKey(key);
  const nextNonce = createCounter();
  return (plaintext, last) => {
    const cipher = createCipheriv(ALGORITHM, secret, nextNonce(last), OPTIONS);
    const ciphertext = cipher.update(plaintext);
    cipher.final();
    return [ciphertext, cipher.getAuthTag()];
  };
}

/** Opens the next chunk, given in pieces, and puts its plaintext into `into` from `offset`; nothing there counts if it throws. */
export type ChunkOpener = (
  pieces: readonly Uint8Array[],
  tag: Uint8Array,
  last: boolean,
  into: Uint8Array,
  offset: number,
) => void;

/** An opener of the chunks of one body, in order from counter 0; a chunk that is not authentic is refused with `chunk_authentication`. */
export function createChunkOpener(key: Uint8Array): ChunkOpener {
  const secret = createSecretKey(key);
  const nextNonce = createCounter();
  return (pieces, tag, last, into, offset) => {
    const decipher = createDecipheriv(ALGORITHM, secret, nextNonce(last), OPTIONS);
    decipher.setAuthTag(tag);
    let at = offset;
    for (const piece of pieces) {
      const plaintext = decipher.update(piece);
      into.set(plaintext, at);
      at += plaintext.length;
    }
    try {
      decipher.final();
    } catch (cause) {
      // What was written is not authentic: leave none of it in the caller's memory.
      into.fill(0, offset, at);
      throw new CryptoError('chunk_authentication', 'a chunk is altered, misplaced or sealed under another key', cause);
    }
  };
}

// STREAM's nonce: 11 bytes of big-endian counter and one byte that marks the last chunk. Never the same one twice.
function createCounter(): (last: boolean) => Uint8Array {
  let next = 0;
  let ended = false;
  return (last) => {
    if (ended || !Number.isSafeInteger(next)) throw new CryptoError('counter_exhausted', 'a chunk after the last one');
    const nonce = Buffer.alloc(12);
    nonce.writeUIntBE(Math.floor(next / 2 ** 32), 1, 6);
    nonce.writeUInt32BE(next % 2 ** 32, 7);
    nonce[11] = last ? 1 : 0;
    next += 1;
    ended = last;
    return nonce;
  };
}
