import { type Digest, hexOfDigest, LEAF_HASH_SIZE, LEAF_SIZE, TreeHasher } from '#crypto';
import { PortalError } from '../errors.ts';
import { type BodyStore, PART_SIZE } from '../storage/body-store.ts';

/** A body that can be read again and again. */
export interface BodySource {
  root: Digest;
  body_size: number;
  read(): AsyncIterable<Uint8Array>;
}

/** The leaf hashes of a body, read from its first byte to its last; undefined when they give another root or size. */
export async function checkBody(body: BodySource): Promise<Uint8Array | undefined> {
  const hasher = new TreeHasher();
  try {
    for await (const bytes of body.read()) hasher.update(bytes);
  } catch {
    return undefined;
  }
  const tree = hasher.finish();
  return tree.root === body.root && tree.size === body.body_size ? tree.leaves : undefined;
}

/** Puts a checked body into the store, unless it is there already. The store holds it whole under its root, or not at all. */
export async function putBody(store: BodyStore, body: BodySource, leaves: Uint8Array): Promise<void> {
  const root_hex = hexOfDigest(body.root);
  if (leaves.length !== Math.ceil(body.body_size / LEAF_SIZE) * LEAF_HASH_SIZE) throw new PortalError('bad_evidence', 'The leaf hashes are not those of this body.', { reason: 'leaf_count_mismatch' });
  if ((await store.statBody(root_hex)) === body.body_size) return;
  const store_ref = await store.beginUpload(root_hex, body.body_size);
  try {
    const receipts: string[] = [];
    for await (const part of partsOf(body.read())) receipts.push(await store.writePart(store_ref, receipts.length, onePiece(part), part.length));
    await store.completeUpload(store_ref, receipts, leaves);
  } catch (cause) {
    await store.discardUpload(store_ref).catch(() => undefined);
    throw cause;
  }
}

async function* partsOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let part = new Uint8Array(PART_SIZE);
  let filled = 0;
  for await (const bytes of source) {
    for (let offset = 0; offset < bytes.length; ) {
      const piece = bytes.subarray(offset, offset + PART_SIZE - filled);
      part.set(piece, filled);
      filled += piece.length;
      offset += piece.length;
      if (filled < PART_SIZE) continue;
      yield part;
      part = new Uint8Array(PART_SIZE);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

async function* onePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
