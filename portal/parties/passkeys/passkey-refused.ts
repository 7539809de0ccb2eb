import { PortalError } from '../../errors.ts';

/** Why the answer of an authenticator is worth nothing. */
export type PasskeyRefusal =
  | 'passkey_malformed'
  | 'passkey_challenge' // never given to this session for this purpose, spent, or older than five minutes
  | 'passkey_origin' // made for another page than one of ours
  | 'passkey_unknown' // no passkey of this member
  | 'passkey_not_verified' // without fingerprint, face or code
  | 'passkey_counter' // not above the counter seen last: the authenticator may have been copied
  | 'passkey_invalid'; // anything else that WebAuthn checks, the signature above all

/** Refuses what an authenticator answered: `bad_evidence` with the reason. */
export function passkeyRefused(reason: PasskeyRefusal, detail: string, cause?: unknown): PortalError {
  return new PortalError('bad_evidence', detail, { reason, ...(cause === undefined ? {} : { cause }) });
}

/** What the library or we threw, in the portal's own words. */
export function refusalOf(cause: unknown): PortalError {
  return cause instanceof PortalError ? cause : passkeyRefused('passkey_invalid', 'The answer of the authenticator does not hold. Try again, or with another passkey.', cause);
}
