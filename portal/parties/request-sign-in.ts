import type { Portal } from '../portal.ts';
import { parseEmail } from './email-address.ts';
import { mailLanguage, signInMail } from './mail-texts.ts';
import { hashCode, hashSecret, newCode, newToken, showCode } from './one-time-secret.ts';
import { queueMail } from './queue-mail.ts';
import { insertSignIn } from './sign-in-store.ts';
import { takeFromRateLimit } from './take-from-rate-limit.ts';

/** A sign-in link and its code live 15 minutes. */
export const SIGN_IN_SECONDS = 15 * 60;
/** Characters of the code, 5 bits each. */
export const SIGN_IN_CODE_LENGTH = 8;

/**
 * Mails a link and a code to sign in with; gives the mark for the asking browser's cookie. The answer is the same whether or not
 * the address is known. Refuses with `schema`, `too_many_requests`.
 */
export async function requestSignIn(
  portal: Portal,
  input: { email: unknown; language: string; next_path: string; address?: string },
): Promise<{ browser_token: string; email: string }> {
  const email = parseEmail(input.email);
  await limitRequests(portal, email, input.address);
  const token = newToken(portal.random);
  const browser_token = newToken(portal.random);
  const token_hash = hashSecret('sign-in link', token);
  const code = newCode(portal.random, SIGN_IN_CODE_LENGTH);
  const language = mailLanguage(input.language);
  const now = portal.clock.now();
  await portal.db.transaction().execute(async (trx) => {
    await insertSignIn(trx, {
      token_hash,
      email,
      code_hash: hashCode(portal.keys.code_key, { purpose: 'sign-in code', row: token_hash, code }),
      browser_hash: hashSecret('sign-in browser', browser_token),
      language,
      next_path: safePath(input.next_path),
      expires_at: new Date(now.getTime() + SIGN_IN_SECONDS * 1000),
    });
    const text = signInMail(language, {
      portal_name: portal.config.name,
      link: `${portal.config.public_origin}/${language}/sign-in/${token}`,
      code: showCode(code),
      minutes: SIGN_IN_SECONDS / 60,
    });
    await queueMail(trx, portal, { to_email: email, ...text });
  });
  return { browser_token, email };
}

// What strangers ask for an address from elsewhere leaves room for its owner; all of them together send a bounded number of mails.
async function limitRequests(portal: Portal, email: string, address: string | undefined): Promise<void> {
  const who = hashSecret('limit', email);
  if (address !== undefined) {
    await takeFromRateLimit(portal, { bucket: `sign-in-address:${address}`, limit: 60, window_seconds: 3600 });
    await takeFromRateLimit(portal, { bucket: `sign-in:${address}:${who}`, limit: 10, window_seconds: 3600 });
  }
  await takeFromRateLimit(portal, { bucket: `sign-in:${who}`, limit: 60, window_seconds: 3600 });
}

/** A path of this portal to go on to; anything that a browser could take for another site becomes `/`. */
export function safePath(path: string): string {
  return /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,1000}$/.test(path) ? path : '/';
}
