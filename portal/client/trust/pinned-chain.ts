import { type Digest, type VerifiedKeySet } from '#crypto';
import { ClientError } from '../errors.ts';

/** Whose chain of key sets is compared. */
export type ChainOwner = 'portal' | 'producer';

/**
 * Compares a verified chain with the digests seen before: the same beginning, and at least as long. Evidence saved earlier may be
 * shorter (`saved`), never different. Refuses with `portal_keys_forked`, `portal_keys_shorter` or the same of a producer.
 */
export function checkPinnedChain(owner: ChainOwner, chain: readonly VerifiedKeySet[], pinned: readonly Digest[], saved: boolean): void {
  for (const [index, set] of chain.entries()) {
    const seen = pinned[index];
    if (seen !== undefined && seen !== set.digest) {
      throw new ClientError(`${owner}_keys_forked`, `Version ${set.version} of the ${owner}'s key set is not the one seen before: two histories of its keys are being shown.`, {
        facts: { version: set.version },
      });
    }
  }
  if (chain.length < pinned.length && !saved) {
    throw new ClientError(`${owner}_keys_shorter`, `The ${owner}'s key sets end at version ${chain.length}; version ${pinned.length} was seen before.`, {
      facts: { version: chain.length, seen: pinned.length },
    });
  }
}

/** The longer of the digests pinned and those of the chain, once `checkPinnedChain` has accepted it. */
export function grownChain(chain: readonly VerifiedKeySet[], pinned: readonly Digest[]): Digest[] {
  return chain.length >= pinned.length ? chain.map((set) => set.digest) : [...pinned];
}
