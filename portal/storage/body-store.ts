/** Where a part of an upload went: opaque text the store gives and takes back at completion. */
export type PartReceipt = string;

/**
 * The store of bodies. It is not trusted: everything read from it is checked against a signed root by whoever opens it.
 * Bodies are named by the hex of their tree root, never by text of a user. Uploads are private until `completeUpload`.
 */
export interface BodyStore {
  /** Opens an upload for a body; gives an opaque reference to be kept with the upload. Idempotence is the caller's. */
  beginUpload(root_hex: string, body_size: number): Promise<string>;
  /** Writes part `part` (0-based, every part but the last of `PART_SIZE` bytes). Durable when it resolves; the last write of a part wins. */
  writePart(store_ref: string, part: number, source: AsyncIterable<Uint8Array>, size: number): Promise<PartReceipt>;
  /**
   * Makes the body visible under its root, whole or not at all; the leaf hashes beside it. Idempotent. A body that is visible stays as
   * it is, whoever still writes a part of the upload, unless it is found damaged: then the uploaded one takes its place.
   */
  completeUpload(store_ref: string, receipts: readonly PartReceipt[], leaves: Uint8Array): Promise<void>;
  /** Forgets an unfinished upload and its bytes. Idempotent. */
  discardUpload(store_ref: string): Promise<void>;
  /** Size in bytes of a stored body, or undefined. */
  statBody(root_hex: string): Promise<number | undefined>;
  /** Bytes [start, end) of a body. Throws PortalError `not_found` when absent, `unavailable` when the store is away. */
  readBody(root_hex: string, start: number, end: number): Promise<AsyncIterable<Uint8Array>>;
  /** The leaf hashes of a body, re-checked against the root. */
  readLeaves(root_hex: string): Promise<Uint8Array>;
  deleteBody(root_hex: string): Promise<void>;
  /** Resolves when the store answers; throws `unavailable` otherwise. */
  ping(): Promise<void>;
}

/** Bytes of every part of an upload but the last. A multiple of the leaf size, so that each part is whole leaves. */
export const PART_SIZE = 16 * 1024 * 1024;
