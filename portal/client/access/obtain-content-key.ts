import { setTimeout as sleep } from 'node:timers/promises';
import type { SealedFileResource } from '#catalog-schema';
import type { ContentKey } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import type { VerifiedVersion } from '../evidence/fetch-evidence.ts';
import { followLog } from '../trust/follow-log.ts';
import { verifyProducerKeys } from '../trust/verify-producer-keys.ts';
import { listGrants, type ListedGrant } from './list-grants.ts';
import { listKeyPackages } from './list-key-packages.ts';
import { checkContentKey, openKeyPackage } from './open-key-package.ts';
import { ownRequests } from './own-requests.ts';
import { grantCovers, type GrantPolicy, verifyGrant, type VerifiedGrant } from './verify-grant.ts';
import { type KeyPackage, verifyKeyRelease } from './verify-key-release.ts';

/** A content key with everything that shows how it came. */
export interface ObtainedKey {
  content_key: ContentKey;
  grant: VerifiedGrant;
  listed: ListedGrant;
  pack: KeyPackage;
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
  const ended = all.at(-1);
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
  const { epoch, recipient } = resource.age;
  const { grant, listed } = await findGrant(client, version, epoch);
  const pack = await waitForPackage(client, grant.grant.grant_id, epoch);
  const { checkpoint } = verifyKeyRelease(pack, {
    ...signersOf(version),
    grant: grant.grant,
    content_recipient: recipient,
    recipient: keys.recipient,
    consumer_kid: keys.signing_key.kid,
  });
  await followLog(client, version.portal.portal_id, [grant.checkpoint, checkpoint]);
  const expected = { dataset_id: version.verdict.dataset_id, epoch, recipient };
  const content_key = checkContentKey(await openKeyPackage(pack, keys.identity, expected), expected);
  return { content_key, grant, listed, pack };
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

async function waitForPackage(client: Client, grant_id: string, epoch: number): Promise<KeyPackage> {
  for (let attempt = 1; ; attempt++) {
    const pack = (await listKeyPackages(client, grant_id)).find((candidate) => candidate.epoch === epoch && candidate.form === 'age');
    if (pack !== undefined) return pack;
    if (attempt >= PACKAGE_TRIES) {
      throw new ClientError('package_missing', `The key package of epoch ${epoch} is not ready yet; try again in a moment.`, { facts: { epoch } });
    }
    await sleep(PAUSE_MS);
  }
}
