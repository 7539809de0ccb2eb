/** Bytes [start, end) of something, `unsatisfiable`, or undefined: all of it. */
export type ByteRange = { start: number; end: number } | 'unsatisfiable' | undefined;

/**
 * What a Range field asks of `size` bytes (RFC 9110 §14). One range of bytes is served; several, another unit or a malformed field
 * are passed over, as the RFC allows, and the whole is served.
 */
export function readRange(field: string, size: number): ByteRange {
  const [, first = '', last = ''] = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/i.exec(field.trim()) ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const suffix = Number(last);
    return suffix === 0 || size === 0 ? 'unsatisfiable' : { start: Math.max(0, size - suffix), end: size };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size : Math.min(size, Number(last) + 1) };
}

/** Whether an If-None-Match field names this ETag or `*` (weak comparison, RFC 9110 §13.1.2). */
export function matchesEtag(field: string, etag: string): boolean {
  if (field.trim() === '*') return true;
  return field
    .split(',')
    .map((entry) => entry.trim().replace(/^W\//, ''))
    .includes(etag.replace(/^W\//, ''));
}
