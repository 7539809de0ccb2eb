import type { Portal } from '../../portal.ts';
import { type PasskeyPurpose, spendChallenge } from './challenge-store.ts';
import { passkeyRefused } from './passkey-refused.ts';
import type { PasskeyAnswer } from './read-answer.ts';
import { relyingParty } from './relying-party.ts';

/** Spends the challenge that an answer names, then compares its origin with the portal's; refuses with `passkey_challenge`, `passkey_origin`. */
export async function acceptClient(portal: Portal, { client }: PasskeyAnswer, o: { purpose: PasskeyPurpose; bound_to: string }): Promise<void> {
  const { purpose, bound_to } = o;
  if (!(await spendChallenge(portal.db, { challenge: client.challenge, purpose, bound_to, now: portal.clock.now() }))) {
    throw passkeyRefused('passkey_challenge', 'This answer was used already, or took longer than five minutes. Try again.');
  }
  if (client.origin !== relyingParty(portal).origin) throw passkeyRefused('passkey_origin', 'This answer was made for another site than this portal. Look at the address of the page.');
}
