import { readFile, stat } from 'node:fs/promises';
import { parseStrictJson } from '#crypto';
import { reasonOf, refusal } from '../errors.ts';
import { openSourceFile } from './source-file.ts';
import { jsonPlace } from './json-place.ts';

const FILE_MAX_BYTES = 256 * 1024 * 1024;

/**
 * The records of a file: an object, a list, or the answer of a RUDI catalogue (`items`). Not judged yet. Throws the codes of
 * `openSourceFile`, `not_json`, `no_records`.
 */
export async function readRecords(file: string): Promise<unknown[]> {
  const source = await openSourceFile(file);
  await source.handle.close();
  if ((await stat(source.path)).size > FILE_MAX_BYTES) throw refusal('not_json', { file, reason: `more than ${FILE_MAX_BYTES / 1024 / 1024} MiB` });
  const bytes = await readFile(source.path);
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  let value: unknown;
  try {
    value = parseStrictJson(bytes.subarray(start), { maxBytes: FILE_MAX_BYTES });
  } catch (cause) {
    throw refusal('not_json', { file, reason: reasonOf(cause), place: jsonPlace(new TextDecoder().decode(bytes.subarray(start))) }, { cause });
  }
  const records = recordsOf(value);
  if (records === undefined || records.length === 0) throw refusal('no_records', { file });
  return records;
}

function recordsOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  if ('items' in value && Array.isArray(value.items)) return value.items;
  return 'global_id' in value ? [value] : undefined;
}
