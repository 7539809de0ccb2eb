import { type ConsumerKeySet, deliveryInForce, parseKeyRelease } from '#catalog-schema';
import { deliveryFingerprint, digestOf, mayCarry, sealKeyPackage, signStatement, statementDigest } from '#crypto';
import type { AccessGrantRow, ContentKeyRow, KeyPackageRow } from '../db/tables.ts';
import { readProducerKey } from '../keys/key-home.ts';
import { openContentKey } from '../keys/open-content-key.ts';
import type { ProducerNode } from '../node.ts';
import { coversEpoch } from './grant-store.ts';

/** Whom packages of a grant are for: the key that signed the request, and the consumer's newest key set as it is pinned. */
export interface GrantedRequest {
  kid: string;
  newest: ConsumerKeySet;
}

/** What of a grant its packages name. */
export type SealedUnder = Pick<AccessGrantRow, 'grant_id' | 'producer_id' | 'dataset_id' | 'epoch_from' | 'epoch_to' | 'history'>;

/**
 * Seals the content keys that a grant covers to each delivery key in force of the consumer's newest key set, and signs a release statement
 * for each; what is `known` is left out. A device that was added since so receives what was granted before, and one taken away nothing more. Nothing is stored here. Throws `key_missing`, `content_key_closed`, and CryptoError for
 * a delivery key that is no good.
 */
export async function sealPackages(
  node: ProducerNode,
  o: { grant: SealedUnder; request: GrantedRequest; keys: readonly ContentKeyRow[]; known: readonly Pick<KeyPackageRow, 'epoch' | 'delivery_fingerprint'>[] },
): Promise<KeyPackageRow[]> {
  const { grant, request } = o;
  const now = node.clock.now();
  const delivery = deliveryInForce(request.newest, now).map((known) => ({ known, fingerprint: deliveryFingerprint(known) }));
  const rows: KeyPackageRow[] = [];
  for (const key of o.keys.filter((row) => coversEpoch(grant, row.epoch))) {
    const missing = delivery.filter(({ fingerprint }) => !o.known.some((one) => one.epoch === key.epoch && one.delivery_fingerprint === fingerprint));
    if (missing.length === 0) continue;
    const content_key = await openContentKey(node, key);
    const release_key = await readProducerKey(node.config.home, grant.producer_id, 'release');
    for (const { known: one, fingerprint } of missing) {
      if (!mayCarry(content_key.recipient, one)) continue;
      const sealed = await sealKeyPackage(content_key, one, { grant_id: grant.grant_id, at: now });
      const payload = parseKeyRelease({
        v: 1,
        grant_id: grant.grant_id,
        dataset_id: grant.dataset_id,
        epoch: key.epoch,
        content_recipient: content_key.recipient,
        consumer_kid: request.kid,
        delivery_fingerprint: fingerprint,
        package_sha256: digestOf(sealed),
        iat: `${now.toISOString().slice(0, 19)}Z`,
      });
      const statement = signStatement('key-release+jws', payload, [release_key]);
      rows.push({ grant_id: grant.grant_id, epoch: key.epoch, delivery_fingerprint: fingerprint, form: one.form, package: Buffer.from(sealed), statement: JSON.stringify(statement), digest: statementDigest(statement), created_at: now });
    }
  }
  return rows;
}
