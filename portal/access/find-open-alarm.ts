import { PortalError } from '../errors.ts';
import { hashSecret } from '../parties/one-time-secret.ts';
import type { Portal } from '../portal.ts';
import { findAlarm, type StoredAlarm } from './alarm-store.ts';

/** What a link "this was not us" is about, as long as it counts. Refuses with `not_found` (`unknown_link`), `expired` (`link_used`, `link_expired`). */
export async function findOpenAlarm(portal: Portal, token: string): Promise<StoredAlarm> {
  const alarm = await findAlarm(portal.db, hashSecret('decision alarm', token));
  if (alarm === undefined) throw alarmUnknown();
  if (alarm.used_at !== null) throw alarmUsed();
  if (alarm.expires_at <= portal.clock.now()) throw new PortalError('expired', 'This link has expired. Sign in and stop the access there.', { reason: 'link_expired' });
  return alarm;
}

/** What is said of a link of no decision here, or of one whose request is gone. */
export function alarmUnknown(): PortalError {
  return new PortalError('not_found', 'This link is not one of this portal.', { reason: 'unknown_link' });
}

/** What is said of a link that was used. */
export function alarmUsed(): PortalError {
  return new PortalError('expired', 'This link was used already. Sign in to see where it stands.', { reason: 'link_used' });
}
