import { pointerToken } from './json-limits.ts';

/**
 * JSON Pointer of the first text with U+0000 in a plain JSON value, of the object where a name has it, or undefined. PostgreSQL stores
 * no such text. The walk goes as deep as the value: check that it is within the limits before.
 */
export function findNul(value: unknown, pointer = ''): string | undefined {
  if (typeof value === 'string') return value.includes('\0') ? pointer : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, child] of Object.entries(value)) {
    const found = name.includes('\0') ? pointer : findNul(child, `${pointer}/${pointerToken(name)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
