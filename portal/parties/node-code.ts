import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { countNodeCodeAttempt } from './invitation-store.ts';
import { hashSecret, newCode, readCode, sameHash, showCode } from './one-time-secret.ts';

/** A code to enrol a node lives 7 days and bears 10 attempts. */
export const NODE_CODE_SECONDS = 7 * 24 * 3600;
export const NODE_CODE_ATTEMPTS = 10;

// The first eight characters find the invitation, the other sixteen (80 bits) are the secret.
const LOCATOR = 8;
const SECRET = 16;

/** A fresh code: what is shown once, and what is stored. */
export function makeNodeCode(random: (size: number) => Uint8Array): { code: string; code_locator: string; code_hash: string } {
  const code_locator = newCode(random, LOCATOR);
  const code = code_locator + newCode(random, SECRET);
  return { code: showCode(code), code_locator, code_hash: hashSecret('node code', code) };
}

/**
 * The invitation that a typed code opens. Every attempt is counted before anything is compared, also against those who race.
 * Refuses with `forbidden` (`wrong_code`, `code_locked`), `conflict` (`code_used`) or `expired` (`code_expired`); the last two only for the right code.
 */
export async function openInvitation(portal: Portal, typed: string): Promise<{ invitation_id: string; code_hash: string }> {
  const code = readCode(typed);
  const wrong = new PortalError('forbidden', 'This code is not one of this portal. Check it letter by letter, or ask the operator for a new one.', { reason: 'wrong_code' });
  if (code.length !== LOCATOR + SECRET) throw wrong;
  const row = await countNodeCodeAttempt(portal.db, code.slice(0, LOCATOR));
  if (row === undefined || row.code_hash === null || row.code_expires_at === null) throw wrong;
  if (row.attempts > NODE_CODE_ATTEMPTS) throw new PortalError('forbidden', 'Too many attempts were made with this code. Ask the operator for a new one.', { reason: 'code_locked' });
  const code_hash = hashSecret('node code', code);
  if (!sameHash(code_hash, row.code_hash)) throw wrong;
  if (row.used_at !== null) throw new PortalError('conflict', 'This code has already been used. Ask the operator for a new one.', { reason: 'code_used' });
  if (row.code_expires_at <= portal.clock.now()) throw new PortalError('expired', 'This code has expired. Ask the operator for a new one.', { reason: 'code_expired' });
  return { invitation_id: row.invitation_id, code_hash };
}
