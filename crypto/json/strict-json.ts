import { CryptoError } from '../errors.ts';

/** What JSON text can say. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };

/** Bounds on foreign JSON: bytes of text (1 MiB unless told) and nesting of arrays and objects (32 unless told). */
export interface JsonLimits {
  readonly maxBytes?: number;
  readonly maxDepth?: number;
}

/** Most bytes of JSON text accepted unless the caller says otherwise. */
export const JSON_MAX_BYTES = 1024 * 1024;
/** Deepest nesting accepted unless the caller says otherwise; a scalar has depth 0. */
export const JSON_MAX_DEPTH = 32;

// Setting or merging these names can reach Object.prototype in code that handles the value later.
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = /[ \t\n\r]*/y;

/**
 * The value of JSON text (RFC 8259) that has exactly one reading: valid UTF-8 without byte order mark, no name twice in an
 * object, no `__proto__`, `constructor` or `prototype`, finite numbers, no lone surrogate, bounded size and depth.
 * Refuses with `too_large`, `malformed_utf8`, `malformed_json`, `duplicate_key`, `forbidden_key`, `too_deep`,
 * `number_out_of_range`, `lone_surrogate`.
 */
export function parseStrictJson(bytes: Uint8Array, limits: JsonLimits = {}): unknown {
  const maxBytes = limits.maxBytes ?? JSON_MAX_BYTES;
  if (bytes.length > maxBytes) {
    throw new CryptoError('too_large', `${bytes.length} bytes of JSON, at most ${maxBytes} are accepted`);
  }
  const reader: Reader = { text: decodeUtf8(bytes), at: 0, maxDepth: limits.maxDepth ?? JSON_MAX_DEPTH };
  skipBlank(reader);
  const value = readValue(reader, 0);
  skipBlank(reader);
  if (reader.at !== reader.text.length) malformed(reader, 'text after the value');
  return value;
}

/** Text of UTF-8 bytes; a byte order mark or an invalid sequence is refused with `malformed_utf8`. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new CryptoError('malformed_utf8', 'an invalid UTF-8 sequence', cause);
  }
  if (text.startsWith('\ufeff')) throw new CryptoError('malformed_utf8', 'a byte order mark');
  return text;
}

interface Reader {
  readonly text: string;
  readonly maxDepth: number;
  at: number;
}

function readValue(reader: Reader, depth: number): JsonValue {
  switch (reader.text[reader.at]) {
    case '{':
      return readObject(reader, depth + 1);
    case '[':
      return readArray(reader, depth + 1);
    case '"':
      return readString(reader);
    case 't':
      return readWord(reader, 'true', true);
    case 'f':
      return readWord(reader, 'false', false);
    case 'n':
      return readWord(reader, 'null', null);
    default:
      return readNumber(reader);
  }
}

function readObject(reader: Reader, depth: number): JsonValue {
  enter(reader, depth);
  const object: { [name: string]: JsonValue } = {};
  if (reader.text[reader.at] === '}') return leave(reader, object);
  for (;;) {
    if (reader.text[reader.at] !== '"') malformed(reader, 'a member name is expected');
    const name = readString(reader);
    if (FORBIDDEN_NAMES.has(name)) throw new CryptoError('forbidden_key', `the member name ${name}`);
    if (Object.hasOwn(object, name)) {
      throw new CryptoError('duplicate_key', `the member ${JSON.stringify(name.slice(0, 80))} stands twice in an object`);
    }
    skipBlank(reader);
    if (reader.text[reader.at] !== ':') malformed(reader, '":" is expected');
    reader.at += 1;
    skipBlank(reader);
    object[name] = readValue(reader, depth);
    skipBlank(reader);
    if (reader.text[reader.at] === '}') return leave(reader, object);
    readComma(reader);
  }
}

function readArray(reader: Reader, depth: number): JsonValue {
  enter(reader, depth);
  const array: JsonValue[] = [];
  if (reader.text[reader.at] === ']') return leave(reader, array);
  for (;;) {
    array.push(readValue(reader, depth));
    skipBlank(reader);
    if (reader.text[reader.at] === ']') return leave(reader, array);
    readComma(reader);
  }
}

function enter(reader: Reader, depth: number): void {
  if (depth > reader.maxDepth) throw new CryptoError('too_deep', `arrays and objects nested deeper than ${reader.maxDepth}`);
  reader.at += 1;
  skipBlank(reader);
}

function leave<T>(reader: Reader, value: T): T {
  reader.at += 1;
  return value;
}

function readComma(reader: Reader): void {
  if (reader.text[reader.at] !== ',') malformed(reader, '"," or the end is expected');
  reader.at += 1;
  skipBlank(reader);
}

// By hand, not by a regular expression: strings may be as long as the whole text.
function readString(reader: Reader): string {
  const start = reader.at;
  let escaped = false;
  let end = start + 1;
  for (let code = reader.text.charCodeAt(end); code !== QUOTE; code = reader.text.charCodeAt(end)) {
    if (Number.isNaN(code) || code < 0x20) malformed(reader, 'a string that does not end or holds a control character');
    if (code === BACKSLASH) escaped = true;
    end += code === BACKSLASH ? 2 : 1;
  }
  reader.at = end + 1;
  const text = escaped ? unescape(reader, reader.text.slice(start, end + 1)) : reader.text.slice(start + 1, end);
  if (!text.isWellFormed()) throw new CryptoError('lone_surrogate', 'a string with half of a surrogate pair');
  return text;
}

function unescape(reader: Reader, quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return malformed(reader, 'an escape that JSON does not know');
  }
}

function readNumber(reader: Reader): number {
  const text = match(reader, NUMBER);
  if (text === undefined) return malformed(reader, 'a value is expected');
  const value = Number(text);
  if (!Number.isFinite(value)) throw new CryptoError('number_out_of_range', 'a number larger than a double can hold');
  return value;
}

function readWord<T extends boolean | null>(reader: Reader, word: string, value: T): T {
  if (!reader.text.startsWith(word, reader.at)) malformed(reader, `"${word}" is expected`);
  reader.at += word.length;
  return value;
}

function skipBlank(reader: Reader): void {
  match(reader, BLANK);
}

function match(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  if (found !== undefined) reader.at += found.length;
  return found;
}

function malformed(reader: Reader, detail: string): never {
  throw new CryptoError('malformed_json', `${detail}, at character ${reader.at}`);
}
