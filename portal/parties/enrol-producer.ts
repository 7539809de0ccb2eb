import { parseProducerKeySet } from '#catalog-schema';
import { fingerprintOf, parseStatement, verifyKeySetChain } from '#crypto';
import { isUniqueViolation } from '../db/database.ts';
import { PortalError } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { insertEnrolment } from './enrolment-store.ts';
import { spendNodeCode } from './invitation-store.ts';
import { openInvitation } from './node-code.ts';
import { insertPendingProducer, recordNodeSeen } from './producer-store.ts';
import { recordKeySets } from './record-key-sets.ts';
import { takeFromRateLimit } from './take-from-rate-limit.ts';
import { requireWorkingKeys } from './working-keys.ts';

/** An enrolment that waits for two people to compare its fingerprint. */
export interface PendingEnrolment {
  enrolment_id: string;
  producer_id: string;
  name: string;
  state: 'pending';
  fingerprint: string;
}

/**
 * Takes a producer's self-signed key sets against a one-time code: 1 rate limit · 2 code · 3 chain and shapes · 4 keys in force ·
 * 5 one transaction: code spent, producer pending, key sets with their acts. Nothing can be published before `confirmEnrolment`. `node_kid`: the key that
 * signed the call, where the node serves another producer already.
 * Refuses as `openInvitation` does, with `bad_evidence`, `schema`, `conflict` (`already_enrolled`, `key_of_another`, `key_of_another_producer`).
 */
export async function enrolProducer(portal: Portal, input: { code: string; key_sets: readonly unknown[]; address: string; node_kid?: string }): Promise<PendingEnrolment> {
  // 1
  await takeFromRateLimit(portal, { bucket: `enrolment:${input.address}`, limit: 30, window_seconds: 3600 });
  // 2
  const invitation = await openInvitation(portal, input.code);
  // 3
  const chain = verifyKeySetChain(input.key_sets, { typ: 'producer-keys+jws' });
  const statements = input.key_sets.map(parseStatement);
  const newest = chain.at(-1);
  if (newest === undefined) throw new PortalError('bad_request', 'Send at least one key set.');
  const payload = parseProducerKeySet(newest.payload);
  for (const set of chain) parseProducerKeySet(set.payload);
  // 4
  const now = portal.clock.now();
  const node_kid = requireWorkingKeys(newest, now);
  const fingerprint = fingerprintOf(newest.digest, portal.keys.key_set_digest);
  const enrolment_id = portal.newUuid();
  // 5
  await portal.db
    .transaction()
    .execute(async (trx) => {
      if (!(await spendNodeCode(trx, { ...invitation, producer_id: newest.party_id, now }))) {
        throw new PortalError('conflict', 'This code has already been used. Ask the operator for a new one.', { reason: 'code_used' });
      }
      // A producer refused before may try again with a new code; one that is pending, active or suspended may not.
      if (!(await insertPendingProducer(trx, { producer_id: newest.party_id, name: payload.name, domain: payload.domain ?? null, now }))) throw alreadyEnrolled();
      await recordKeySets(trx, portal, { party_type: 'producer', chain, statements, ...(input.node_kid === undefined ? {} : { node_kid: input.node_kid }) });
      await insertEnrolment(trx, { enrolment_id, invitation_id: invitation.invitation_id, producer_id: newest.party_id, node_kid, fingerprint, created_at: now });
      await recordNodeSeen(trx, node_kid, now);
    })
    .catch((cause: unknown) => {
      // Two enrolments of one producer at once: the other one stands.
      if (isUniqueViolation(cause)) throw alreadyEnrolled(cause);
      throw cause;
    });
  return { enrolment_id, producer_id: newest.party_id, name: payload.name, state: 'pending', fingerprint };
}

function alreadyEnrolled(cause?: unknown): PortalError {
  return new PortalError('conflict', 'This producer is already enrolled, or waits for its fingerprint to be compared.', { reason: 'already_enrolled', cause });
}
