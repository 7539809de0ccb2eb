import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PortalError } from '../errors.ts';
import { assembleBody, holdsBody, partName } from './assemble-body.ts';
import { type BodyStore, PART_SIZE, type PartReceipt } from './body-store.ts';
import { checkedLeaves } from './checked-leaves.ts';
import { diskError, isDiskFull, systemCode } from './disk-error.ts';
import { openIfThere, sizeOf, syncFolder, writeAll, writeFsynced } from './durable-files.ts';
import { FileBytes } from './file-bytes.ts';
import { assertRootHex } from './root-hex.ts';

const STORE_REF = /^([0-9a-f]{64})\.(\d{1,15})\.([0-9a-f]{32})$/;
// Again and again for a moment: a part that still arrives may put a file into the folder that is being removed.
const REMOVAL = { recursive: true, force: true, maxRetries: 5, retryDelay: 20 };

/**
 * A store of bodies in a folder of this machine (or one mounted by several): `o/<2 hex>/<root>/{body,leaves}`, and
 * `uploads/<random>/part-<n>` while a body is on its way. Completion puts the parts together in a new folder, and one rename of
 * that makes the body visible, after both its files and the folder were fsynced; so a crash leaves either nothing or everything,
 * and no writer has the visible file open. Full disks are `unavailable`, reason `disk_full`.
 */
export function createDirectoryStore(path: string): BodyStore {
  const folderOf = (root_hex: string): string => join(path, 'o', root_hex.slice(0, 2), root_hex);

  return {
    async beginUpload(root_hex, body_size) {
      assertRootHex(root_hex);
      const private_name = randomBytes(16).toString('hex');
      const store_ref = `${root_hex}.${body_size}.${private_name}`;
      try {
        await mkdir(join(path, 'uploads', private_name), { recursive: true, mode: 0o700 });
        await syncFolder(join(path, 'uploads'));
      } catch (error) {
        await rm(join(path, 'uploads', private_name), { recursive: true, force: true }).catch(() => undefined);
        throw diskError(error);
      }
      return store_ref;
    },

    async writePart(store_ref, part, source, size) {
      const upload = readRef(store_ref);
      if (!Number.isSafeInteger(part) || part < 0 || size > PART_SIZE || part * PART_SIZE + size > upload.body_size) {
        throw new PortalError('bad_request', 'This part does not lie inside the body that was announced.', { reason: 'part_out_of_range' });
      }
      const folder = join(path, 'uploads', upload.private_name);
      // A file of this call alone: of two calls that write one part, neither ever writes into the other's bytes.
      const arriving = join(folder, `${partName(part)}.${randomBytes(8).toString('hex')}`);
      let file: FileHandle;
      try {
        file = await open(arriving, 'wx', 0o600);
      } catch (error) {
        throw uploadGone(error);
      }
      try {
        try {
          await writeWhole(file, source, size);
        } finally {
          await file.close();
        }
        await rename(arriving, join(folder, partName(part))).catch((error: unknown) => {
          throw uploadGone(error);
        });
        await syncFolder(folder);
      } catch (error) {
        // On a full disk the whole upload goes: its bytes would keep everybody else out while its producer waits for room.
        const full = isDiskFull(error) || (error instanceof PortalError && error.reason === 'disk_full');
        await rm(full ? folder : arriving, REMOVAL);
        throw diskError(systemCode(error) === 'ENOENT' ? uploadGone(error) : error);
      }
      return 'directory';
    },

    async completeUpload(store_ref, _receipts: readonly PartReceipt[], leaves) {
      const { root_hex, body_size, private_name } = readRef(store_ref);
      checkedLeaves(root_hex, leaves);
      const folder = join(path, 'uploads', private_name);
      const whole = join(folder, `whole-${randomBytes(8).toString('hex')}`);
      const target = folderOf(root_hex);
      try {
        await mkdir(whole, { mode: 0o700 });
        await assembleBody(folder, whole, body_size, leaves);
        await syncFolder(whole);
        await mkdir(target, { recursive: true });
        // rename(2) replaces an empty folder, and refuses one that holds a body already: a sound one stays.
        await rename(whole, target).catch(async (error: unknown) => {
          if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'EEXIST') throw error;
          if (!(await holdsBody(target, body_size, leaves))) await replaceFiles(whole, target);
        });
        // Whoever discards the upload at this very moment empties the folder that is being renamed.
        if ((await sizeOf(join(target, 'body'))) !== body_size || (await sizeOf(join(target, 'leaves'))) !== leaves.length) throw uploadGone(undefined);
        for (const parent of [target, dirname(target), join(path, 'o')]) await syncFolder(parent);
        await rm(folder, REMOVAL);
      } catch (error) {
        // A repetition, or somebody else completed this very upload between two of our steps: acknowledge only what is there.
        if (systemCode(error) === 'ENOENT') {
          if (!(await onDisk(() => holdsBody(target, body_size, leaves)))) throw uploadGone(error);
          await onDisk(() => rm(folder, REMOVAL));
          return;
        }
        await rm(isDiskFull(error) ? folder : whole, REMOVAL);
        throw diskError(error);
      }
    },

    async discardUpload(store_ref) {
      await onDisk(() => rm(join(path, 'uploads', readRef(store_ref).private_name), REMOVAL));
    },

    async statBody(root_hex) {
      assertRootHex(root_hex);
      return onDisk(() => sizeOf(join(folderOf(root_hex), 'body')));
    },

    async readBody(root_hex, start, end) {
      assertRootHex(root_hex);
      const file = await onDisk(() => openIfThere(join(folderOf(root_hex), 'body')));
      if (file === undefined) throw new PortalError('not_found', 'This body is not in the store.');
      if (end <= start) {
        await file.close();
        return noBytes();
      }
      return new FileBytes(file, start, end);
    },

    async readLeaves(root_hex) {
      assertRootHex(root_hex);
      try {
        return checkedLeaves(root_hex, new Uint8Array(await readFile(join(folderOf(root_hex), 'leaves'))));
      } catch (error) {
        if (systemCode(error) === 'ENOENT') throw new PortalError('not_found', 'This body is not in the store.');
        throw diskError(error);
      }
    },

    async deleteBody(root_hex) {
      assertRootHex(root_hex);
      await onDisk(async () => {
        // Renamed first, so that nobody reads half a folder.
        const grave = join(path, 'uploads', randomBytes(16).toString('hex'));
        await mkdir(dirname(grave), { recursive: true, mode: 0o700 });
        await rename(folderOf(root_hex), grave).catch((error: unknown) => {
          if (systemCode(error) !== 'ENOENT') throw error;
        });
        await rm(grave, { recursive: true, force: true });
      });
    },

    async ping() {
      await onDisk(async () => {
        await mkdir(join(path, 'uploads'), { recursive: true, mode: 0o700 });
        await mkdir(join(path, 'o'), { recursive: true });
        const probe = join(path, 'uploads', `ping-${randomBytes(8).toString('hex')}`);
        await writeFsynced(probe, new Uint8Array([1]));
        await rm(probe, { force: true });
      });
    },
  };
}

function readRef(store_ref: string): { root_hex: string; body_size: number; private_name: string } {
  const [, root_hex, body_size, private_name] = STORE_REF.exec(store_ref) ?? [];
  if (root_hex === undefined || body_size === undefined || private_name === undefined) throw uploadGone(undefined);
  return { root_hex, body_size: Number(body_size), private_name };
}

function uploadGone(cause: unknown): PortalError {
  if (cause !== undefined && systemCode(cause) !== 'ENOENT') return diskError(cause);
  return new PortalError('conflict', 'This upload is no longer in the store. Start it again.', { reason: 'upload_gone' });
}

async function onDisk<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw diskError(error);
  }
}

// Writes exactly `size` bytes of the source and makes them durable.
async function writeWhole(file: FileHandle, source: AsyncIterable<Uint8Array>, size: number): Promise<void> {
  let written = 0;
  for await (const bytes of source) {
    if (written + bytes.length > size) throw new PortalError('bad_request', 'More bytes came than this part has.', { reason: 'part_too_long' });
    await onDisk(() => writeAll(file, bytes, written));
    written += bytes.length;
  }
  if (written !== size) throw new PortalError('bad_request', 'Fewer bytes came than this part has.', { reason: 'part_too_short' });
  await onDisk(() => file.sync());
}

// Of a body that the disk spoilt: readers that have the old file open go on reading it, and refuse it by its leaf hashes.
async function replaceFiles(whole: string, target: string): Promise<void> {
  await rename(join(whole, 'leaves'), join(target, 'leaves'));
  await rename(join(whole, 'body'), join(target, 'body'));
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}
