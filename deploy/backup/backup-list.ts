import { type Digest, parseStrictJson } from '#crypto';
import { BackupError } from './errors.ts';

/** Name of the list in a backup's folder. */
export const LIST_FILE = 'sceau-backup.json';

/** One file of a backup. */
export interface BackupFile {
  /** Inside the folder, with slashes; sealed files end in `.age`. */
  path: string;
  size: number;
  /** Of the bytes as they lie there. */
  sha256: Digest;
}

/** What a backup holds. Nothing in it is secret; its own digest is what an operator notes elsewhere. */
export interface BackupList {
  v: 1;
  kind: 'portal' | 'node';
  /** Whose backup: the portal's id, or the node key's thumbprint. */
  subject: string;
  taken_at: string;
  /** Migrations that the database had, in order. */
  migrations: readonly string[];
  /** The newest checkpoint of the portal's log: a signed note. */
  checkpoint: string | null;
  files: readonly BackupFile[];
}

const PATH = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,8}$/;
const DIGEST = /^sha256:[A-Za-z0-9_-]{43}$/;
const MAX_BYTES = 64 * 1024 * 1024;

/** The gate of a backup's list. Refuses with `not_a_backup` what is none, and with `newer_backup` another `v`. */
export function parseBackupList(bytes: Uint8Array, folder: string): BackupList {
  const bad = (cause?: unknown) => new BackupError('not_a_backup', folder, cause);
  let value: unknown;
  try {
    value = parseStrictJson(bytes, { maxBytes: MAX_BYTES });
  } catch (cause) {
    throw bad(cause);
  }
  if (!isRecord(value)) throw bad();
  const { v, kind, subject, taken_at, migrations, checkpoint, files } = value;
  if (typeof v === 'number' && v > 1) throw new BackupError('newer_backup', `v ${v}`);
  if (v !== 1 || (kind !== 'portal' && kind !== 'node') || typeof subject !== 'string' || typeof taken_at !== 'string') throw bad();
  if (!Array.isArray(migrations) || !migrations.every((name) => typeof name === 'string')) throw bad();
  if (checkpoint !== null && typeof checkpoint !== 'string') throw bad();
  if (!Array.isArray(files) || !files.every(isFile) || new Set(files.map((file) => file.path)).size !== files.length) throw bad();
  return { v, kind, subject, taken_at, migrations, checkpoint, files };
}

/** Whether a path may stand in a list. Paths come from outside and become places on a disk: no dot may begin a part of one. */
export function isBackupPath(path: string): boolean {
  return PATH.test(path);
}

function isFile(value: unknown): value is BackupFile {
  if (!isRecord(value)) return false;
  const { path, size, sha256 } = value;
  return typeof path === 'string' && isBackupPath(path) && typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 && typeof sha256 === 'string' && DIGEST.test(sha256);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
