import { parseRevocation } from '#catalog-schema';
import { signStatement, statementDigest } from '#crypto';
import type { PortalRow, ProducerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import { spendContentKeys } from '../keys/content-key-store.ts';
import { readProducerKey } from '../keys/key-home.ts';
import type { ProducerNode } from '../node.ts';
import { isOurs } from '../access/follow-grants.ts';
import { endGrant, findOwnGrant } from '../access/grant-store.ts';
import { insertOutbox, refusePackages } from './outbox-store.ts';
import { fetchGrant, type GrantLine } from './portal-access.ts';
import { insertRevocation } from './revocation-store.ts';

/**
 * The live (or, on the portal, suspended) grant of a producer with this identifier: one that this node signed needs no portal. Throws `grant_unknown`, `grant_over`,
 * `grant_not_ours` (the portal shows one that only this node could have signed, and did not), `portal_away`.
 */
export async function findLiveGrant(node: ProducerNode, o: { producer: ProducerRow; portal: PortalRow; grant_id: string }): Promise<GrantLine> {
  const own = await findOwnGrant(node.db, o.grant_id);
  if (own !== undefined && own.producer_id === o.producer.producer_id) {
    const state = own.state === 'active' && own.ends_at <= node.clock.now() ? 'expired' : own.state;
    if (state !== 'active') throw refusal('grant_over', { grant_id: o.grant_id, state });
    const { grant_id, digest, producer_id, dataset_id, consumer_id, contact } = own;
    return { grant_id, grant_sha256: digest, producer_id, dataset_id, consumer_id, key_sets: [], title: '', who: contact, state, starts_at: own.starts_at.toISOString(), ends_at: own.ends_at.toISOString() };
  }
  const grant = await fetchGrant(node, o.portal, o.producer.producer_id, o.grant_id);
  if (grant === undefined) throw refusal('grant_unknown', { grant_id: o.grant_id });
  if (!(await isOurs(node, grant, undefined))) throw refusal('grant_not_ours', { grant_id: o.grant_id });
  if (grant.state !== 'active' && grant.state !== 'suspended') throw refusal('grant_over', { grant_id: o.grant_id, state: grant.state });
  return grant;
}

/**
 * Signs the end of a grant by the producer's `decide` key and queues it; from this moment the dataset's content key is spent here: the
 * next changed file gets a new one. Gives the number of the outbox row. Throws `bad_option` for a reason that does not fit.
 */
export async function revokeGrant(node: ProducerNode, o: { producer: ProducerRow; grant: GrantLine; reason: string }): Promise<number> {
  const { producer, grant } = o;
  const now = node.clock.now();
  const payload = parseRevocation({ v: 1, grant_id: grant.grant_id, grant_sha256: grant.grant_sha256, producer_id: producer.producer_id, reason: o.reason, at: `${now.toISOString().slice(0, 19)}Z` });
  const statement = signStatement('revocation+jws', payload, [await readProducerKey(node.config.home, producer.producer_id, 'decide')]);
  return node.db.transaction().execute(async (trx) => {
    const kept = await insertRevocation(trx, { grant_id: grant.grant_id, producer_id: producer.producer_id, dataset_id: grant.dataset_id, statement: JSON.stringify(statement), created_at: now });
    if (!kept) throw refusal('grant_over', { grant_id: grant.grant_id, state: 'revoked' });
    if (await endGrant(trx, grant.grant_id, 'revoked', now)) await refusePackages(trx, grant.grant_id, { code: 'grant_revoked', text: 'the access ended' });
    await spendContentKeys(trx, grant.dataset_id, now);
    return insertOutbox(trx, { producer_id: producer.producer_id, kind: 'revocation', subject_id: grant.grant_id, version: 0, digest: statementDigest(statement) }, now);
  });
}
