import { canonicalBytes, decodeBase64url, digestOf, encodeBase64url, parseCanonicalJson } from '#crypto';
import { isUuid } from '../catalog/path-ids.ts';
import { PortalError } from '../errors.ts';
import { integerParameter } from '../http/parameters.ts';
import { LIST_MAX, type ListPage, type ListPlace } from './list-page.ts';

/**
 * The page that the parameters `cursor` and `limit` ask for of the list called `list`: its kind, whose it is, and every filter.
 * `bad_request` with reason `cursor_mismatch` for a cursor of another list or of nobody.
 */
export function readListPage(parameters: URLSearchParams, list: readonly string[]): ListPage {
  const limit = integerParameter(parameters, 'limit', { min: 1, max: LIST_MAX, fallback: LIST_MAX });
  const cursor = parameters.get('cursor');
  if (cursor === null) return { after: null, limit };
  const [mark, open, created_at, id] = parse(cursor);
  const time = typeof created_at === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(created_at) ? new Date(created_at) : undefined;
  if (mark !== markOf(list) || typeof open !== 'boolean' || time === undefined || Number.isNaN(time.getTime()) || typeof id !== 'string' || !isUuid(id)) {
    throw new PortalError('bad_request', 'This cursor belongs to another list. Start from the first page.', { reason: 'cursor_mismatch' });
  }
  return { after: { open, created_at: time, id }, limit };
}

/** The cursor of what comes behind a place, as opaque text bound to the list; null for the end. */
export function listCursor(list: readonly string[], place: ListPlace | null): string | null {
  return place === null ? null : encodeBase64url(canonicalBytes([markOf(list), place.open, place.created_at.toISOString(), place.id]));
}

function markOf(list: readonly string[]): string {
  return digestOf(canonicalBytes(['sceau-list-v1', ...list])).slice(7, 23);
}

function parse(cursor: string): readonly unknown[] {
  try {
    const value: unknown = cursor.length > 400 ? null : parseCanonicalJson(decodeBase64url(cursor));
    return Array.isArray(value) && value.length === 4 ? value : [];
  } catch {
    return [];
  }
}
