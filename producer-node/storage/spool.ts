import { randomUUID } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { ByteSink } from '#crypto';
import { refusal, systemCode } from '../errors.ts';

/** A body being written to the spool. */
export interface SpoolWriter {
  /** Writes at the end. */
  sink: ByteSink;
  /** Lets others write all of the file by its descriptor, in place of `sink`. Their failed writes become `disk_full`, `home_unwritable`. */
  fill<T>(write: (descriptor: number) => Promise<T>): Promise<T>;
  /** Makes the body durable; gives the name under which the spool has it from now on. */
  keep(): Promise<string>;
  /** Removes what was written. Idempotent. */
  discard(): Promise<void>;
}

/**
 * Where bodies wait for their delivery, as they will be stored: ciphertext, or the file itself when open. A body is there whole and
 * durable under a name of its own, or not at all, so that no two publications share one; whoever reads it knows its root.
 */
export interface Spool {
  folder: string;
  /** Begins a body of about `expected_size` bytes; throws `disk_full` at once when there is visibly no room. */
  begin(expected_size: number): Promise<SpoolWriter>;
  has(name: string): Promise<boolean>;
  /** Bytes [start, end) of a body in pieces of at most 1 MiB. */
  read(name: string, start: number, end: number): AsyncIterable<Uint8Array>;
  remove(name: string): Promise<void>;
  /** Removes what is older than a day and that nobody needs: unfinished files, and bodies that `needed` does not give back. */
  sweep(needed: (names: readonly string[]) => Promise<ReadonlySet<string>>, now: Date): Promise<void>;
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const DAY_MS = 24 * 3600 * 1000;

/** A spool in `folder`. */
export async function createSpool(folder: string): Promise<Spool> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const place = (name: string): string => path.join(folder, path.basename(name));
  return {
    folder,
    begin: (expected_size) => beginBody(folder, expected_size),
    has: async (name) => (await stat(place(name)).catch(() => undefined)) !== undefined,
    read: (name, start, end) => (end > start ? createReadStream(place(name), { start, end: end - 1, highWaterMark: 1024 * 1024 }) : nothing()),
    remove: (name) => rm(place(name), { force: true }),
    sweep: async (needed, now) => {
      const old: string[] = [];
      for (const name of await readdir(folder)) {
        const found = await stat(place(name)).catch(() => undefined);
        if (found !== undefined && now.getTime() - found.mtimeMs >= DAY_MS && /\.(part|body)$/.test(name)) old.push(name);
      }
      const keep = await needed(old);
      for (const name of old) if (!keep.has(name)) await rm(place(name), { force: true });
    },
  };
}

async function beginBody(folder: string, expected_size: number): Promise<SpoolWriter> {
  // Seen early, a full disk costs nothing; the write below is what decides.
  const room = await statfs(folder).catch(() => undefined);
  if (room !== undefined && room.bsize * room.bavail < expected_size) throw refusal('disk_full', { path: folder });
  const name = randomUUID();
  const unfinished = path.join(folder, `${name}.part`);
  let handle: FileHandle | undefined;
  const guarded = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (cause) {
      await discard();
      throw FULL.has(systemCode(cause) ?? '') ? refusal('disk_full', { path: folder }, { cause }) : refusal('home_unwritable', { path: folder, reason: systemCode(cause) ?? 'I/O' }, { cause });
    }
  };
  const discard = async (): Promise<void> => {
    await handle?.close().catch(() => undefined);
    handle = undefined;
    await rm(unfinished, { force: true });
  };
  const file = await guarded(() => open(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600));
  handle = file;
  return {
    sink: (bytes) =>
      guarded(async () => {
        // A short write is no error to the system: a limit on file size shows only at the next one.
        for (let offset = 0; offset < bytes.length; ) offset += (await file.write(bytes, offset)).bytesWritten;
      }),
    fill: async (write) => {
      try {
        return await write(file.fd);
      } catch (cause) {
        if (cause instanceof Error && 'syscall' in cause && cause.syscall === 'write') return guarded(() => Promise.reject(cause));
        throw cause;
      }
    },
    keep: () =>
      guarded(async () => {
        await file.sync();
        await file.close();
        handle = undefined;
        await rename(unfinished, path.join(folder, `${name}.body`));
        const parent = await open(folder, constants.O_RDONLY);
        await parent.sync().finally(() => parent.close());
        return `${name}.body`;
      }),
    discard,
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
