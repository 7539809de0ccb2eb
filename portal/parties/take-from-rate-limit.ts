import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { countOccurrence, occurrences } from './limit-store.ts';

/** How often something may happen: at most `limit` times in a window of `window_seconds`, counted per `bucket` over all processes. */
export interface RateLimit {
  bucket: string;
  limit: number;
  window_seconds: number;
}

/**
 * Counts one occurrence and refuses with `too_many_requests` beyond the limit. Counts outside of any transaction, so that what is
 * refused later is counted all the same.
 */
export async function takeFromRateLimit(portal: Portal, o: RateLimit): Promise<void> {
  const { start, retry_after } = currentWindow(portal, o);
  if ((await countOccurrence(portal.db, o.bucket, start)) > o.limit) throw tooMany(retry_after);
}

/** Refuses with `too_many_requests` when the limit is already used up; counts nothing. */
export async function refuseWhenLimited(portal: Portal, o: RateLimit): Promise<void> {
  const { start, retry_after } = currentWindow(portal, o);
  if ((await occurrences(portal.db, o.bucket, start)) >= o.limit) throw tooMany(retry_after);
}

function currentWindow(portal: Portal, o: RateLimit): { start: Date; retry_after: number } {
  const length = o.window_seconds * 1000;
  const now = portal.clock.now().getTime();
  const start = Math.floor(now / length) * length;
  return { start: new Date(start), retry_after: Math.ceil((start + length - now) / 1000) };
}

function tooMany(retry_after: number): PortalError {
  return new PortalError('too_many_requests', `Too many attempts. Try again in ${retry_after} seconds.`, { retry_after });
}
