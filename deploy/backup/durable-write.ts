import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ByteSink } from '#crypto';

/** Writes a new file of mode 0600, its folders 0700, durable when it resolves; `fill` gets the sink. Never replaces one. */
export async function writeDurable(path: string, fill: (sink: ByteSink) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', 0o600);
  try {
    await fill((bytes) => writeAll(file, bytes));
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in these folders durable, deepest first. */
export async function syncFolders(root: string, paths: readonly string[]): Promise<void> {
  const folders = new Set([root]);
  for (const path of paths) for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(join(root, folder));
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) await syncFolder(folder);
}

/** Makes the names in one folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
}
