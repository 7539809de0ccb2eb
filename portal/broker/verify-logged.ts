import { parseAct } from '#catalog-schema';
import { checkBlindSubject, CryptoError, decodeBase64url, parseCanonicalJson, verifyConsistency, verifyProof } from '#crypto';
import { PortalError } from '../errors.ts';
import { consistencyProof, proofForAct } from '../log/prove-act.ts';
import type { Broker } from './broker.ts';
import { findCheckpointSeen, rememberCheckpoint } from './checkpoint-store.ts';

/**
 * Whether the log holds the act of a release: its inclusion proof verifies under the pinned log key, the act is about this statement,
 * and the log continues the one that the broker verified last. False as long as the act has no index. `unavailable` with reason
 * `log_not_trusted` when anything does not hold: nothing is released then, and the operator has to look.
 */
export async function verifyLogged(broker: Broker, o: { act_id: string; release_digest: string }): Promise<boolean> {
  const proved = await proofForAct(broker.db, o.act_id);
  if (proved === undefined) return false;
  const { origin } = broker.keys.key_sets.payload;
  try {
    const leaf = decodeBase64url(proved.leaf);
    const checkpoint = verifyUnderLogKeys(broker, leaf, proved.proof, origin);
    const act = parseAct(parseCanonicalJson(leaf));
    if (act.type !== 'key.release' || proved.blind_key === undefined || !checkBlindSubject(o.release_digest, proved.blind_key, act.subject)) {
      throw new CryptoError('proof_mismatch', 'the logged act is not about this release');
    }
    await follow(broker, { ...checkpoint, note: proved.proof.checkpoint });
  } catch (cause) {
    if (cause instanceof CryptoError || (cause instanceof PortalError && cause.code === 'not_found')) {
      throw new PortalError('unavailable', 'The log does not verify: nothing is released until the operator has looked at it.', { reason: 'log_not_trusted', cause });
    }
    throw cause;
  }
  return true;
}

function verifyUnderLogKeys(broker: Broker, leaf: Uint8Array, proof: unknown, origin: string): { size: number; root: Uint8Array } {
  const keys = broker.keys.key_sets.newest.keys.filter((key) => key.roles.includes('log'));
  let refusal: unknown = new CryptoError('unknown_key', 'the portal has no log key');
  for (const { jwk } of keys) {
    try {
      return verifyProof(leaf, proof, { origin, jwk });
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

async function follow(broker: Broker, found: { size: number; root: Uint8Array; note: string }): Promise<void> {
  const seen = await findCheckpointSeen(broker.db);
  if (seen !== undefined) {
    // Another broker may have seen a longer log meanwhile; then this one must be its beginning.
    const [first, second] = seen.size <= found.size ? [seen, found] : [found, seen];
    const path = first.size === second.size ? [] : await consistencyProof(broker.db, first.size, second.size);
    verifyConsistency({ first: first.size, second: second.size, first_root: first.root, second_root: second.root, path });
  }
  await rememberCheckpoint(broker.db, found);
}
