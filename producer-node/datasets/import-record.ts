import { normaliseRudi, parseDatasetId, parseRudiMetadata, resourcesFromRudi, type RudiMetadata } from '#catalog-schema';
import { canonicalBytes, digestOf } from '#crypto';
import type { PortalRow, ProducerRow } from '../db/tables.ts';
import { findOutboxOf } from '../delivery/outbox-store.ts';
import type { ProducerNode } from '../node.ts';
import type { PortalHead } from './portal-heads.ts';
import { readHead } from './read-head.ts';
import { signPublication, type SignedPublication } from './sign-publication.ts';
import { assertStorable } from './storable-text.ts';

/** A record that the gate accepted. */
export interface AcceptedRecord {
  dataset_id: string;
  title: string;
  record: RudiMetadata;
}

/** What became of a record. */
export interface ImportedRecord extends SignedPublication {
  unchanged: boolean;
}

/** The gate for one foreign record; throws SchemaError with pointers into it. */
export function acceptRecord(value: unknown): AcceptedRecord {
  const record = parseRudiMetadata(value);
  assertStorable(record);
  return { dataset_id: parseDatasetId(record.global_id.toLowerCase()), title: record.resource_title, record };
}

/**
 * Signs and queues one RUDI record as it is: its global_id is the dataset, people are taken out, files elsewhere become links. The same
 * record again signs nothing. Throws the codes of `readHead` and `signPublication`.
 */
export async function importRecord(
  node: ProducerNode,
  o: { producer: ProducerRow; portal: PortalRow; portal_heads: ReadonlyMap<string, PortalHead> | undefined; accepted: AcceptedRecord },
): Promise<ImportedRecord> {
  const { dataset_id, record, title } = o.accepted;
  const { head, previous } = await readHead(node, { producer: o.producer, portal: o.portal, dataset_id, portal_heads: o.portal_heads, must_exist: false });
  const content_digest = digestOf(canonicalBytes(record));
  if (previous !== undefined && previous.manifest.status === 'active' && previous.publication.content_digest === content_digest) {
    const { version, digest } = previous.publication;
    return { dataset_id, version, digest, title, outbox_id: await findOutboxOf(node.db, previous.publication), unchanged: true };
  }
  const { restricted } = normaliseRudi(record).view;
  const signed = await signPublication(node, {
    producer: o.producer,
    dataset_id,
    head,
    status: 'active',
    metadata: restricted ? withoutAddresses(record) : record,
    previous_contacts: previous?.contacts ?? [],
    access: restricted ? 'restricted' : 'open',
    custody: 'none',
    resources: resourcesFromRudi(record),
    files: [],
    paths: [],
    content_digest,
  });
  return { ...signed, unchanged: false };
}

// RUDI serves restricted files to whoever knows their address, so the list of media is left out of what becomes public.
function withoutAddresses(record: RudiMetadata): RudiMetadata {
  const { available_formats: _, ...rest } = record;
  return rest;
}
