import { type PublicJwk, type VerifiedKeySet, verifyKeySetChain } from '#crypto';
import { PortalError } from '../errors.ts';
import { listKeySets } from '../parties/key-store.ts';
import type { Db } from '../portal.ts';

/** The key sets of a party, verified from its id alone; `not_found` for an unknown party, CryptoError for a chain that does not hold. */
export async function verifiedChain(db: Db, party: 'producer' | 'consumer', party_id: string): Promise<readonly VerifiedKeySet[]> {
  const sets = await listKeySets(db, party, party_id);
  if (sets.length === 0) throw new PortalError('not_found', `No key set of this ${party} is known.`, { reason: `no_${party}` });
  return verifyKeySetChain(sets.map((set) => set.statement), { typ: party === 'producer' ? 'producer-keys+jws' : 'consumer-keys+jws', party_id });
}

/** The keys that hold or held a role in a chain: manifests, deposits and requests outlive the keys that signed them. */
export function keysEver(chain: readonly VerifiedKeySet[], role: string): ReadonlyMap<string, PublicJwk> {
  return new Map(chain.flatMap((set) => set.keys.filter((key) => key.roles.includes(role)).map((key) => [key.kid, key.jwk] as const)));
}
