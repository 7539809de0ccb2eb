import type { Portal } from '../portal.ts';
import { countApplicationCall } from './application-store.ts';
import { takeFromRateLimit } from './take-from-rate-limit.ts';

/** How many calls one application may make in an hour, over all processes. */
export const APPLICATION_CALLS_PER_HOUR = 5000;

/** Takes an authenticated call of an application from its hour's quota and notes it; `too_many_requests` beyond, which is not noted. */
export async function countApplicationUse(portal: Portal, kid: string): Promise<void> {
  await takeFromRateLimit(portal, { bucket: `application:${kid}`, limit: APPLICATION_CALLS_PER_HOUR, window_seconds: 3600 });
  await countApplicationCall(portal.db, kid, portal.clock.now());
}
