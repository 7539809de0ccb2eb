import { canonicalBytes, decodeBase64url, digestOf, encodeBase64url, parseCanonicalJson } from '#crypto';
import { PortalError } from '../../errors.ts';
import { isUuid } from '../path-ids.ts';
import type { SearchQuery } from './search-query.ts';

/** The last result of a page: what it was sorted by, and its id. */
export interface SearchPlace {
  key: number | string;
  dataset_id: string;
}

/** The place as opaque text, bound to everything in the query but cursor and limit. */
export function writeCursor(query: SearchQuery, place: SearchPlace): string {
  return encodeBase64url(canonicalBytes([queryMark(query), place.key, place.dataset_id]));
}

/** The place in the query's cursor, null without one; `bad_request` with reason `cursor_mismatch` for one of another query or of nobody. */
export function readCursor(query: SearchQuery): SearchPlace | null {
  if (query.cursor === null) return null;
  const [mark, key, dataset_id] = parse(query.cursor);
  const sorted = query.sort === 'relevance' ? typeof key === 'number' && Number.isFinite(key) : typeof key === 'string' && key.length <= 2000;
  const dated = query.sort !== 'updated' || isWrittenTime(String(key));
  if (mark !== queryMark(query) || !sorted || !dated || typeof dataset_id !== 'string' || !isUuid(dataset_id) || (typeof key === 'string' && key.includes('\0'))) {
    throw new PortalError('bad_request', 'This cursor belongs to another search. Start from the first page.', { reason: 'cursor_mismatch' });
  }
  return { key: key as number | string, dataset_id };
}

// Exactly as `writeCursor` has it: JavaScript reads as dates what PostgreSQL does not, such as the year 0 or 30 February.
function isWrittenTime(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/.test(text) || text.startsWith('0000')) return false;
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}

function queryMark({ q, filters, sort }: SearchQuery): string {
  return digestOf(canonicalBytes(['sceau-search-v1', q, filters, sort])).slice(7, 23);
}

function parse(cursor: string): readonly unknown[] {
  try {
    const value: unknown = cursor.length > 4000 ? null : parseCanonicalJson(decodeBase64url(cursor));
    return Array.isArray(value) && value.length === 3 ? value : [];
  } catch {
    return [];
  }
}
