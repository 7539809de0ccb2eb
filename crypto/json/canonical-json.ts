import canonicalize from 'canonicalize';
import { utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { JSON_MAX_DEPTH, type JsonLimits, parseStrictJson } from './strict-json.ts';

/**
 * The JCS bytes (RFC 8785) of a plain JSON value: null, booleans, finite numbers, well-formed strings, arrays and plain objects,
 * nested no deeper than readers accept.
 * Anything else (undefined, a function, a Date, a cycle, a reserved name) is a mistake of the caller: `not_json`.
 */
export function canonicalBytes(value: unknown): Uint8Array {
  assertPlain(value, 0);
  return bytesOfPlain(value);
}

/**
 * Like `parseStrictJson`, and the bytes must be the canonical bytes of what they say, so that one value has one digest;
 * refuses others with `not_canonical`.
 */
export function parseCanonicalJson(bytes: Uint8Array, limits: JsonLimits = {}): unknown {
  const value = parseStrictJson(bytes, limits);
  const canonical = bytesOfPlain(value);
  // Public bytes on both sides: no need for constant time.
  if (Buffer.compare(canonical, bytes) !== 0) {
    throw new CryptoError('not_canonical', 'JSON text that is not in the form of RFC 8785');
  }
  return value;
}

function bytesOfPlain(value: unknown): Uint8Array {
  const text = canonicalize(value);
  if (text === undefined) throw new CryptoError('not_json', 'a value without JSON form');
  return utf8(text);
}

// canonicalize prints `undefined` for functions and calls toJSON, so only plain data reaches it.
function assertPlain(value: unknown, depth: number): void {
  if (value === null || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CryptoError('not_json', 'a number that is not finite');
    return;
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new CryptoError('not_json', 'a string with half of a surrogate pair');
    return;
  }
  if (typeof value !== 'object') throw new CryptoError('not_json', `a value of type ${typeof value}`);
  if (depth >= JSON_MAX_DEPTH) throw new CryptoError('not_json', `nested deeper than ${JSON_MAX_DEPTH}, or a cycle`);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) assertPlain(value[index], depth + 1);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new CryptoError('not_json', 'an object that is not plain data');
  for (const [name, member] of Object.entries(value)) {
    if (name === '__proto__' || name === 'constructor' || name === 'prototype') {
      throw new CryptoError('not_json', `the reserved member name ${name}`);
    }
    if (!name.isWellFormed()) throw new CryptoError('not_json', 'a member name with half of a surrogate pair');
    if (member === undefined) throw new CryptoError('not_json', `the member ${JSON.stringify(name)} is undefined`);
    assertPlain(member, depth + 1);
  }
}
