import { randomBytes } from 'node:crypto';
import { Client, S3Error } from 'minio';
import { PortalError } from '../errors.ts';
import { type BodyStore, PART_SIZE } from './body-store.ts';
import { checkedLeaves } from './checked-leaves.ts';
import { assertRootHex } from './root-hex.ts';

/** Where an S3 store lies and who we are there. `endpoint` is an http or https URL without a path. */
export interface S3Place {
  endpoint: string;
  region: string;
  bucket: string;
  access_key: string;
  secret_key: string;
}

const STORE_REF = /^([0-9a-f]{64})\.(\d{1,15})\.([0-9a-f]{32})$/;
const GONE = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload']);
const COPIES_AT_ONCE = 4;

/**
 * A store of bodies in a bucket of any S3 server (plain S3: multipart upload, copies of parts, ranged reads): `o/<root>/body` and
 * `o/<root>/leaves`, and `u/<random>/<part>` while a body is on its way. Completion writes the leaves first and then puts the parts
 * together in a multipart upload of its own, copied by the server; parts are told apart by the server's ETag, so of two writers of
 * one part the one whose receipt was kept counts. At most 10 000 parts.
 */
export function createS3Store(place: S3Place): BodyStore {
  const url = new URL(place.endpoint);
  const secure = url.protocol === 'https:';
  const client = new Client({
    endPoint: url.hostname,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    useSSL: secure,
    region: place.region,
    pathStyle: true,
    accessKey: place.access_key,
    secretKey: place.secret_key,
  });
  const { bucket } = place;
  const bodyKey = (root_hex: string): string => `o/${root_hex}/body`;
  const leavesKey = (root_hex: string): string => `o/${root_hex}/leaves`;
  const folderKey = (private_name: string): string => `u/${private_name}/`;
  const partKey = (private_name: string, part: number): string => `${folderKey(private_name)}part-${part}`;
  const openKey = (private_name: string): string => `${folderKey(private_name)}open`;

  async function sizeOf(key: string): Promise<number | undefined> {
    try {
      return (await client.statObject(bucket, key)).size;
    } catch (error) {
      if (isGone(error)) return undefined;
      throw s3Error(error);
    }
  }

  // In an upload that nobody else knows: some servers (Swift) let parts of one that was completed be written again, under the body.
  async function assemble(root_hex: string, private_name: string, receipts: readonly string[]): Promise<void> {
    const uploadID = await client.initiateNewMultipartUpload(bucket, bodyKey(root_hex), { 'content-type': 'application/octet-stream' });
    try {
      const parts: { part: number; etag: string }[] = [];
      for (let first = 0; first < receipts.length; first += COPIES_AT_ONCE) {
        const copies = receipts.slice(first, first + COPIES_AT_ONCE).map(async (receipt, index) => {
          const part = first + index;
          const headers = { 'x-amz-copy-source': `/${bucket}/${partKey(private_name, part)}`, 'x-amz-copy-source-if-match': receipt };
          const { etag } = await client.uploadPart({ bucketName: bucket, objectName: bodyKey(root_hex), uploadID: encodeURIComponent(uploadID), partNumber: part + 1, headers });
          return { part: part + 1, etag };
        });
        parts.push(...(await Promise.all(copies)));
      }
      await client.completeMultipartUpload(bucket, bodyKey(root_hex), uploadID, parts);
    } catch (error) {
      await client.abortMultipartUpload(bucket, bodyKey(root_hex), encodeURIComponent(uploadID)).catch(() => undefined);
      throw error;
    }
  }

  async function removeFolder(private_name: string): Promise<void> {
    const keys: string[] = [];
    for await (const entry of client.listObjectsV2(bucket, folderKey(private_name), true)) {
      if (typeof entry === 'object' && entry !== null && 'name' in entry && typeof entry.name === 'string') keys.push(entry.name);
    }
    const marker = openKey(private_name);
    // The marker last: an interruption leaves an upload that can still be completed or discarded.
    const parts = keys.filter((key) => key !== marker);
    if (parts.length > 0) await client.removeObjects(bucket, parts);
    if (keys.includes(marker)) await client.removeObject(bucket, marker);
  }

  return {
    async beginUpload(root_hex, body_size) {
      assertRootHex(root_hex);
      const private_name = randomBytes(16).toString('hex');
      await onStore(() => client.putObject(bucket, openKey(private_name), Buffer.alloc(0), 0));
      return `${root_hex}.${body_size}.${private_name}`;
    },

    async writePart(store_ref, part, source, size) {
      const { body_size, private_name } = readRef(store_ref);
      if (!Number.isSafeInteger(part) || part < 0 || size > PART_SIZE || part * PART_SIZE + size > body_size) {
        throw new PortalError('bad_request', 'This part does not lie inside the body that was announced.', { reason: 'part_out_of_range' });
      }
      const bytes = Buffer.allocUnsafe(size);
      let filled = 0;
      for await (const piece of source) {
        if (filled + piece.length > size) throw new PortalError('bad_request', 'More bytes came than this part has.', { reason: 'part_too_long' });
        bytes.set(piece, filled);
        filled += piece.length;
      }
      if (filled !== size) throw new PortalError('bad_request', 'Fewer bytes came than this part has.', { reason: 'part_too_short' });
      if ((await sizeOf(openKey(private_name))) === undefined) throw uploadGone(undefined);
      const { etag } = await onStore(() => client.putObject(bucket, partKey(private_name, part), bytes, size));
      return etag;
    },

    async completeUpload(store_ref, receipts, leaves) {
      const { root_hex, body_size, private_name } = readRef(store_ref);
      checkedLeaves(root_hex, leaves);
      const there = async (): Promise<boolean> => (await sizeOf(bodyKey(root_hex))) === body_size;
      if ((await sizeOf(openKey(private_name))) === undefined) {
        // A repetition after success.
        if (await there()) return;
        throw uploadGone(undefined);
      }
      await onStore(() => client.putObject(bucket, leavesKey(root_hex), Buffer.from(leaves), leaves.length));
      try {
        // A multipart upload has at least one part: an empty body is put whole.
        if (body_size === 0) await client.putObject(bucket, bodyKey(root_hex), Buffer.alloc(0), 0);
        else await assemble(root_hex, private_name, receipts);
      } catch (error) {
        if (!isGone(error) && !isOther(error)) throw s3Error(error);
        // A part is gone: of a completion that was interrupted while it cleaned up behind itself, or for good.
        if (!isGone(error) || !(await there())) throw differs(error);
      }
      if (!(await there())) throw differs(undefined);
      await onStore(() => removeFolder(private_name));
    },

    async discardUpload(store_ref) {
      const { private_name } = readRef(store_ref);
      await onStore(() => removeFolder(private_name));
    },

    async statBody(root_hex) {
      assertRootHex(root_hex);
      return sizeOf(bodyKey(root_hex));
    },

    async readBody(root_hex, start, end) {
      assertRootHex(root_hex);
      if (end <= start) {
        if ((await sizeOf(bodyKey(root_hex))) === undefined) throw new PortalError('not_found', 'This body is not in the store.');
        return noBytes();
      }
      try {
        return await client.getPartialObject(bucket, bodyKey(root_hex), start, end - start);
      } catch (error) {
        if (isGone(error)) throw new PortalError('not_found', 'This body is not in the store.');
        throw s3Error(error);
      }
    },

    async readLeaves(root_hex) {
      assertRootHex(root_hex);
      try {
        const pieces: Buffer[] = [];
        for await (const piece of await client.getObject(bucket, leavesKey(root_hex))) pieces.push(piece as Buffer);
        return checkedLeaves(root_hex, new Uint8Array(Buffer.concat(pieces)));
      } catch (error) {
        if (isGone(error)) throw new PortalError('not_found', 'This body is not in the store.');
        throw s3Error(error);
      }
    },

    async deleteBody(root_hex) {
      assertRootHex(root_hex);
      for (const key of [bodyKey(root_hex), leavesKey(root_hex)]) {
        await client.removeObject(bucket, key).catch((error: unknown) => {
          if (!isGone(error)) throw s3Error(error);
        });
      }
    },

    async ping() {
      const there = await onStore(() => client.bucketExists(bucket));
      if (!there) throw new PortalError('unavailable', `The S3 server has no bucket "${bucket}". Create it, or correct SCEAU_STORE.`, { reason: 'store_away' });
    },
  };
}

function readRef(store_ref: string): { root_hex: string; body_size: number; private_name: string } {
  const [, root_hex, body_size, private_name] = STORE_REF.exec(store_ref) ?? [];
  if (root_hex === undefined || body_size === undefined || private_name === undefined) throw uploadGone(undefined);
  return { root_hex, body_size: Number(body_size), private_name };
}

function uploadGone(cause: unknown): PortalError {
  return new PortalError('conflict', 'This upload is no longer in the store. Start it again.', { cause, reason: 'upload_gone' });
}

function differs(cause: unknown): PortalError {
  return new PortalError('conflict', 'The bytes in the store are not those that were announced. Send this body again.', { cause, reason: 'stored_bytes_differ' });
}

// A part was written again since its receipt was kept.
function isOther(error: unknown): boolean {
  return error instanceof S3Error && error.code === 'PreconditionFailed';
}

function isGone(error: unknown): boolean {
  return error instanceof S3Error && error.code !== undefined && GONE.has(error.code);
}

async function onStore<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw s3Error(error);
  }
}

function s3Error(error: unknown): PortalError {
  if (error instanceof PortalError) return error;
  const code = error instanceof S3Error ? error.code : undefined;
  if (code === 'QuotaExceeded' || code === 'EntityTooLarge' || code === 'InsufficientStorage') {
    return new PortalError('unavailable', 'The portal has no room left for this body. Nothing of it was kept; send it again once the operator has made room.', { cause: error, reason: 'disk_full' });
  }
  return new PortalError('unavailable', 'The store of bodies does not answer. Try again later.', { cause: error, reason: 'store_away' });
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}
