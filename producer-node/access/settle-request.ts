import { canonicalBytes, digestOf } from '#crypto';
import { isUniqueViolation } from '../db/database.ts';
import type { ProducerRow } from '../db/tables.ts';
import { insertOutbox } from '../delivery/outbox-store.ts';
import type { AccessRequestLine } from '../delivery/portal-access.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { insertDecision, wasDecided } from './decision-store.ts';

/**
 * Decides a request without a grant, and queues that: a refusal with its reason, or an agreement in principle to a request that no key
 * signed yet. Gives the number of the outbox row. Throws `request_decided`.
 */
export async function settleRequest(
  node: ProducerNode,
  o: { producer: ProducerRow; line: AccessRequestLine; request_sha256: string | null } & ({ decision: 'refuse'; note: string } | { decision: 'agree'; note: string | null; ends_at: Date }),
): Promise<number> {
  const { producer, line, decision, note, request_sha256 } = o;
  const { request_id, dataset_id } = line;
  const { producer_id } = producer;
  const now = node.clock.now();
  if (await wasDecided(node.db, { producer_id, request_id, request_sha256: request_sha256 ?? undefined })) throw refusal('request_decided', { request_id });
  const ends_at = decision === 'agree' ? o.ends_at : null;
  const digest = digestOf(canonicalBytes({ decision, request_id, note, ends_at: ends_at?.toISOString() ?? null }));
  try {
    return await node.db.transaction().execute(async (trx) => {
      await insertDecision(trx, { request_id, decision, producer_id, dataset_id, request_sha256, key_confirmation: null, rule_id: null, ends_at, note, decided_at: now });
      return insertOutbox(trx, { producer_id, kind: 'decision', subject_id: request_id, version: decision === 'agree' ? 0 : 1, digest }, now);
    });
  } catch (cause) {
    if (isUniqueViolation(cause)) throw refusal('request_decided', { request_id }, { cause });
    throw cause;
  }
}
