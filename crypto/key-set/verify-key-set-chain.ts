import type { Digest } from '../digest.ts';
import { CryptoError } from '../errors.ts';
import type { PublicJwk } from '../key/public-key.ts';
import { parseStatement, readUnverifiedPayload } from '../statement/statement.ts';
import { verifyStatement } from '../statement/verify-statement.ts';
import { type KeySetContent, type KeySetType, partyIdOf, readKeySet, signingRole, type VerifiedKeySet } from './key-set.ts';

const CHAIN_MAX_VERSIONS = 1024;

/** What a reader knows before it reads a chain. */
export interface KeySetChainPolicy {
  readonly typ: KeySetType;
  /** The name under which the party is known; without it the chain proves only that it hangs together. */
  readonly party_id?: string;
  /**
   * Whether a step signed by recovery keys alone is in force: 72 h after its log time, without objection of a key of the
   * version before. Only a reader of the log can know; without this function every such step is refused.
   */
  readonly recoveryInForce?: (step: {
    readonly from: VerifiedKeySet;
    readonly version: number;
    readonly digest: Digest;
  }) => boolean;
}

/**
 * Verifies the key sets of a party from version 1 to the newest (SPEC.md §4): dense versions, each naming the digest of the one
 * before, each signed by the threshold of its own signing keys and of those of the version before. Returns all, newest last.
 * Refuses with `chain_broken`, `party_mismatch`, `threshold_not_met`, `recovery_not_effective` and the codes of statements and keys.
 */
export function verifyKeySetChain(chain: readonly unknown[], policy: KeySetChainPolicy): VerifiedKeySet[] {
  if (chain.length === 0 || chain.length > CHAIN_MAX_VERSIONS) {
    throw new CryptoError('chain_broken', `a chain of ${chain.length} key sets`);
  }
  const partyId = partyIdOf(chain[0]);
  if (policy.party_id !== undefined && policy.party_id !== partyId) {
    throw new CryptoError('party_mismatch', `the chain begins another party than ${policy.party_id}`);
  }
  const verified: VerifiedKeySet[] = [];
  for (const statement of chain) verified.push(verifyStep(statement, verified.at(-1), partyId, policy));
  return verified;
}

function verifyStep(
  statement: unknown,
  before: VerifiedKeySet | undefined,
  partyId: string,
  policy: KeySetChainPolicy,
): VerifiedKeySet {
  const role = signingRole(policy.typ);
  // The keys that may sign stand in the payload itself: what is read here is a claim until the signatures below hold.
  const claimed = readKeySet(readUnverifiedPayload(statement), policy.typ);
  const own = keysOf(claimed, role);
  const old = before === undefined ? new Map<string, PublicJwk>() : keysOf(before, role);
  const recovery =
    before === undefined || policy.typ !== 'producer-keys+jws' ? new Map<string, PublicJwk>() : keysOf(before, 'recovery');
  const signed = verifyStatement(parseStatement(statement), {
    typ: policy.typ,
    keyFor: (kid) => own.get(kid) ?? old.get(kid) ?? recovery.get(kid),
  });
  const { prev, ...content } = readKeySet(signed.payload, policy.typ);

  const expected = (before?.version ?? 0) + 1;
  if (content.version !== expected) throw new CryptoError('chain_broken', `version ${content.version} where ${expected} is due`);
  if (prev !== (before?.digest ?? null)) {
    throw new CryptoError('chain_broken', `version ${expected} does not name the digest of the version before`);
  }

  const count = (keys: ReadonlyMap<string, PublicJwk>): number => signed.kids.filter((kid) => keys.has(kid)).length;
  if (count(own) < content.threshold) {
    throw new CryptoError('threshold_not_met', `version ${expected} has too few signatures of its own ${role} keys`);
  }
  let authority: 'root' | 'recovery' = 'root';
  if (before !== undefined && count(old) < before.threshold) {
    if (recovery.size === 0 || count(recovery) < before.threshold) {
      throw new CryptoError(
        'threshold_not_met',
        `version ${expected} has too few signatures of the ${role} keys of the version before`,
      );
    }
    if (policy.recoveryInForce?.({ from: before, version: expected, digest: signed.digest }) !== true) {
      throw new CryptoError(
        'recovery_not_effective',
        `version ${expected} rests on recovery keys and is not known to be in force`,
      );
    }
    authority = 'recovery';
  }
  return { party_id: partyId, digest: signed.digest, authority, ...content };
}

function keysOf(set: Pick<KeySetContent, 'keys'>, role: string): Map<string, PublicJwk> {
  return new Map(set.keys.filter((key) => key.roles.includes(role)).map((key) => [key.kid, key.jwk]));
}
