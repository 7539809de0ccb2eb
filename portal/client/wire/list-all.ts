import type { Client } from '../client.ts';
import { malformed, readList, readObject, readOptionalText } from './answer.ts';
import { signedCall } from './call.ts';

const PAGES_MAX = 200;
const PAGE_BYTES_MAX = 32 * 1024 * 1024;

/**
 * Every entry of a list that the portal gives page by page: follows `next` to its end. Refuses with `answer_malformed` a portal whose
 * pages have no end (a cursor that comes again, or more than 200 pages).
 */
export async function listAll<T>(client: Client, o: { path: string; what: string; name: string; read: (value: unknown) => T }): Promise<T[]> {
  const entries: T[] = [];
  const followed = new Set<string>();
  let next: string | null = null;
  do {
    const path: string = next === null ? o.path : `${o.path}?cursor=${encodeURIComponent(next)}`;
    const page = readObject((await signedCall(client, { method: 'GET', path, max_bytes: PAGE_BYTES_MAX })).json(), o.what);
    entries.push(...readList(page, o.name, o.read));
    next = readOptionalText(page, 'next');
    if (next !== null && (followed.has(next) || followed.size >= PAGES_MAX)) throw malformed(o.what, 'its pages have no end');
    if (next !== null) followed.add(next);
  } while (next !== null);
  return entries;
}
