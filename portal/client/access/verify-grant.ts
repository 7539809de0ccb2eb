import { type Grant, type Manifest, parseGrant } from '#catalog-schema';
import { checkBlindSubject, CryptoError, type Digest, parseStatement, type PublicJwk, readUnverifiedPayload, type Statement, type VerifiedStatement, verifyStatement } from '#crypto';
import { ClientError, refusingAs } from '../errors.ts';
import { type BlindedLoggedAct, proveAct } from '../evidence/logged-act.ts';
import type { SeenCheckpoint } from '../trust/pins.ts';
import { portalKeyFor, type VerifiedPortal } from '../trust/verify-portal-keys.ts';
import { producerKeyFor, type VerifiedProducer } from '../trust/verify-producer-keys.ts';
import type { OwnRequest } from './own-requests.ts';

/** What a grant has to fit. */
export interface GrantPolicy {
  portal: VerifiedPortal;
  producer: VerifiedProducer;
  /** Who may decide, out of the verified manifest: in custody `producer` the producer alone. */
  custody: Manifest['custody'];
  consumer_id: string;
  dataset_id: string;
  /** The requests signed from this home; where one of them was for this dataset, the grant must rest on such a one. */
  own_requests: readonly OwnRequest[];
}

/** A grant whose signature and place in the log verified. */
export interface VerifiedGrant {
  grant: Grant;
  digest: Digest;
  signed_by: 'portal' | 'producer';
  checkpoint: SeenCheckpoint;
}

/**
 * Verifies a grant: 1 signature by a `decide` key of the producer or, in custody `portal`, a decision key of the portal · 2 schema ·
 * 3 it is this consumer's, for this dataset and producer · 4 it rests on a request of this consumer, as far as those are known here ·
 * 5 an act of the log is about exactly this grant. Refuses with `grant_refused`, `grant_mismatch`, `grant_without_request`,
 * `not_in_log`, `log_proof_refused`, `act_mismatch`. Whether it is live is another question (`grantCovers`).
 */
export function verifyGrant(statement: unknown, act: BlindedLoggedAct | null, policy: GrantPolicy): VerifiedGrant {
  // 1
  const { verified, by } = verifyGrantSignature(statement, policy);
  // 2
  const grant = refusingAs('grant_refused', 'The grant is signed, but not a grant.', () => parseGrant(verified.payload));
  // 3
  if (grant.consumer_id !== policy.consumer_id || grant.dataset_id !== policy.dataset_id || grant.producer_id !== policy.producer.producer_id) {
    throw new ClientError('grant_mismatch', 'The grant is for somebody else or another dataset.', { facts: { grant_id: grant.grant_id } });
  }
  // 4
  const asked = policy.own_requests.filter((request) => request.dataset_id === grant.dataset_id);
  if (asked.length > 0 && asked.every((request) => request.digest !== grant.request_sha256)) {
    throw new ClientError('grant_without_request', 'The grant rests on another request than those signed here.', { facts: { grant_id: grant.grant_id } });
  }
  // 5
  if (act === null) throw new ClientError('not_in_log', 'The grant is not in the log yet; it takes a second or two.');
  const proved = proveAct(act, policy.portal);
  const about = refusingAs('act_mismatch', 'The entry of the log is not about this grant.', () => checkBlindSubject(verified.digest, act.blind_key, proved.act.subject));
  if (!about || proved.act.type !== 'grant' || (proved.act.dataset_id ?? grant.dataset_id) !== grant.dataset_id) {
    throw new ClientError('act_mismatch', 'The entry of the log is not about this grant.');
  }
  return { grant, digest: verified.digest, signed_by: by, checkpoint: proved.checkpoint };
}

/** Whether a grant opens an epoch at the time `now`; refuses with `grant_not_live` (not begun, ended) or `grant_mismatch` (other epochs). */
export function grantCovers(grant: Grant, epoch: number, now: Date): void {
  if (now.getTime() < Date.parse(grant.starts_at) || now.getTime() >= Date.parse(grant.ends_at)) {
    throw new ClientError('grant_not_live', `The grant runs from ${grant.starts_at} to ${grant.ends_at}.`, { facts: { starts_at: grant.starts_at, ends_at: grant.ends_at } });
  }
  if ((epoch < grant.epoch_from && !grant.history) || (grant.epoch_to !== null && epoch > grant.epoch_to)) {
    throw new ClientError('grant_mismatch', `The grant does not open epoch ${epoch}.`, { facts: { epoch, grant_id: grant.grant_id } });
  }
}

function verifyGrantSignature(statement: unknown, { portal, producer, custody }: GrantPolicy): { verified: VerifiedStatement; by: 'portal' | 'producer' } {
  return refusingAs('grant_refused', 'The grant does not verify.', () => {
    const outer = parseStatement(statement);
    const at = claimedTime(outer);
    const decide = producerKeyFor(producer, 'decide', at);
    try {
      return { verified: verifyWith(outer, decide), by: 'producer' };
    } catch (cause) {
      if (!(cause instanceof CryptoError) || cause.code !== 'unknown_key') throw cause;
    }
    const verified = verifyWith(outer, portalKeyFor(portal, 'decision', at));
    if (custody !== 'portal') throw new ClientError('grant_refused', 'The portal granted what only the producer may grant.', { reason: 'not_by_producer' });
    return { verified, by: 'portal' };
  });
}

function verifyWith(statement: Statement, keyFor: (kid: string) => PublicJwk | undefined): VerifiedStatement {
  return verifyStatement(statement, { typ: 'grant+jws', keyFor });
}

/**
 * The time at which a statement says it was made, before verification: it only chooses among the keys that its signer may have had.
 * Refuses with a CryptoError when the payload is not canonical JSON or has no `iat`.
 */
export function claimedTime(statement: Statement): string {
  const payload = readUnverifiedPayload(statement);
  const time = typeof payload === 'object' && payload !== null && 'iat' in payload ? payload.iat : undefined;
  if (typeof time !== 'string' || Number.isNaN(Date.parse(time))) throw new CryptoError('malformed_statement', 'a statement that does not say when it was made');
  return time;
}
