import { canonicalBytes, digestOf } from '#crypto';
import type { PortalRow, ProducerRow } from '../db/tables.ts';
import { wasSpentByEnd } from '../access/grant-store.ts';
import { findOutboxOf } from '../delivery/outbox-store.ts';
import { NodeError } from '../errors.ts';
import { chooseEpoch, type EpochChoice, type PortalEpoch } from '../keys/choose-epoch.ts';
import { findNewestContentKey } from '../keys/content-key-store.ts';
import { createContentKey } from '../keys/create-content-key.ts';
import type { ProducerNode } from '../node.ts';
import { type DatasetDescription, metadataOf } from './dataset-description.ts';
import { publishedMediaType } from './derived-facts.ts';
import { listPublicationFiles } from './dataset-store.ts';
import type { DescribedFile } from './describe-file.ts';
import { fetchPortalEpochs } from './portal-heads.ts';
import type { DatasetHead } from './read-head.ts';
import { type FileProgress, type PreparedFile, prepareFile, reusableBody, type SealFor } from './seal-files.ts';
import { signPublication, type SignedPublication } from './sign-publication.ts';

/** What to publish, on top of what. */
export interface PublishInput {
  producer: ProducerRow;
  portal: PortalRow;
  /** False: the portal does not answer, and the node's own word stands. */
  portal_answers: boolean;
  dataset_id: string;
  head: DatasetHead;
  description: DatasetDescription;
  files: readonly DescribedFile[];
}

/** What came of it. */
export interface PublishResult extends SignedPublication {
  unchanged: boolean;
  /** The new content key, when one was made. */
  new_epoch?: number;
}

/**
 * Publishes files as the next version of a dataset, up to the outbox: chooses the epoch, seals into the spool, signs, queues. The
 * delivery is another step. Giving the same files and description again signs nothing. Throws the codes of its steps; whatever
 * fails, no version is signed and no body stays in the spool that nobody needs.
 */
export async function publishDataset(node: ProducerNode, input: PublishInput, progress: FileProgress): Promise<PublishResult> {
  const { producer, dataset_id, description } = input;
  const files = input.files.map((file) => ({ ...file, media_type: publishedMediaType(file, description.access) }));
  const { head, previous } = input.head;

  // 1 nothing new: the same bytes and the same words as the newest version
  const content_digest = contentDigest(description, files);
  if (previous !== undefined && isUnchanged(input)) {
    const { version, digest, manifest } = { ...previous.publication, manifest: previous.manifest };
    return { dataset_id, version, digest, title: manifest.metadata.resource_title, outbox_id: await findOutboxOf(node.db, previous.publication), unchanged: true };
  }

  // 2 the words, before any byte is worked on
  const metadata = metadataOf(description, { dataset_id, producer, previous, newUuid: node.newUuid, now: node.clock.now() });

  // 3 bodies that stay as they are
  const custody = description.access === 'restricted' ? description.custody : 'none';
  const previous_files = previous === undefined ? [] : await listPublicationFiles(node.db, previous.publication);
  const reused = new Map(files.map((file) => [file.name, reusableBody(file, { previous: previous?.manifest, previous_files, custody })]));

  // 4 the content key for those that change; its recovery copy is durable before anything is sealed
  const changed = files.filter((file) => reused.get(file.name) === undefined);
  const key = custody !== 'none' && changed.length > 0 ? await contentKeyFor(node, input, custody) : undefined;

  // 5 seal, or copy what is open, into the spool: all files or none
  const prepared: PreparedFile[] = [];
  try {
    for (const file of files) prepared.push(reused.get(file.name) ?? (await prepareFile(node, file, { seal_for: key, previous: previous?.manifest, progress })));
  } catch (cause) {
    for (const { file } of prepared) if (typeof file.spool_name === 'string') await node.spool.remove(file.spool_name);
    throw cause;
  }

  // 6 manifest, gate, signature, one transaction
  const signed = await signPublication(node, {
    producer,
    dataset_id,
    head,
    status: 'active',
    metadata,
    previous_contacts: previous?.contacts ?? [],
    access: description.access,
    custody,
    resources: prepared.map((one) => one.resource),
    files: prepared.map((one) => one.file),
    paths: files.map((file) => file.path),
    content_digest,
  });
  return { ...signed, unchanged: false, ...(key?.made === true ? { new_epoch: key.epoch } : {}) };
}

/** Whether these are the same bytes and the same words as the newest version, which is not withdrawn. */
export function isUnchanged({ head, description, files }: Pick<PublishInput, 'head' | 'description' | 'files'>): boolean {
  return head.previous?.manifest.status === 'active' && head.previous.publication.content_digest === contentDigest(description, files);
}

/** Names what was given to publish: the description without dates of its own, and the bytes of the files. */
function contentDigest(description: DatasetDescription, files: readonly DescribedFile[]): string {
  const { custody, ...rest } = description;
  const held = description.access === 'restricted' && custody === 'producer' ? { custody } : {};
  const plain: unknown = JSON.parse(JSON.stringify({ ...rest, ...held }));
  return digestOf(canonicalBytes({ description: plain, files: files.map((file) => ({ name: file.name, media_type: publishedMediaType(file, description.access), source_sha256: file.source_sha256 })) }));
}

async function contentKeyFor(node: ProducerNode, input: PublishInput, custody: 'portal' | 'producer'): Promise<SealFor & { made: boolean }> {
  const { producer, portal, dataset_id } = input;
  const current = await findNewestContentKey(node.db, dataset_id);
  const before = input.head.previous?.manifest.custody;
  const custody_changed = current !== undefined && (current.custody !== custody || (before !== undefined && before !== custody && current.delivered_at !== null));
  const choice: EpochChoice = chooseEpoch({
    current: current && { epoch: current.epoch, recipient: current.recipient, created_at: current.created_at, spent: current.spent_at !== null || (await wasSpentByEnd(node.db, current, node.clock.now())) },
    portal: input.portal_answers ? await portalEpochs(node, portal, dataset_id) : undefined,
    custody_changed,
    now: node.clock.now(),
  });
  if (choice.kind === 'reuse' && current !== undefined) return { epoch: current.epoch, recipient: current.recipient, made: false };
  const { recipient } = await createContentKey(node, { producer, dataset_id, epoch: choice.epoch, holder: custody === 'portal' ? { custody, broker_recipient: portal.broker_recipient } : { custody } });
  return { epoch: choice.epoch, recipient, made: true };
}

// A portal that goes away just now is one that cannot say: a new key is the safe answer.
async function portalEpochs(node: ProducerNode, portal: PortalRow, dataset_id: string): Promise<PortalEpoch[] | undefined> {
  try {
    return await fetchPortalEpochs(node, portal, dataset_id);
  } catch (cause) {
    if (cause instanceof NodeError && cause.code === 'portal_away') return undefined;
    throw cause;
  }
}
