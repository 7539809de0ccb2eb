import { parsePortalKeySet, type PortalKeySet } from '#catalog-schema';
import { keyWithRole, type PublicJwk, verifyKeySetChain, type VerifiedKeySet } from '#crypto';
import { ClientError, refusingAs } from '../errors.ts';
import { checkPinnedChain, grownChain } from './pinned-chain.ts';
import type { Pins, PortalPin } from './pins.ts';

/** A portal whose key sets verified, as far as the pins allow to know it. */
export interface VerifiedPortal {
  portal_id: string;
  name: string;
  /** Name of its log in checkpoints. */
  log_origin: string;
  key_sets: readonly VerifiedKeySet[];
  newest: VerifiedKeySet;
  keys: PortalKeySet;
  /** The pin held before this call; undefined at the first meeting. */
  pin: PortalPin | undefined;
}

/**
 * Verifies a portal's key sets from version 1 to the newest and compares them with the pin of that portal. With `portal_id`, it must
 * be that very portal. Refuses with `portal_keys_refused`, `portal_changed`, `portal_keys_forked`, `portal_keys_shorter`.
 */
export function verifyPortalKeys(statements: readonly unknown[], pins: Pins, o: { portal_id?: string; saved?: boolean } = {}): VerifiedPortal {
  const chain = refusingAs('portal_keys_refused', 'The key sets of the portal do not verify.', () =>
    verifyKeySetChain(statements, { typ: 'portal-keys+jws' }),
  );
  const newest = chain.at(-1);
  if (newest === undefined) throw new ClientError('portal_keys_refused', 'The portal shows no key set.');
  if (o.portal_id !== undefined && newest.party_id !== o.portal_id) {
    throw new ClientError('portal_changed', `These are the keys of portal ${newest.party_id}; portal ${o.portal_id} is expected.`, {
      facts: { found: newest.party_id, expected: o.portal_id },
    });
  }
  const pin = pins.portals.find((candidate) => candidate.portal_id === newest.party_id);
  if (pin !== undefined) checkPinnedChain('portal', chain, pin.key_sets, o.saved ?? false);
  const keys = refusingAs('portal_keys_refused', 'The newest key set of the portal is not one.', () => parsePortalKeySet(newest.payload));
  return { portal_id: newest.party_id, name: keys.name, log_origin: keys.origin, key_sets: chain, newest, keys, pin };
}

/** The portal that answered at an address before; undefined for an address never called. */
export function portalAt(pins: Pins, portal_url: string): string | undefined {
  return pins.portals.find((pin) => pin.portal_urls.includes(portal_url))?.portal_id;
}

/** The pin that remembers a verified portal and one more address of it; what was known before is kept, chains only grow. */
export function portalPin(portal: VerifiedPortal, portal_url: string | undefined, now: Date): PortalPin {
  const { pin } = portal;
  return {
    portal_id: portal.portal_id,
    portal_urls: [...new Set([...(pin?.portal_urls ?? []), ...(portal_url === undefined ? [] : [portal_url])])],
    name: portal.name,
    key_sets: grownChain(portal.key_sets, pin?.key_sets ?? []),
    confirmed_by: pin?.confirmed_by ?? 'first_use',
    pinned_at: pin?.pinned_at ?? now.toISOString(),
    checkpoint: pin?.checkpoint ?? null,
  };
}

/** The log keys of the portal's newest set: checkpoints are signed anew with the key of today, so older sets do not count. */
export function portalLogKeys(portal: VerifiedPortal): PublicJwk[] {
  return portal.newest.keys.filter((key) => key.roles.includes('log')).map((key) => key.jwk);
}

/**
 * The lookup for statements of the portal's decision or broker keys made at the time `at` (RFC 3339): a grant outlives the key that
 * signed it, so every version of the chain counts, each key within its own times.
 */
export function portalKeyFor(portal: VerifiedPortal, role: 'decision' | 'broker', at: string): (kid: string) => PublicJwk | undefined {
  return (kid) => {
    for (const set of portal.key_sets.toReversed()) {
      const jwk = keyWithRole(set, kid, role, at);
      if (jwk !== undefined) return jwk;
    }
    return undefined;
  };
}
