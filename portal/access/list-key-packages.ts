import { deliveryInForce, parseConsumerKeySet } from '#catalog-schema';
import { deliveryFingerprint, encodeBase64url, readUnverifiedPayload, type Statement } from '#crypto';
import { PortalError } from '../errors.ts';
import { listKeySets } from '../parties/key-store.ts';
import type { Db } from '../portal.ts';
import { findGrant, grantStateAt, noGrant } from './grant-store.ts';
import { type PartyAct, partyAct } from './grant-list-store.ts';
import { listReleased } from './release-store.ts';
import { liveGrantFor } from './live-grant-store.ts';

/** A content key sealed to one delivery key, with the broker's signed word and the act that stands in the log. */
export interface KeyPackage {
  epoch: number;
  /** Which of the consumer's delivery keys it is sealed to. */
  delivery_fingerprint: string;
  form: 'age' | 'openpgp' | 'jwe';
  /** base64url. */
  package: string;
  release: Statement;
  act: PartyAct;
}

/**
 * The key packages of a consumer's grant, by epoch. Only while the grant is live at `now`: `forbidden` with reason `grant_revoked`, `grant_suspended`,
 * `grant_expired`, `grant_not_begun` otherwise; `not_found` for others' grants.
 */
export async function listKeyPackages(db: Db, consumer_id: string, grant_id: string, now: Date): Promise<KeyPackage[]> {
  const grant = await findGrant(db, grant_id);
  if (grant === undefined || grant.consumer_id !== consumer_id) throw noGrant();
  const state = grantStateAt(grant, now);
  if (state !== 'active') throw closed(`grant_${state}`, `This access is ${state}: nothing is handed out any more.`);
  if (grant.starts_at > now) throw closed('grant_not_begun', 'This access has not begun yet.');
  if ((await liveGrantFor(db, consumer_id, grant.dataset_id, now, { grant_id })) === undefined) throw closed('no_grant', 'This access is suspended.');
  // What was sealed to a key that its owner has retired since stays here.
  const in_force = await fingerprintsInForce(db, consumer_id, now);
  const rows = (await listReleased(db, grant_id)).filter((row) => in_force.has(row.delivery_fingerprint));
  const packages = await Promise.all(
    rows.map(async (row) => {
      const act = await partyAct(db, row.act_id);
      // The broker hands out only what the log has integrated; without a proof there is nothing that a client would accept.
      return act === null ? undefined : { epoch: row.epoch, delivery_fingerprint: row.delivery_fingerprint, form: row.form, package: encodeBase64url(row.package), release: JSON.parse(row.statement) as Statement, act };
    }),
  );
  return packages.filter((entry) => entry !== undefined);
}

async function fingerprintsInForce(db: Db, consumer_id: string, now: Date): Promise<ReadonlySet<string>> {
  const newest = (await listKeySets(db, 'consumer', consumer_id)).at(-1);
  return new Set(newest === undefined ? [] : deliveryInForce(parseConsumerKeySet(readUnverifiedPayload(newest.statement)), now).map(deliveryFingerprint));
}

function closed(reason: string, detail: string): PortalError {
  return new PortalError('forbidden', detail, { reason });
}
