import type { Portal } from '../../portal.ts';

/** This portal as WebAuthn names it: passkeys are made for `id` (a host name) and answer only pages of `origin`. */
export interface RelyingParty {
  id: string;
  name: string;
  origin: string;
}

/** Signature algorithms that a passkey may have, the preferred one first: ES256, EdDSA, RS256 (COSE, RFC 9053 and 8812). */
export const PASSKEY_ALGORITHMS = [-7, -8, -257];

/** The relying party of the configured public origin; never of what a request says (WebAuthn Level 3 §7.1 steps 9 and 14). */
export function relyingParty({ config }: Pick<Portal, 'config'>): RelyingParty {
  return { id: new URL(config.public_origin).hostname, name: config.name, origin: config.public_origin };
}
