import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { parseEmail } from './email-address.ts';
import { setMemberLanguage, upsertMember } from './member-store.ts';
import { type NewSession, openSession } from './open-session.ts';
import { hashCode, hashSecret, readCode, sameHash } from './one-time-secret.ts';
import { countCodeAttempt, findSignIn, listOpenSignIns, type SignInRow, useSignIn } from './sign-in-store.ts';
import { takeFromRateLimit } from './take-from-rate-limit.ts';

const CODE_ATTEMPTS = 10;

/** What the person brought: the token of the link, or the code with the address it was sent to. */
export type SignInProof = { token: string } | { code: string; email: unknown };

/**
 * Signs a person in, once per link: by the link in the browser that asked for it, or by the typed code anywhere. Always a new
 * session, never one that the browser brought. Refuses with `expired` (`link_used`, `link_expired`), `not_found` (`unknown_link`),
 * `forbidden` (`other_browser`: type the code; `wrong_code`: also when used, expired or tried ten times), `too_many_requests`.
 */
export async function completeSignIn(portal: Portal, input: SignInProof & { browser_token: string | undefined; address?: string }): Promise<NewSession> {
  const row = 'token' in input ? await findByLink(portal, input.token, input.browser_token) : await findByCode(portal, input);
  const now = portal.clock.now();
  const made = await portal.db.transaction().execute(async (trx) => {
    if (!(await useSignIn(trx, row.token_hash, now))) throw linkUsed();
    const { member_id } = await upsertMember(trx, { member_id: portal.newUuid(), email: row.email, name: '', language: row.language, now });
    await setMemberLanguage(trx, member_id, row.language);
    return openSession(trx, portal, { member_id, stepped_up: false });
  });
  return { ...made, next_path: row.next_path, language: row.language };
}

async function findByLink(portal: Portal, token: string, browser_token: string | undefined): Promise<SignInRow> {
  const row = await findSignIn(portal.db, hashSecret('sign-in link', token));
  if (row === undefined) throw new PortalError('not_found', 'This link is not one of this portal, or it is too old. Ask for a new one.', { reason: 'unknown_link' });
  if (row.used_at !== null) throw linkUsed();
  if (row.expires_at <= portal.clock.now()) throw new PortalError('expired', 'This link has expired. Ask for a new one.', { reason: 'link_expired' });
  if (browser_token === undefined || !sameHash(hashSecret('sign-in browser', browser_token), row.browser_hash)) {
    throw new PortalError('forbidden', 'This link was asked for in another browser. Type the code of the mail here instead.', { reason: 'other_browser' });
  }
  return row;
}

async function findByCode(portal: Portal, input: { code: string; email: unknown; browser_token: string | undefined; address?: string }): Promise<SignInRow> {
  const email = parseEmail(input.email);
  if (input.address !== undefined) await takeFromRateLimit(portal, { bucket: `sign-in-code-address:${input.address}`, limit: 60, window_seconds: 3600 });
  const code = readCode(input.code);
  const rows = await rowsToTry(portal, email, input);
  const found = rows.find((row) => sameHash(hashCode(portal.keys.code_key, { purpose: 'sign-in code', row: row.token_hash, code }), row.code_hash));
  if (found === undefined) {
    throw new PortalError('forbidden', 'This code is not the one we sent, or it has been used, has expired, or was tried too often. Ask for a new mail.', { reason: 'wrong_code' });
  }
  return found;
}

/**
 * The sign-ins that a typed code may complete. Each attempt of the browser that asked counts on its own row; one from anywhere else
 * counts in limits of its own, so that strangers who type wrong codes use nothing up for that browser.
 */
async function rowsToTry(portal: Portal, email: string, { browser_token, address }: { browser_token: string | undefined; address?: string }): Promise<SignInRow[]> {
  const asked = { email, now: portal.clock.now(), attempts_max: CODE_ATTEMPTS };
  const own = browser_token === undefined ? [] : await countCodeAttempt(portal.db, { ...asked, browser_hash: hashSecret('sign-in browser', browser_token) });
  if (own.length > 0) return own;
  const who = hashSecret('limit', email);
  if (address !== undefined) await takeFromRateLimit(portal, { bucket: `sign-in-code:${address}:${who}`, limit: 10, window_seconds: 3600 });
  await takeFromRateLimit(portal, { bucket: `sign-in-code:${who}`, limit: 100, window_seconds: 3600 });
  return listOpenSignIns(portal.db, asked);
}

function linkUsed(): PortalError {
  return new PortalError('expired', 'This link or code has already been used. Ask for a new one.', { reason: 'link_used' });
}
