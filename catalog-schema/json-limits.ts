import { SchemaError, type SchemaErrorCode } from './errors.ts';

/** What a value may cost before anything else looks at it. */
export interface JsonLimits {
  /** most bytes of its JSON in UTF-8, escapes not counted */
  max_bytes: number;
  /** most levels of objects and lists */
  max_depth: number;
  /** most values in all */
  max_values: number;
}

/** Limits of any JSON body: 1 MiB, 32 levels, 200 000 values. */
export const BODY_LIMITS: JsonLimits = { max_bytes: 1_048_576, max_depth: 32, max_values: 200_000 };
/** Limits of a manifest: 1.5 MiB, 32 levels, 200 000 values. */
export const MANIFEST_LIMITS: JsonLimits = { max_bytes: 1_572_864, max_depth: 32, max_values: 200_000 };

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Walks the value once and throws unless it is plain JSON within the limits: `not_json` (functions, dates, holes, numbers
 * that JSON cannot write, keys that JavaScript gives a meaning of its own), `too_deep`, `too_large`. Returns how many values it holds.
 * The walk keeps its own stack, so no depth can exhaust the machine's.
 */
export function assertPlainJson(value: unknown, limits: JsonLimits): number {
  const stack: { value: unknown; depth: number; pointer: string }[] = [{ value, depth: 1, pointer: '' }];
  let bytes = 0;
  let values = 0;
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    values += 1;
    if (values > limits.max_values) throw refusal('too_large', '', `Send at most ${limits.max_values} values.`);
    const { value: current, depth, pointer } = next;
    if (typeof current === 'string') bytes += utf8Length(current) + 2;
    else if (current === null || typeof current === 'boolean') bytes += current === false ? 5 : 4;
    else if (typeof current === 'number') {
      if (!Number.isFinite(current)) throw refusal('not_json', pointer, 'Give a finite number here.');
      bytes += String(current).length;
    } else if (typeof current === 'object') {
      if (depth > limits.max_depth) throw refusal('too_deep', pointer, `Nest at most ${limits.max_depth} levels.`);
      bytes += 2;
      let comma = 0;
      for (const [key, child] of childrenOf(current, pointer)) {
        bytes += comma + (typeof key === 'string' ? utf8Length(key) + 3 : 0);
        comma = 1;
        stack.push({ value: child, depth: depth + 1, pointer: `${pointer}/${pointerToken(key)}` });
        if (values + stack.length > limits.max_values) throw refusal('too_large', '', `Send at most ${limits.max_values} values.`);
      }
    } else {
      throw refusal('not_json', pointer, 'Give a text, a number, a boolean, null, a list or an object here.');
    }
    if (bytes > limits.max_bytes) throw refusal('too_large', '', `Send at most ${limits.max_bytes} bytes.`);
  }
  return values;
}

/** One token of a JSON Pointer (RFC 6901 §3): `~` and `/` escaped, cut to 200 characters so that a refusal stays short. */
export function pointerToken(key: string | number): string {
  return String(key).slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1');
}

function* childrenOf(container: object, pointer: string): Generator<[string | number, unknown]> {
  if (Array.isArray(container)) {
    for (let index = 0; index < container.length; index += 1) yield [index, container[index]];
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(container);
  if (prototype !== Object.prototype && prototype !== null) {
    throw refusal('not_json', pointer, 'Give a plain JSON object here.');
  }
  for (const [key, child] of Object.entries(container)) {
    if (FORBIDDEN_KEYS.has(key)) {
      throw refusal('not_json', `${pointer}/${pointerToken(key)}`, `Remove the field "${key}": JavaScript gives it a meaning of its own.`);
    }
    yield [key, child];
  }
}

function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) length += 1;
    // A surrogate pair is 4 bytes for 2 units; any other unit above U+07FF is 3 bytes.
    if (unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff)) length += 1;
  }
  return length;
}

function refusal(code: SchemaErrorCode, pointer: string, message: string): SchemaError {
  return new SchemaError(code, message, [{ pointer, message }]);
}
