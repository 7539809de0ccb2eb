import type { Portal } from '../portal.ts';
import { deleteExpired } from './limit-store.ts';

const DAY_SECONDS = 24 * 3600;

/**
 * Deletes what nobody needs any more: spent nonces, old rate-limit windows, sign-ins, sessions, challenges and links of alarm that ended, mails 30 days after they
 * left or were given up, counts of applications' calls after 90 days. Gives the number of rows per table.
 */
export async function purgeExpired(portal: Portal): Promise<Record<string, number>> {
  const now = portal.clock.now();
  const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
  return deleteExpired(portal.db, {
    // A little longer than they count, so that a clock that is set back finds them still there.
    http_nonce: ago(600),
    rate_limit: ago(DAY_SECONDS),
    sign_in: ago(DAY_SECONDS),
    session: now,
    passkey_challenge: ago(600),
    decision_alarm: ago(DAY_SECONDS),
    mail: ago(30 * DAY_SECONDS),
    application_use: ago(90 * DAY_SECONDS),
  });
}
