import { parseConsumerKeySet, parseKeyRelease, type KeyRelease } from '#catalog-schema';
import { deliveryFingerprint, digestOf, parseStatement, readUnverifiedPayload, verifyStatement } from '#crypto';
import { PortalError } from '../errors.ts';
import { appendAct } from '../log/append-act.ts';
import { findKeysInForce, listKeySets } from '../parties/key-store.ts';
import { may } from '../policy.ts';
import type { Caller, Db, Portal } from '../portal.ts';
import { findEpoch } from './epoch-store.ts';
import { coversEpoch, findGrant, grantStateAt, noGrant, type StoredGrant } from './grant-store.ts';
import { findNodePackage, insertNodePackage } from './release-store.ts';

/** A key package that a node sealed. */
export interface GivenPackage {
  grant_id: string;
  epoch: number;
  form: 'age' | 'openpgp' | 'jwe';
  package: Uint8Array;
  release: unknown;
}

/** A package answered to its node. */
export interface AcceptedPackage {
  grant_id: string;
  epoch: number;
  delivery_fingerprint: string;
}

/** Most bytes of a key package; a post-quantum header or an OpenPGP message has a few thousand. */
const PACKAGE_MAX_BYTES = 16 * 1024;

/**
 * Takes a key package that a producer's node sealed under its own grant (custody `producer`), with the act of its release; it is handed
 * out once the log has integrated the act. Once per (grant, epoch, delivery key): the same again gets the same answer. What is inside
 * nobody here can see. Refuses with the codes of each step.
 */
export async function acceptKeyPackage(portal: Portal, caller: Caller, input: GivenPackage): Promise<AcceptedPackage> {
  const now = portal.clock.now();
  // 1 a grant of the node's producer
  const grant = await findGrant(portal.db, input.grant_id);
  if (grant === undefined || caller.kind !== 'node' || !may(caller, 'decide_at_node', { producer_id: grant.producer_id })) throw noGrant();
  if (input.package.length > PACKAGE_MAX_BYTES) throw new PortalError('too_large', 'A key package is larger than it can be.', { reason: 'package_too_large' });
  // 2 signed by a release key in force, and exactly a release
  const statement = parseStatement(input.release);
  const keys = await findKeysInForce(portal.db, 'producer', grant.producer_id, 'release', now);
  const verified = verifyStatement(statement, { typ: 'key-release+jws', keyFor: (kid) => keys.get(kid) });
  const release = parseKeyRelease(verified.payload);
  const { epoch, delivery_fingerprint } = release;
  // 3 of this grant, this epoch, these bytes
  if (release.grant_id !== grant.grant_id || release.dataset_id !== grant.dataset_id || epoch !== input.epoch) throw mismatch('release_mismatch', 'The release is of another grant, dataset or epoch.');
  if (release.package_sha256 !== digestOf(input.package)) throw mismatch('package_mismatch', 'The package is not the one that the release names.');
  // 4 the same again gets the same answer
  const known = await findNodePackage(portal.db, { grant_id: grant.grant_id, epoch, delivery_fingerprint });
  if (known !== undefined) {
    if (known.digest === verified.digest) return { grant_id: grant.grant_id, epoch, delivery_fingerprint };
    throw new PortalError('conflict', 'Another package was sent for this epoch and delivery key.', { reason: 'package_exists' });
  }
  // 5 the grant is live and covers the epoch, whose content key the producer holds and the signed manifest names
  requireOpen(grant, epoch, now);
  const known_epoch = await findEpoch(portal.db, grant.dataset_id, epoch);
  if (known_epoch?.custody !== 'producer') throw new PortalError('conflict', `Epoch ${epoch} of this dataset has no content key that only the producer holds.`, { reason: 'custody_mismatch' });
  if (known_epoch.recipient !== release.content_recipient) throw mismatch('recipient_mismatch', 'The release names another content key than the signed manifest.');
  // 6 the consumer's keys
  await requireConsumerKeys(portal.db, grant.consumer_id, { ...release, form: input.form });

  const stored = await portal.db.transaction().execute(async (trx) => {
    const { act_id } = await appendAct(trx, portal, { type: 'key.release', subject_digest: verified.digest, public: false, dataset_id: grant.dataset_id });
    const row = { grant_id: grant.grant_id, epoch, delivery_fingerprint, form: input.form, package: Buffer.from(input.package), statement: JSON.stringify(statement), digest: verified.digest, act_id, released_at: now };
    // Of two that arrive at once one stands; the other goes away with its act, and looks again.
    if (!(await insertNodePackage(trx, row))) throw raced();
  }).then(
    () => true,
    (cause: unknown) => {
      if (cause instanceof PortalError && cause.reason === 'package_raced') return false;
      throw cause;
    },
  );
  return stored ? { grant_id: grant.grant_id, epoch, delivery_fingerprint } : acceptKeyPackage(portal, caller, input);
}

function raced(): PortalError {
  return new PortalError('conflict', 'This package arrives twice at once. Send it again.', { reason: 'package_raced' });
}

function requireOpen(grant: StoredGrant, epoch: number, now: Date): void {
  const state = grantStateAt(grant, now);
  // Under a suspended grant it waits behind the gate, so that lifting the suspension needs nothing of the node.
  if (state !== 'active' && state !== 'suspended') throw new PortalError('conflict', `This access is ${state}.`, { reason: `grant_${state}` });
  if (!coversEpoch(grant, epoch)) throw new PortalError('bad_evidence', `The grant does not cover epoch ${epoch}.`, { reason: 'epoch_not_granted' });
}

async function requireConsumerKeys(db: Db, consumer_id: string, release: Pick<KeyRelease, 'consumer_kid' | 'delivery_fingerprint'> & { form: string }): Promise<void> {
  const sets = await listKeySets(db, 'consumer', consumer_id);
  const newest = sets.at(-1);
  const delivery = newest === undefined ? [] : parseConsumerKeySet(readUnverifiedPayload(newest.statement)).delivery;
  const known = delivery.some((one) => one.form === release.form && deliveryFingerprint(one) === release.delivery_fingerprint);
  if (!known) throw mismatch('delivery_mismatch', 'The package is for a delivery key that the consumer\'s newest key set does not have.');
}

function mismatch(reason: string, detail: string): PortalError {
  return new PortalError('bad_evidence', detail, { reason });
}
