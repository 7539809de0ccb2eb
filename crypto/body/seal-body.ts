import { sealHeader } from '../age/header.ts';
import { randomBytes } from '../bytes.ts';
import { type Digest, digestOf } from '../digest.ts';
import { type BodyTree, LEAF_SIZE, TreeHasher } from './body-tree.ts';
import type { ByteSink, ByteSource } from './byte-stream.ts';
import { CHUNK_SIZE, createChunkSealer, NONCE_SIZE, payloadKey, SEALED_CHUNK_SIZE } from './chunk-cipher.ts';
import { createOverlappedSink, type OverlappedSink } from './overlapped-sink.ts';

/** What sealing a file gives: the header to keep under a grant, and what the manifest says of header and body. */
export interface SealedBody {
  readonly header: Uint8Array;
  readonly header_sha256: Digest;
  readonly header_size: number;
  readonly body_size: number;
  /** Plaintext bytes, counted as they passed: for the producer's own records, never for the manifest. */
  readonly size: number;
  readonly root: Digest;
  readonly leaves: Uint8Array;
}

/**
 * Seals a file for one content key's recipient; the sink gets the body in whole leaves of 1 MiB. Every call uses a fresh file key
 * and a fresh nonce, so a sealing that fails is thrown away with what it wrote, never continued.
 * Refuses with `malformed_recipient`; passes on errors of source and sink.
 */
export async function sealBody(source: ByteSource, recipient: string, sink: ByteSink): Promise<SealedBody> {
  const { header, file_key } = await sealHeader([recipient]);
  const nonce = randomBytes(NONCE_SIZE);
  const sealer = createChunkSealer(payloadKey(file_key, nonce));
  file_key.fill(0);
  const overlapped = createOverlappedSink(sink);
  const output = createLeafWriter(overlapped);
  output.put(nonce);
  const sealed = new Uint8Array(SEALED_CHUNK_SIZE);
  const sealChunk = (plaintext: Uint8Array, last: boolean): Uint8Array => sealed.subarray(0, sealer(plaintext, last, sealed, 0));

  // Only the end of the source tells that a chunk was the last, so a full chunk waits here until one more byte has come.
  const held = new Uint8Array(CHUNK_SIZE);
  let holding = 0;
  let size = 0;
  try {
    for await (const bytes of source) {
      let offset = 0;
      while (offset < bytes.length) {
        if (holding === 0 && bytes.length - offset > CHUNK_SIZE) {
          output.put(sealChunk(bytes.subarray(offset, offset + CHUNK_SIZE), false));
          offset += CHUNK_SIZE;
        } else if (holding === CHUNK_SIZE) {
          output.put(sealChunk(held, false));
          holding = 0;
        } else {
          const part = bytes.subarray(offset, offset + CHUNK_SIZE - holding);
          held.set(part, holding);
          holding += part.length;
          offset += part.length;
        }
        if (output.ready()) await output.drain();
      }
      size += bytes.length;
    }
    output.put(sealChunk(held.subarray(0, holding), true));
    const tree = await output.finish();
    return {
      header,
      header_sha256: digestOf(header),
      header_size: header.length,
      body_size: tree.size,
      size,
      root: tree.root,
      leaves: tree.leaves,
    };
  } finally {
    held.fill(0);
    // Also after a failure, the caller must not find its sink still at work; a failure of the sink itself was thrown above.
    await overlapped.settle().catch(() => undefined);
  }
}

interface LeafWriter {
  /** Takes the next sealed bytes, at most a leaf of them, and copies them. */
  put(piece: Uint8Array): void;
  /** Whether a whole leaf waits for the sink. */
  ready(): boolean;
  drain(): Promise<void>;
  finish(): Promise<BodyTree>;
}

// Hashes sealed bytes and gathers them into whole leaves, so that the sink is called once per MiB.
function createLeafWriter(sink: OverlappedSink): LeafWriter {
  const tree = new TreeHasher();
  const full: Uint8Array[] = [];
  let leaf = new Uint8Array(LEAF_SIZE);
  let filled = 0;

  const drain = async (): Promise<void> => {
    for (let next = full.shift(); next !== undefined; next = full.shift()) await sink.send(next);
  };

  return {
    put(piece) {
      tree.update(piece);
      const part = piece.subarray(0, LEAF_SIZE - filled);
      leaf.set(part, filled);
      filled += part.length;
      if (filled === LEAF_SIZE) {
        full.push(leaf);
        leaf = new Uint8Array(LEAF_SIZE);
        leaf.set(piece.subarray(part.length));
        filled = piece.length - part.length;
      }
    },
    ready: () => full.length > 0,
    drain,
    async finish() {
      if (filled > 0) full.push(leaf.subarray(0, filled));
      await drain();
      await sink.settle();
      return tree.finish();
    },
  };
}
