import { type AccessRequestPayload, deliveryInForce, type Grant, parseAccessRequest, parseConsumerKeySet, parseGrant } from '#catalog-schema';
import { deliveryFingerprint, type DeliveryKey, keyWithRole, type VerifiedKeySet, verifyStatement } from '#crypto';
import { coversEpoch } from '../access/grant-store.ts';
import { PortalError } from '../errors.ts';
import type { Broker } from './broker.ts';
import { findEndAct, findGrantRow, type GrantRow } from './evidence-store.ts';
import { keysEver, verifiedChain } from './verified-chain.ts';

/** A delivery key to which a package is sealed, with the name under which the release statement knows it. */
export interface NamedDelivery {
  delivery: DeliveryKey;
  fingerprint: string;
}

/** A grant under which an epoch may be released at this moment, and to whom. */
export interface ReleasableGrant {
  grant: Grant;
  /** Digest of the grant's payload, by which the log's acts name it. */
  digest: string;
  /** The consumer's identity key that signed the request. */
  consumer_kid: string;
  delivery: readonly NamedDelivery[];
}

/**
 * Verifies a grant as if the database were somebody else's: signed by the decision key in the key set that the broker pinned, in its
 * dates at `now`, covering the epoch, resting on the request that its consumer signed with a key of their own chain. Delivery keys
 * are those of the consumer's newest key set that are in force: a device added since the request gets its package, one retired none. The database is believed only when it says that
 * the grant has ended: by its row or, where somebody set that back, by the act of its end. Throws PortalError (`bad_evidence`, `forbidden`, `expired`, `not_found`), CryptoError or SchemaError.
 */
export async function verifyGrant(broker: Broker, grant_id: string, epoch: number): Promise<ReleasableGrant> {
  const now = broker.clock.now();
  const stored = await getGrantRow(broker, grant_id);
  // The newest key set only: after a decision key was lost, what it signed is worth nothing here.
  const portal_keys = broker.keys.key_sets.newest;
  const verified = verifyStatement(JSON.parse(stored.grant), { typ: 'grant+jws', keyFor: (kid) => keyWithRole(portal_keys, kid, 'decision', now.toISOString()) });
  const grant = parseGrant(verified.payload);
  if (grant.grant_id !== grant_id) throw mismatch('grant_mismatch', 'The stored grant has another id.');
  await requireLive(broker, { grant, digest: verified.digest });
  if (!coversEpoch(grant, epoch)) {
    throw new PortalError('forbidden', `The grant does not cover epoch ${epoch}.`, { reason: 'epoch_not_granted' });
  }

  const chain = await verifiedChain(broker.db, 'consumer', grant.consumer_id);
  const request = readRequest(JSON.parse(stored.request), chain, grant);
  const newest = chain.at(-1);
  const in_force = newest === undefined ? [] : deliveryInForce(parseConsumerKeySet(newest.payload), now);
  if (in_force.length === 0) throw new PortalError('forbidden', 'The consumer has no delivery key in force.', { reason: 'no_delivery_key' });
  const delivery = in_force.map((known) => ({ delivery: known, fingerprint: deliveryFingerprint(known) }));
  return { grant, digest: verified.digest, consumer_kid: request.kid, delivery };
}

/**
 * Refuses a grant that is not live now, by its signed dates, its row or an act about its end; `forbidden` (`grant_revoked`), `expired`
 * or `unavailable` (not begun, suspended). Asks the database at each call.
 */
export async function requireLive(broker: Broker, { grant, digest }: Pick<ReleasableGrant, 'grant' | 'digest'>): Promise<void> {
  const now = broker.clock.now();
  const { state } = await getGrantRow(broker, grant.grant_id);
  const end = await findEndAct(broker.db, digest);
  if (state === 'revoked' || end === 'revocation') throw new PortalError('forbidden', 'The grant was revoked.', { reason: 'grant_revoked' });
  if (state === 'expired' || end === 'expiry' || Date.parse(grant.ends_at) <= now.getTime()) throw new PortalError('expired', 'The grant has come to its end.', { reason: 'grant_expired' });
  if (state === 'suspended') throw new PortalError('unavailable', 'The grant is suspended until an officer has looked at it.', { reason: 'grant_suspended' });
  if (Date.parse(grant.starts_at) > now.getTime()) throw new PortalError('unavailable', 'The grant has not begun yet.', { reason: 'grant_not_begun' });
}

async function getGrantRow(broker: Broker, grant_id: string): Promise<GrantRow & { request: string }> {
  const row = await findGrantRow(broker.db, grant_id);
  if (row === undefined || row.request === null) throw new PortalError('not_found', 'There is no such grant, or it rests on no signed request.', { reason: 'no_grant' });
  return { ...row, request: row.request };
}

function readRequest(statement: unknown, chain: readonly VerifiedKeySet[], grant: Grant): { payload: AccessRequestPayload; kid: string } {
  const identityKeys = keysEver(chain, 'identity');
  const verified = verifyStatement(statement, { typ: 'access-request+jws', keyFor: (kid) => identityKeys.get(kid) });
  const payload = parseAccessRequest(verified.payload);
  const [kid] = verified.kids;
  const fits = verified.digest === grant.request_sha256 && payload.consumer_id === grant.consumer_id && payload.dataset_id === grant.dataset_id && payload.producer_id === grant.producer_id;
  if (!fits || kid === undefined) throw mismatch('request_mismatch', 'The grant rests on another request than the one stored.');
  return { payload, kid };
}

function mismatch(reason: string, detail: string): PortalError {
  return new PortalError('bad_evidence', detail, { reason });
}
