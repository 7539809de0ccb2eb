import { type Heads, parseHeads } from '#catalog-schema';
import { canonicalBytes, decodeBase64url, type Digest, digestBytes, keyWithRole, leafHash, type PublicJwk, verifyInclusion, verifyStatement } from '#crypto';
import { ClientError, refusingAs } from '../errors.ts';
import type { VerifiedProducer } from '../trust/verify-producer-keys.ts';
import type { HeadsEvidence } from './evidence.ts';

/** Clocks of producer and consumer may differ by this many milliseconds. */
const SKEW_MS = 5 * 60_000;

/** What the producer's newest word says about one version. */
export interface HeadsVerdict {
  heads: Heads;
  /** The version that the producer names as the newest of the dataset. */
  named_version: number;
  /** The digest that it gives that version. */
  named_digest: Digest;
  /** Whether keys of the producer's newest key set signed it: a word by a key that was replaced may be a thief's. */
  by_newest_keys: boolean;
  /** Whether the statement is in force at the time of reading, by a key of the newest key set. */
  fresh: boolean;
}

/**
 * Verifies which version the producer, in a statement signed by a `manifest` key of its key sets, names as the newest of a
 * dataset; a statement from before the publication names an older one. Refuses with `heads_refused` (signature, form, other
 * producer), `heads_rolled_back` (a lower number than one seen, unless the evidence was saved), `heads_mismatch` (the line is about
 * another dataset, gives this version another digest, or is not under the signed root).
 */
export function verifyHeads(
  evidence: HeadsEvidence,
  found: { dataset_id: string; version: number; digest: Digest },
  producer: VerifiedProducer,
  o: { now: Date; saved: boolean },
): HeadsVerdict {
  const detail = "The producer's statement of its newest versions does not verify.";
  const keyFor = (kid: string): PublicJwk | undefined => producer.key_sets.map((set) => keyWithRole(set, kid, 'manifest')).findLast((jwk) => jwk !== undefined);
  const { heads, kids } = refusingAs('heads_refused', detail, () => {
    const verified = verifyStatement(evidence.statement, { typ: 'producer-heads+jws', keyFor });
    return { heads: parseHeads(verified.payload), kids: verified.kids };
  });
  if (heads.producer_id !== producer.producer_id) throw new ClientError('heads_refused', 'The statement of newest versions is of another producer.');
  const seen = producer.pin?.heads_seq ?? 0;
  if (!o.saved && heads.seq < seen) {
    throw new ClientError('heads_rolled_back', `Statement ${heads.seq} of the newest versions is shown; statement ${seen} was seen before.`, { facts: { seq: heads.seq, seen } });
  }
  const [dataset_id, named_version, digest] = evidence.entry;
  if (dataset_id !== found.dataset_id || (named_version === found.version && digest !== found.digest)) {
    throw new ClientError('heads_mismatch', "The producer's statement of its newest versions names another content for this version.");
  }
  refusingAs('heads_mismatch', "The producer's statement of its newest versions does not hold this line.", () => {
    if (evidence.size !== heads.count) throw new ClientError('heads_mismatch', `The path is in a tree of ${evidence.size} entries, the statement has ${heads.count}.`);
    verifyInclusion({
      index: evidence.entry_index,
      size: heads.count,
      leaf_hash: leafHash(canonicalBytes(evidence.entry)),
      path: evidence.path.map((step) => decodeBase64url(step, 32)),
      root: digestBytes(heads.root),
    });
  });
  const now = o.now.getTime();
  const issued = Date.parse(heads.issued_at);
  const expires = Date.parse(heads.expires_at);
  // A statement that promises itself more than a day is not believed for longer than a day.
  const until = Math.min(expires, issued + 24 * 3_600_000);
  // Heads of a key that was replaced since say what was true; the producer has not spoken again with its new key.
  const inForce = kids.every((kid) => keyWithRole(producer.newest, kid, 'manifest') !== undefined);
  return { heads, named_version, named_digest: digest, by_newest_keys: inForce, fresh: inForce && issued <= now + SKEW_MS && now < until };
}
