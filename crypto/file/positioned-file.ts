import { readSync, writeSync } from 'node:fs';

/** Fills `into` from a place of an open file; fewer bytes come back only where the file ends. */
export function fillFrom(fd: number, into: Uint8Array, position: number): number {
  let filled = 0;
  while (filled < into.length) {
    const count = readSync(fd, into, filled, into.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** Writes all of the bytes at a place of an open file: near the end of a disk the system may take only some of them at a time. */
export function writeAt(fd: number, bytes: Uint8Array, position: number): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written, bytes.length - written, position + written);
}

/** Whether the file has a byte at that place. */
export function hasByteAt(fd: number, position: number): boolean {
  return readSync(fd, new Uint8Array(1), 0, 1, position) > 0;
}
