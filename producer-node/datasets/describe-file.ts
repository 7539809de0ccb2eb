import { acceptableName, mediaTypeOf } from '#catalog-schema';
import { type Digest, TreeHasher } from '#crypto';
import { reasonOf, refusal } from '../errors.ts';
import { type CsvShape, countRows, csvShape, parseRows, type RowCount } from './csv-table.ts';
import { type Period, periodOfRows, periodOfText } from './find-period.ts';
import { type BoundingBox, jsonShape, rowsOfObjects } from './json-shape.ts';
import { isDelimited, isJson, isTextual, sniffBinary } from './sniff-media-type.ts';
import { openSourceFile, PIECE_BYTES, readSource, type SourceFile } from './source-file.ts';
import { decodeText, encodingOfSample, type TextEncoding, watchEncoding } from './text-encoding.ts';
import { jsonPlace } from './json-place.ts';

/** What a file tells of itself. */
export interface DescribedFile {
  path: string;
  name: string;
  size: number;
  /** Root of the tree (SPEC.md §7.1) over the file as it lies here, which threads can compute: never published for a sealed file. */
  source_sha256: Digest;
  media_type: string;
  /** What the name alone says; differs from `media_type` when the bytes say otherwise. */
  named_type: string;
  encoding?: TextEncoding;
  delimiter?: CsvShape['delimiter'];
  columns: string[];
  /** Rows of a table without its line of names, or objects of a JSON list. */
  records?: number;
  bbox?: BoundingBox;
  period?: Period;
}

/** A table or JSON up to this size is read whole for its dates and coordinates. */
const WHOLE_MAX_BYTES = 32 * 1024 * 1024;

/** Told how many bytes of a file have been read. */
export type ReadProgress = (done: number, total: number) => void;

/**
 * Reads a file once from end to end and tells what can be known of it. Throws the codes of `openSourceFile`, and `not_json` for a
 * file that is called JSON and is none.
 */
export async function describeFile(file: string, progress: ReadProgress = () => undefined): Promise<DescribedFile> {
  const source = await openSourceFile(file);
  try {
    return await describe(source, progress);
  } finally {
    await source.handle.close();
  }
}

/** A title from the name of a file: without ending, with spaces, capitalised. */
export function titleOfName(name: string): string {
  const stem = name.replace(/\.[\p{L}\p{N}]{1,10}$/u, '');
  const words = stem.replace(/[-_.+]+/g, ' ').replace(/\s+/g, ' ').trim();
  return words.charAt(0).toLocaleUpperCase('fr') + words.slice(1);
}

async function describe(source: SourceFile, progress: ReadProgress): Promise<DescribedFile> {
  const head = await readHead(source);
  const named_type = mediaTypeOf(source.name);
  const table = tableOf(source, head, named_type);
  const rows: RowCount | undefined = table && countRows(table.delimiter);
  const text = encodingOfSample(head) !== undefined;
  const keep = source.size <= WHOLE_MAX_BYTES && text ? new Uint8Array(source.size) : undefined;

  const hash = new TreeHasher();
  const encodings = text ? watchEncoding() : undefined;
  let size = 0;
  for await (const bytes of readSource(source)) {
    hash.update(bytes);
    encodings?.update(bytes);
    rows?.update(bytes);
    if (keep !== undefined && size + bytes.length <= keep.length) keep.set(bytes, size);
    size += bytes.length;
    progress(size, source.size);
  }
  if (size !== source.size) throw refusal('file_changed', { file: source.path });

  const encoding = encodings?.finish();
  const common = {
    path: source.path,
    name: acceptableName(source.name, 'fichier'),
    size,
    source_sha256: hash.finish().root,
    named_type,
    ...(encoding === undefined ? {} : { encoding }),
  };
  const named = periodOfText(source.name);
  const withNamedPeriod = named === undefined ? {} : { period: named };
  if (encoding === undefined) return { ...common, media_type: sniffBinary(head, source.name), columns: [], ...withNamedPeriod };

  const json = describeJson(source, keep, encoding, named_type);
  if (json !== undefined) return { ...common, ...withNamedPeriod, ...json };
  if (table === undefined) return { ...common, media_type: isTextual(named_type) ? named_type : 'text/plain', columns: [], ...withNamedPeriod };

  const lines = rows?.finish() ?? 0;
  const period = keep === undefined || table.columns.length === 0 ? undefined : periodOfRows(table.columns, parseRows(decodeText(keep, encoding), table.delimiter, Number.MAX_SAFE_INTEGER).slice(1));
  return {
    ...common,
    media_type: isDelimited(named_type) ? named_type : table.delimiter === '\t' ? 'text/tab-separated-values' : 'text/csv',
    delimiter: table.delimiter,
    columns: table.columns,
    // Line ends of UTF-16 cannot be counted as bytes.
    ...(encoding === 'UTF-16' ? {} : { records: Math.max(0, lines - (table.columns.length > 0 ? 1 : 0)) }),
    ...(period === undefined ? withNamedPeriod : { period }),
  };
}

function describeJson(source: SourceFile, whole: Uint8Array | undefined, encoding: TextEncoding, named_type: string): Partial<DescribedFile> & { media_type: string; columns: string[] } | undefined {
  const called = isJson(named_type);
  if (whole === undefined) return called ? { media_type: named_type, columns: [] } : undefined;
  const text = decodeText(whole, encoding);
  if (!called && !/^\s*[[{]/.test(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (!called) return undefined;
    throw refusal('not_json', { file: source.path, reason: reasonOf(cause), place: jsonPlace(text) }, { cause });
  }
  const shape = jsonShape(value);
  const period = shape.columns.length === 0 ? undefined : periodOfRows(shape.columns, rowsOfObjects(value, shape.columns));
  return {
    media_type: shape.geojson ? 'application/geo+json' : called ? named_type : 'application/json',
    columns: shape.columns,
    ...(shape.objects === undefined ? {} : { records: shape.objects }),
    ...(shape.bbox === undefined ? {} : { bbox: shape.bbox }),
    ...(period === undefined ? {} : { period }),
  };
}

function tableOf(source: SourceFile, head: Uint8Array, named_type: string): CsvShape | undefined {
  const encoding = encodingOfSample(head);
  // Text of a format of its own is no table, however many commas its lines have.
  if (encoding === undefined || !(isDelimited(named_type) || named_type === 'text/plain' || named_type === 'application/octet-stream')) return undefined;
  const text = decodeText(head, encoding);
  if (!isDelimited(named_type) && /^\s*[[{<]/.test(text)) return undefined;
  const cut = source.size > head.length ? text.slice(0, text.lastIndexOf('\n') + 1) : text;
  return csvShape(cut === '' ? text : cut, isDelimited(named_type));
}

async function readHead(source: SourceFile): Promise<Uint8Array> {
  const head = new Uint8Array(Math.min(PIECE_BYTES, source.size));
  const { bytesRead } = await source.handle.read(head, 0, head.length, 0);
  return head.subarray(0, bytesRead);
}
