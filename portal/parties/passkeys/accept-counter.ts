import type { Portal } from '../../portal.ts';
import { queueMail } from '../queue-mail.ts';
import { passkeyMail } from './passkey-mails.ts';
import { passkeyRefused } from './passkey-refused.ts';
import { countPasskeyUse } from './passkey-store.ts';
import type { VerifiedAnswer } from './verify-answer.ts';

/**
 * Takes the signature counter of a verified answer, or refuses it with `bad_evidence` (`passkey_counter`) where it did not grow: then
 * the member is mailed, since somebody may hold a copy of their authenticator.
 */
export async function acceptCounter(portal: Portal, member: { email: string; language: string }, { passkey, counter }: VerifiedAnswer): Promise<void> {
  if (await countPasskeyUse(portal.db, { credential_id: passkey.credential_id, counter, now: portal.clock.now() })) return;
  await queueMail(portal.db, portal, { to_email: member.email, ...passkeyMail(portal, { language: member.language, change: 'copied', name: passkey.name }) });
  throw passkeyRefused('passkey_counter', 'This passkey behaves like a copy of the one that was registered. Use another, and remove this one.');
}
