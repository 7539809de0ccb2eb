import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { Portal } from '../../portal.ts';
import { acceptClient } from './accept-client.ts';
import type { PasskeyPurpose } from './challenge-store.ts';
import { passkeyRefused, refusalOf } from './passkey-refused.ts';
import { findPasskey, type StoredPasskey } from './passkey-store.ts';
import { readAnswer } from './read-answer.ts';
import { relyingParty } from './relying-party.ts';

/** An answer whose signature holds; its counter is still to be compared, by `countPasskeyUse`. */
export interface VerifiedAnswer {
  passkey: StoredPasskey;
  counter: number;
}

/**
 * Verifies what an authenticator answered to a challenge (WebAuthn Level 3 §7.2): 1 shape · 2 challenge given to this session or browser,
 * spent now whatever follows · 3 origin · 4 passkey known, and this member's where there is a session · 5 relying party, presence,
 * signature · 6 user verified. Each refusal is `bad_evidence` with its own `PasskeyRefusal`.
 */
export async function verifyAnswer(portal: Portal, o: { answer: string; purpose: PasskeyPurpose; bound_to: string; member_id?: string }): Promise<VerifiedAnswer> {
  const answer = readAnswer(o.answer);
  await acceptClient(portal, answer, o);
  const passkey = await findPasskey(portal.db, answer.id);
  if (passkey === undefined || (o.member_id !== undefined && passkey.member_id !== o.member_id)) {
    throw passkeyRefused('passkey_unknown', 'This passkey is not one of yours on this portal. Choose another.');
  }
  const { id: expectedRPID, origin: expectedOrigin } = relyingParty(portal);
  const { id } = answer;
  const { clientDataJSON = '', authenticatorData = '', signature = '' } = answer.response;
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response: { clientDataJSON, authenticatorData, signature } },
      expectedChallenge: answer.client.challenge,
      expectedOrigin,
      expectedRPID,
      // Its counter is compared by one conditional UPDATE, so that two answers at once cannot both pass.
      credential: { id, publicKey: passkey.public_key, counter: 0 },
      requireUserVerification: false,
    });
    if (!verified) throw new Error('the signature does not hold');
    if (!authenticationInfo.userVerified) throw passkeyRefused('passkey_not_verified', 'Your device did not check your fingerprint, face or code. Set one up on it, then try again.');
    return { passkey, counter: authenticationInfo.newCounter };
  } catch (cause) {
    throw refusalOf(cause);
  }
}
