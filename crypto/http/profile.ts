import { CryptoError } from '../errors.ts';
import type { SignatureAlgorithm } from '../key/public-key.ts';

/** The one label under which a call is signed. */
export const LABEL = 'sig1';
/** The tag that separates these signatures from those of other RFC 9421 profiles. */
export const TAG = 'sceau-v1';
/** Longest time between `created` and `expires`, in seconds. */
export const LIFETIME_SECONDS = 60;
/** How far the two clocks may differ, in seconds. */
export const SKEW_SECONDS = 60;

/** Covered components of a call without a body, in the only order accepted. */
export const COMPONENTS = ['@method', '@authority', '@path', '@query'] as const;
/** Covered components of a call with a body. */
export const COMPONENTS_WITH_BODY = [...COMPONENTS, 'content-digest', 'content-type'] as const;

/** The names of the algorithms in the HTTP Message Signatures registry. */
export const HTTP_ALGORITHM: Readonly<Record<SignatureAlgorithm, string>> = { Ed25519: 'ed25519', ES256: 'ecdsa-p256-sha256' };

const TARGET_MAX = 8 * 1024;
// Origin form, printable ASCII. What routers and proxies read in different ways is refused: empty, dot and encoded-separator segments.
const TARGET = /^\/[\x21\x22\x24-\x5b\x5d-\x7e]*$/;
const AMBIGUOUS_PATH = /\/\/|\/(?:\.|%2e){1,2}(?:\/|$)|%(?:2f|5c|00)/i;

/**
 * Refuses with `target_malformed` a request target (path and query as sent) that two programs might read in two ways, among them one
 * that ends in a bare `?`: RFC 9421 signs it like the target without.
 */
export function requireTarget(target: string): void {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  if (target.length > TARGET_MAX || !TARGET.test(target) || AMBIGUOUS_PATH.test(path) || query === target.length - 1) {
    throw new CryptoError('target_malformed', 'a request target that is not one unambiguous path and query');
  }
}
