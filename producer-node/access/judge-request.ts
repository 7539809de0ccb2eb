import { findDataset, listPublishedDigests } from '../datasets/dataset-store.ts';
import type { ConsumerRow, DatasetRow, PortalRow, ProducerRow } from '../db/tables.ts';
import type { AccessRequestLine } from '../delivery/portal-access.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import type { ConsumerStanding } from './compare-consumer.ts';
import { wasDecided } from './decision-store.ts';
import { followConsumer } from './follow-consumer.ts';
import { verifyRequest, type VerifiedRequest } from './verify-request.ts';

/** A request that verified and that nobody has decided here: what a person or a rule decides on. */
export interface JudgedRequest {
  line: AccessRequestLine;
  dataset: DatasetRow;
  verified: VerifiedRequest;
  /** The pinned keys, where there are any. */
  pin: ConsumerRow | undefined;
  standing: Exclude<ConsumerStanding, { kind: 'changed' } | { kind: 'stopped' }>;
}

/**
 * Verifies a request that the portal shows and holds its consumer's keys against the pin: devices that a pinned key added are taken, any
 * other change stops the consumer durably. Throws `decided_on_portal` (custody is not `producer`), `dataset_unknown`, `request_decided`
 * (also for the same signed words under another id), `consumer_changed`, and what `verifyRequest` throws.
 */
export async function judgeRequest(node: ProducerNode, o: { producer: ProducerRow; portal: PortalRow; line: AccessRequestLine }): Promise<JudgedRequest> {
  const { producer, portal, line } = o;
  const { producer_id } = producer;
  const dataset = await requireHeldDataset(node, producer, line.dataset_id);
  const offers = await listPublishedDigests(node.db, dataset.dataset_id);
  const verified = verifyRequest(line, { producer_id, portal_url: portal.url, offers, now: node.clock.now() });
  if (await wasDecided(node.db, { producer_id, request_id: line.request_id, request_sha256: verified.digest })) throw refusal('request_decided', { request_id: line.request_id });
  const { consumer } = verified;
  const { consumer_id } = consumer;
  const { pin, standing } = await followConsumer(node, producer, consumer);
  if (standing.kind === 'changed' || standing.kind === 'stopped') {
    throw refusal('consumer_changed', { name: pin?.name ?? consumer.newest.name, consumer_id, why: standing.kind === 'changed' ? standing.why : (pin?.changed_why ?? '') });
  }
  return { line, dataset, verified, pin, standing };
}

/** The dataset if this node alone holds its keys, so that access is decided here; throws `dataset_unknown`, `decided_on_portal`. */
export async function requireHeldDataset(node: ProducerNode, producer: ProducerRow, dataset_id: string): Promise<DatasetRow> {
  const dataset = await findDataset(node.db, dataset_id);
  if (dataset === undefined || dataset.producer_id !== producer.producer_id) throw refusal('dataset_unknown', { dataset_id });
  if (dataset.custody !== 'producer') throw refusal('decided_on_portal', { title: dataset.title });
  return dataset;
}
