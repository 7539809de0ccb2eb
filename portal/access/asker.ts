import { hashCode, sameHash } from '../parties/one-time-secret.ts';
import { may } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import type { StoredRequest } from './request-store.ts';

/** Whoever comes for a request as the one who made it: signed in, by a signed call, or by the link of a mail about it. */
export type Asker = Caller | { kind: 'link'; token: string };

/**
 * What the link of mails about a request carries beside its id: HMAC-SHA-256 under the portal's key for codes, so that no table holds
 * it. It counts as long as the request: a link that ends would leave people without an account no way to withdraw or erase.
 */
export function followToken(portal: Pick<Portal, 'keys'>, request_id: string): string {
  return hashCode(portal.keys.code_key, { purpose: 'access-request-follow', row: request_id, code: '' });
}

/** Whether this is who made the request: its consumer, its member, the member whose confirmed address it has, or who holds its link. */
export function isAsker(portal: Pick<Portal, 'keys'>, asker: Asker, request: StoredRequest): boolean {
  // The address of a draft may be a stranger's: nobody was mailed its link yet.
  if (asker.kind === 'link') return request.confirmed_at !== null && request.erased_at === null && sameHash(asker.token, followToken(portal, request.request_id));
  if (may(asker, 'withdraw_own_request', request)) return true;
  return asker.kind === 'member' && request.confirmed_at !== null && request.contact_email === asker.email;
}
