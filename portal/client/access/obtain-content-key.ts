import { setTimeout as sleep } from 'node:timers/promises';
import type { SealedFileResource } from '#catalog-schema';
import { type ContentKey, deliveryFingerprint } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import type { VerifiedVersion } from '../evidence/fetch-evidence.ts';
import type { ConsumerKeys } from '../home/consumer-keys.ts';
import { followLog } from '../trust/follow-log.ts';
import { verifyProducerKeys } from '../trust/verify-producer-keys.ts';
import { listGrants, type ListedGrant } from './list-grants.ts';
import { claimedFingerprint, listKeyPackages } from './list-key-packages.ts';
import { checkContentKey, fingerprintOfSecret, openKeyPackage } from './open-key-package.ts';
import { ownRequests } from './own-requests.ts';
import { grantCovers, type GrantPolicy, verifyGrant, type VerifiedGrant } from './verify-grant.ts';
import { type KeyPackage, type ReleasePolicy, verifyKeyRelease } from './verify-key-release.ts';

/** A content key with everything that shows how it came. */
export interface ObtainedKey {
  content_key: ContentKey;
  grant: VerifiedGrant;
  listed: ListedGrant;
  pack: KeyPackage;
  /** The same content key sealed to the consumer's other delivery keys: for stock tools. */
  others: KeyPackage[];
}

const PACKAGE_TRIES = 8;
const PAUSE_MS = 750;

/**
 * A grant of this consumer that verifies, is live and opens the resource's epoch; `not_granted` when there is none. One that does not
 * verify keeps no other from being used; its refusal is told only when none is left.
 */
export async function findGrant(client: Client, version: VerifiedVersion, epoch: number): Promise<{ grant: VerifiedGrant; listed: ListedGrant }> {
  const { dataset_id } = version.verdict;
  const all = (await ownGrants(client, dataset_id)).filter((grant) => grant.dataset_id === dataset_id);
  const policy = await grantPolicy(client, version);
  let refused: ClientError | undefined;
  for (const listed of all.filter((grant) => grant.state === 'active')) {
    try {
      const grant = verifyGrant(listed.statement, listed.act, policy);
      grantCovers(grant.grant, epoch, client.now());
      return { grant, listed };
    } catch (cause) {
      if (!(cause instanceof ClientError)) throw cause;
      refused ??= cause;
    }
  }
  if (refused !== undefined) throw refused;
  const ended = all.find((grant) => grant.state === 'suspended') ?? all.at(-1);
  if (ended === undefined) throw noGrant(dataset_id);
  throw new ClientError('grant_not_live', `Your grant is ${ended.state}.`, { reason: ended.state, facts: { starts_at: ended.starts_at, ends_at: ended.ends_at } });
}

/**
 * Gets the content key of a sealed resource: live grant, key package, release statement, log, recipient, in the order of the
 * formats; nothing is used before it is verified. Waits some seconds for a package that is being made. Refuses with `not_granted`,
 * `grant_not_live`, `package_missing` and the codes of `verifyGrant`, `verifyKeyRelease`, `openKeyPackage`, `followLog`.
 */
export async function obtainContentKey(client: Client, version: VerifiedVersion, resource: SealedFileResource): Promise<ObtainedKey> {
  const keys = await client.consumerKeys();
  const secret = await client.deliverySecret();
  const delivery_fingerprint = await fingerprintOfSecret(secret);
  const { epoch, recipient } = resource.age;
  const { grant, listed } = await findGrant(client, version, epoch);
  const { grant_id } = grant.grant;
  const all = await waitForPackage(client, { grant_id, epoch, delivery_fingerprint });
  const pack = packageFor(all, epoch, delivery_fingerprint);
  const policy = { ...signersOf(version), grant: grant.grant, content_recipient: recipient, consumer_kids: keys.identity_kids };
  const { checkpoint } = verifyKeyRelease(pack, { ...policy, delivery_fingerprint });
  await followLog(client, version.portal.portal_id, [grant.checkpoint, checkpoint]);
  const expected = { grant_id, dataset_id: version.verdict.dataset_id, epoch, recipient };
  const content_key = checkContentKey(await openKeyPackage(pack, secret, expected), expected);
  return { content_key, grant, listed, pack, others: otherPackages(all, keys, policy, pack) };
}

/**
 * The packages of a grant and epoch that are sealed to the consumer's other delivery keys, each verified like one's own; the rest is
 * passed over: another program will have to open them, and must not be handed what nobody vouches for.
 */
function otherPackages(all: readonly KeyPackage[], keys: ConsumerKeys, policy: Omit<ReleasePolicy, 'delivery_fingerprint'>, own: KeyPackage): KeyPackage[] {
  const registered = keys.newest.delivery.map(deliveryFingerprint);
  return all.filter((pack) => {
    const delivery_fingerprint = claimedFingerprint(pack);
    if (pack.epoch !== own.epoch || delivery_fingerprint === undefined || delivery_fingerprint === claimedFingerprint(own) || !registered.includes(delivery_fingerprint)) return false;
    try {
      verifyKeyRelease(pack, { ...policy, delivery_fingerprint });
      return true;
    } catch (cause) {
      if (cause instanceof ClientError) return false;
      throw cause;
    }
  });
}

/** What a grant of this client for a verified version has to fit. */
export async function grantPolicy(client: Client, version: VerifiedVersion): Promise<GrantPolicy> {
  const { consumer_id } = await client.consumerKeys();
  const home = await client.home();
  return { ...signersOf(version), consumer_id, dataset_id: version.verdict.dataset_id, own_requests: home === undefined ? [] : await ownRequests(home) };
}

function signersOf({ verdict, evidence, portal }: VerifiedVersion): Pick<GrantPolicy, 'portal' | 'producer' | 'custody'> {
  return { portal, producer: verifyProducerKeys(evidence.producer_key_sets, verdict.producer.producer_id, verdict.pins), custody: verdict.manifest.custody };
}

// A key that was never shown to the portal has no grant either: what helps is to ask.
async function ownGrants(client: Client, dataset_id: string): Promise<ListedGrant[]> {
  try {
    return await listGrants(client);
  } catch (cause) {
    throw cause instanceof ClientError && cause.code === 'not_recognised' ? noGrant(dataset_id, cause) : cause;
  }
}

function noGrant(dataset_id: string, cause?: unknown): ClientError {
  return new ClientError('not_granted', 'You have no grant for this dataset.', { cause, reason: 'no_grant', facts: { why: 'no_grant', dataset: dataset_id } });
}

async function waitForPackage(client: Client, wanted: { grant_id: string; epoch: number; delivery_fingerprint: string }): Promise<KeyPackage[]> {
  const { grant_id, epoch, delivery_fingerprint } = wanted;
  for (let attempt = 1; ; attempt++) {
    const packages = await listKeyPackages(client, grant_id);
    if (packages.some((pack) => isFor(pack, epoch, delivery_fingerprint)) || attempt >= PACKAGE_TRIES) return packages;
    await sleep(PAUSE_MS);
  }
}

function packageFor(packages: readonly KeyPackage[], epoch: number, delivery_fingerprint: string): KeyPackage {
  const pack = packages.find((candidate) => isFor(candidate, epoch, delivery_fingerprint));
  if (pack === undefined) throw new ClientError('package_missing', `The key package of epoch ${epoch} is not ready yet; try again in a moment.`, { facts: { epoch } });
  return pack;
}

function isFor(pack: KeyPackage, epoch: number, delivery_fingerprint: string): boolean {
  return pack.epoch === epoch && claimedFingerprint(pack) === delivery_fingerprint;
}
