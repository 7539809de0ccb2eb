import type { Portal } from '../portal.ts';
import { eraseRequestData } from './erase-access-request.ts';
import { KEPT_SECONDS } from './request-clocks.ts';
import { listEndedBefore } from './request-store.ts';

/**
 * Erases requests a year after they ended, or the access that came of them, as whoever asked could have done; at most 100, gives their
 * number. Run now and then by any process: of two that meet at one request, the second finds it erased.
 */
export async function eraseOldRequests(portal: Portal): Promise<number> {
  const before = new Date(portal.clock.now().getTime() - KEPT_SECONDS * 1000);
  const old = await listEndedBefore(portal.db, { before, limit: 100 });
  for (const request of old) await eraseRequestData(portal, request);
  return old.length;
}
