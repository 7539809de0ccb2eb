import { isSealed, type SealedFileResource } from '#catalog-schema';
import { decodeUtf8, type DeliverySecret, digestOf, headerLength, parseContentKey } from '#crypto';
import type { OwnRequest } from '../access/own-requests.ts';
import { fingerprintOfSecret, openKeyPackage } from '../access/open-key-package.ts';
import { verifyGrant } from '../access/verify-grant.ts';
import { verifyKeyRelease } from '../access/verify-key-release.ts';
import { ClientError, refusingAs, refusingAsync } from '../errors.ts';
import type { Verdict } from '../evidence/verdict.ts';
import { verifyEvidence } from '../evidence/verify-evidence.ts';
import type { ConsumerKeys } from '../home/consumer-keys.ts';
import type { Pins } from '../trust/pins.ts';
import { verifyPortalKeys } from '../trust/verify-portal-keys.ts';
import { verifyProducerKeys } from '../trust/verify-producer-keys.ts';
import { checkHeader } from './fetch-header.ts';
import type { Output } from './get-resource.ts';
import { openBodyFile } from './open-body-file.ts';
import { treeOfFile } from './tree-of-file.ts';
import { parcelPaths, readSmallFile, type SealedParcel } from './sealed-parcel.ts';

/** What opening without the portal found: the verdict on the producer's bytes, or null when only the content key vouches for them. */
export interface OpenedOffline {
  path: string;
  size: number;
  verdict: Verdict | null;
}

/**
 * Opens what `sceau get` left, without the portal, in the order of the formats: manifest → release statement → log proof → content
 * key → header → body. Everything but the consumer's keys is taken from the files and verified against the pins. Who was once
 * granted keeps what was fetched, so the end of a grant is not asked about.
 */
export async function openParcel(o: { base: string; parcel: SealedParcel; keys: ConsumerKeys; secret?: DeliverySecret; own_requests?: readonly OwnRequest[]; pins: Pins; now: Date; output: Output }): Promise<OpenedOffline> {
  const { parcel, keys, pins } = o;
  const secret = o.secret ?? { form: 'age', identity: keys.identity };
  const verdict = verifyEvidence(parcel.evidence, pins, { now: o.now, saved: true });
  const resource = verdict.manifest.resources.find((candidate) => candidate.resource_id === parcel.resource_id);
  if (resource === undefined || !isSealed(resource)) throw new ClientError('evidence_malformed', 'The parcel names a resource that the manifest does not seal.');
  const portal = verifyPortalKeys(parcel.evidence.portal_key_sets, pins, { saved: true });
  const producer = verifyProducerKeys(parcel.evidence.producer_key_sets, verdict.producer.producer_id, pins, { saved: true });
  const signers = { portal, producer, custody: verdict.manifest.custody };
  const { grant } = verifyGrant(parcel.grant.statement, parcel.grant.act, { ...signers, consumer_id: keys.consumer_id, dataset_id: verdict.dataset_id, own_requests: o.own_requests ?? [] });
  verifyKeyRelease(parcel.pack, {
    ...signers,
    grant,
    content_recipient: resource.age.recipient,
    delivery_fingerprint: await fingerprintOfSecret(secret),
    consumer_kids: keys.identity_kids,
  });
  const content_key = await openKeyPackage(parcel.pack, secret, { grant_id: grant.grant_id, dataset_id: verdict.dataset_id, epoch: resource.age.epoch, recipient: resource.age.recipient });
  const header = checkHeader(parcel.header, resource);
  const body_path = parcelPaths(o.base).body;
  const { leaves } = await hashBodyFile(body_path, resource);
  const { size } = await openBodyFile({ body_path, header, leaves, content_key, resource }, o.output);
  return { path: o.output.path, size, verdict };
}

/**
 * Opens header, body and content key that lie beside each other, as `age -d` would: the content key vouches for the bytes, and nothing
 * says whose they are. Refuses with `file_unreadable`, `content_refused` (no content key), `header_refused`, `body_refused`.
 */
export async function openOffline(o: { header_path: string; body_path: string; content_key_path: string; output: Output }): Promise<OpenedOffline> {
  const text = await required(o.content_key_path, 4096);
  const content_key = await refusingAsync('content_refused', `${o.content_key_path} is not a content key.`, async () => parseContentKey(decodeUtf8(text)));
  const header = await required(o.header_path, 64 * 1024);
  refusingAs('header_refused', 'The header is not one.', () => {
    if (headerLength(header) !== header.length) throw new ClientError('header_refused', 'Bytes follow the header.', { reason: 'header_malformed' });
  });
  const { root, leaves, size: body_size } = await hashBodyFile(o.body_path);
  const resource: Pick<SealedFileResource, 'age' | 'body_size' | 'tree'> = {
    body_size,
    tree: { alg: 'rfc6962-sha256-1MiB', root },
    age: { epoch: content_key.epoch, recipient: content_key.recipient, header_sha256: digestOf(header), header_size: header.length, pq: content_key.recipient.startsWith('age1pq1') },
  };
  const { size } = await openBodyFile({ body_path: o.body_path, header, leaves, content_key, resource }, o.output);
  return { path: o.output.path, size, verdict: null };
}

async function hashBodyFile(path: string, expected?: SealedFileResource): Promise<{ root: `sha256:${string}`; leaves: Uint8Array; size: number }> {
  const hashed = await treeOfFile(path);
  if (expected !== undefined && (hashed.size !== expected.body_size || hashed.root !== expected.tree.root)) {
    throw new ClientError('body_refused', `${path} is not the body that the manifest signs.`, { reason: hashed.size === expected.body_size ? 'tree_mismatch' : 'size_mismatch', facts: { path, why: 'tree' } });
  }
  return hashed;
}

async function required(path: string, most: number): Promise<Uint8Array> {
  const bytes = await readSmallFile(path, most);
  if (bytes === undefined) throw new ClientError('file_unreadable', `${path} is missing.`, { facts: { path, why: 'ENOENT' } });
  return bytes;
}
