import { generateAuthenticationOptions, generateRegistrationOptions, type PublicKeyCredentialCreationOptionsJSON, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { encodeBase64url, utf8 } from '#crypto';
import type { Portal } from '../../portal.ts';
import type { Session } from '../find-session.ts';
import { hashSecret, newToken } from '../one-time-secret.ts';
import { takeFromRateLimit } from '../take-from-rate-limit.ts';
import { insertChallenge, type PasskeyPurpose } from './challenge-store.ts';
import { listPasskeys } from './passkey-store.ts';
import { PASSKEY_ALGORITHMS, relyingParty } from './relying-party.ts';

/** An answer to a challenge counts for five minutes, once. */
export const CHALLENGE_SECONDS = 5 * 60;

/** What the browser gives to `navigator.credentials.create`, in its JSON form. */
export type CreationOptions = PublicKeyCredentialCreationOptionsJSON;
/** What the browser gives to `navigator.credentials.get`, in its JSON form. */
export type RequestOptions = PublicKeyCredentialRequestOptionsJSON;

/** Begins to register a passkey for the member of a session: no attestation, user verification required. */
export async function beginRegistration(portal: Portal, { member, session_hash }: Session): Promise<CreationOptions> {
  const { id, name } = relyingParty(portal);
  const known = await listPasskeys(portal.db, member.member_id);
  return generateRegistrationOptions({
    rpID: id,
    rpName: name,
    userID: new Uint8Array(utf8(member.member_id)),
    userName: member.email,
    userDisplayName: member.name === '' ? member.email : member.name,
    challenge: await newChallenge(portal, 'register', session_hash),
    timeout: CHALLENGE_SECONDS * 1000,
    attestationType: 'none',
    // An authenticator that holds one of these says so, instead of making a second one in its place.
    excludeCredentials: known.map(({ credential_id }) => ({ id: credential_id })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    supportedAlgorithmIDs: PASSKEY_ALGORITHMS,
  });
}

/** Begins to ask the member of a session for one of their passkeys. */
export async function beginConfirmation(portal: Portal, { member, session_hash }: Session): Promise<RequestOptions> {
  const known = await listPasskeys(portal.db, member.member_id);
  return requestOptions(portal, await newChallenge(portal, 'confirm', session_hash), known.map(({ credential_id }) => credential_id));
}

/**
 * Begins to sign somebody in by whichever passkey they choose; gives the mark of their browser, new unless they brought one. Refuses
 * with `too_many_requests`.
 */
export async function beginPasskeySignIn(portal: Portal, o: { browser_token: string | undefined; address: string }): Promise<{ options: RequestOptions; browser_token: string }> {
  await takeFromRateLimit(portal, { bucket: `passkey-sign-in:${o.address}`, limit: 120, window_seconds: 3600 });
  const browser_token = o.browser_token ?? newToken(portal.random);
  const challenge = await newChallenge(portal, 'sign_in', hashSecret('sign-in browser', browser_token));
  return { options: await requestOptions(portal, challenge, []), browser_token };
}

function requestOptions(portal: Portal, challenge: Uint8Array<ArrayBuffer>, allowed: readonly string[]): Promise<RequestOptions> {
  return generateAuthenticationOptions({
    rpID: relyingParty(portal).id,
    challenge,
    timeout: CHALLENGE_SECONDS * 1000,
    userVerification: 'required',
    allowCredentials: allowed.map((id) => ({ id })),
  });
}

async function newChallenge(portal: Portal, purpose: PasskeyPurpose, bound_to: string): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = new Uint8Array(portal.random(32));
  const expires_at = new Date(portal.clock.now().getTime() + CHALLENGE_SECONDS * 1000);
  await insertChallenge(portal.db, { challenge: encodeBase64url(challenge), purpose, bound_to, expires_at });
  return challenge;
}
