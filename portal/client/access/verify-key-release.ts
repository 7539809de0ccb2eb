import { type Grant, type KeyRelease, type Manifest, parseKeyRelease } from '#catalog-schema';
import { checkBlindSubject, CryptoError, digestOf, parseStatement, type Statement, verifyStatement } from '#crypto';
import { ClientError, refusingAs } from '../errors.ts';
import { type BlindedLoggedAct, proveAct } from '../evidence/logged-act.ts';
import type { SeenCheckpoint } from '../trust/pins.ts';
import { portalKeyFor, type VerifiedPortal } from '../trust/verify-portal-keys.ts';
import { producerKeyFor, type VerifiedProducer } from '../trust/verify-producer-keys.ts';
import { claimedTime } from './verify-grant.ts';

/** A content key sealed to one delivery key of a grant, with the signed word that it was made and its place in the log. */
export interface KeyPackage {
  epoch: number;
  form: 'age' | 'openpgp' | 'jwe';
  bytes: Uint8Array;
  release: Statement;
  act: BlindedLoggedAct;
}

/** What a release statement has to fit. */
export interface ReleasePolicy {
  portal: VerifiedPortal;
  producer: VerifiedProducer;
  /** Who may release, out of the verified manifest: in custody `producer` the producer alone. */
  custody: Manifest['custody'];
  grant: Grant;
  /** Recipient of the content key as the signed manifest names it. */
  content_recipient: string;
  /** The delivery key that the package is wanted for, by its thirty digits. */
  delivery_fingerprint: string;
  /** Names of the identity keys with which the consumer may have asked: any device's, also a former one's. */
  consumer_kids: readonly string[];
}

/**
 * Verifies the release statement of a key package: 1 signature by a `release` key of the producer or, in custody `portal`, a broker
 * key of the portal · 2 schema · 3 grant, dataset, epoch, content key's recipient, consumer's keys · 4 it is about exactly these bytes · 5 an act of the
 * log is about it. Refuses with `release_refused`, `release_mismatch`, `package_refused`, `log_proof_refused`, `act_mismatch`.
 */
export function verifyKeyRelease(pack: KeyPackage, policy: ReleasePolicy): { release: KeyRelease; checkpoint: SeenCheckpoint } {
  const { grant, portal, producer, custody } = policy;
  // 1
  const verified = refusingAs('release_refused', 'The release statement does not verify.', () => {
    const outer = parseStatement(pack.release);
    const at = claimedTime(outer);
    const releaseKey = producerKeyFor(producer, 'release', at);
    const brokerKey = portalKeyFor(portal, 'broker', at);
    const statement = verifyStatement(outer, { typ: 'key-release+jws', keyFor: (kid) => releaseKey(kid) ?? brokerKey(kid) });
    if (custody !== 'portal' && statement.kids.some((kid) => releaseKey(kid) === undefined)) {
      throw new ClientError('release_refused', 'The portal released a key that only the producer may hold.', { reason: 'not_by_producer' });
    }
    return statement;
  });
  // 2
  const release = refusingAs('release_refused', 'The release statement is signed, but not one.', () => parseKeyRelease(verified.payload));
  // 3
  const fits: [string, boolean][] = [
    ['grant_id', release.grant_id === grant.grant_id],
    ['dataset_id', release.dataset_id === grant.dataset_id],
    ['epoch', release.epoch === pack.epoch],
    ['content_recipient', release.content_recipient === policy.content_recipient],
    ['consumer_kid', policy.consumer_kids.includes(release.consumer_kid)],
    ['delivery_fingerprint', release.delivery_fingerprint === policy.delivery_fingerprint],
  ];
  const wrong = fits.find(([, right]) => !right)?.[0];
  if (wrong !== undefined) throw new ClientError('release_mismatch', `The release statement names another ${wrong}.`, { reason: wrong, facts: { member: wrong } });
  // 4
  if (digestOf(pack.bytes) !== release.package_sha256) {
    throw new ClientError('package_refused', 'The key package is not the one that the release statement names.', { reason: 'digest_mismatch' });
  }
  // 5
  const proved = proveAct(pack.act, portal);
  const about = refusingAs('act_mismatch', 'The entry of the log is not about this release.', () => {
    try {
      return checkBlindSubject(verified.digest, pack.act.blind_key, proved.act.subject);
    } catch (cause) {
      if (cause instanceof CryptoError) return false;
      throw cause;
    }
  });
  if (!about || proved.act.type !== 'key.release') throw new ClientError('act_mismatch', 'The entry of the log is not about this release.');
  return { release, checkpoint: proved.checkpoint };
}
