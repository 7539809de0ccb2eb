import {
  type ByteSource,
  CHUNK_SIZE,
  collect,
  type ContentKey,
  generateContentKey,
  openBody,
  sealBody,
  type SealedBody,
  TreeHasher,
} from '#crypto';

/** The dataset of these content keys. */
export const dataset = '5f0c3a52-7a0e-4c0e-9b1e-0d9a54c1a002';
/** Bytes of a whole sealed chunk. */
export const SEALED_CHUNK = CHUNK_SIZE + 16;
/** The content key that `seal` seals to. */
export const key = await generateContentKey(dataset, 1);
/** Another content key of the same dataset. */
export const other = await generateContentKey(dataset, 2);

/** Bytes as a source of pieces of `size` bytes. */
export async function* inPieces(bytes: Uint8Array, size: number): ByteSource {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

/** Seals in memory, taking the plaintext in pieces of `piece` bytes. */
export async function seal(
  plaintext: Uint8Array,
  piece = plaintext.length + 1,
  recipient = key.recipient,
): Promise<{ sealed: SealedBody; body: Uint8Array }> {
  const output = collect();
  const sealed = await sealBody(inPieces(plaintext, piece), recipient, output.sink);
  return { sealed, body: output.bytes() };
}

/** A body to open, honest unless told. */
export interface Opening {
  sealed: SealedBody;
  body: Uint8Array;
  content_key?: ContentKey;
  recipient?: string;
  piece?: number;
}

/** Opens in memory, taking the body in pieces of `piece` bytes. */
export async function open({
  sealed,
  body,
  content_key = key,
  recipient = key.recipient,
  piece = body.length + 1,
}: Opening): Promise<Uint8Array> {
  const output = collect();
  await openBody({ ...sealed, recipient, content_key }, inPieces(body, piece), output.sink);
  return output.bytes();
}

/** The same sealing with another body under it, tree and all: what a producer, or somebody who signs as one, could publish. */
export function resealed(sealed: SealedBody, body: Uint8Array): Opening {
  const tree = new TreeHasher();
  tree.update(body);
  const { root, leaves } = tree.finish();
  return { sealed: { ...sealed, root, leaves, body_size: body.length }, body };
}

/** The bytes of our own vectors: byte i is i mod 251. */
export function patternOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => index % 251);
}
