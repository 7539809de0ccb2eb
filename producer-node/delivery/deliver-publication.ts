import { encodeBase64url } from '#crypto';
import { findPublicationByDigest, listPublicationFiles, markPublished, markRefused } from '../datasets/dataset-store.ts';
import type { FileProgress } from '../datasets/seal-files.ts';
import type { OutboxRow, PortalRow, PublicationRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import { listContentKeys, markContentKeysDelivered } from '../keys/content-key-store.ts';
import type { ProducerNode } from '../node.ts';
import { endOutboxRow, refuseLaterVersions } from './outbox-store.ts';
import { readAnswer } from './portal-answers.ts';
import { callPortal } from './portal-calls.ts';
import { uploadBody } from './upload-body.ts';

/** What the portal answered to a version. */
export interface DeliveredVersion {
  dataset_id: string;
  version: number;
  warnings: string[];
}

/**
 * Sends one version: its bodies, then the manifest with headers, deposits, recovery copies and contacts. Every step may be repeated:
 * bodies are known by their root, versions by their digest. Afterwards the spool forgets the bodies.
 * Throws PortalProblem, `portal_away`, `not_a_portal`.
 */
export async function deliverPublication(
  node: ProducerNode,
  row: OutboxRow,
  o: { portal: PortalRow; progress: FileProgress; alive: () => Promise<void> },
): Promise<DeliveredVersion> {
  const publication = await findPublicationByDigest(node.db, row.subject_id, row.version, row.digest);
  if (publication === undefined) throw refusal('internal', { reason: `version ${row.version} of ${row.subject_id} is queued and not stored` });
  const files = await listPublicationFiles(node.db, publication);
  for (const file of files) {
    await uploadBody(node, { portal: o.portal, producer_id: publication.producer_id, file, alive: o.alive, progress: (done, total) => o.progress('sending', file.name, done, total) });
  }

  await o.alive();
  const epochs = [...new Set(files.flatMap((file) => (file.epoch === null ? [] : [file.epoch])))];
  const keys = await listContentKeys(node.db, publication.dataset_id, epochs);
  const { json } = await callPortal(node, o.portal.url, {
    method: 'PUT',
    path: `/api/v1/datasets/${publication.dataset_id}/versions/${publication.version}`,
    json: {
      manifest: JSON.parse(publication.manifest),
      headers: files.flatMap((file) => (file.header === null ? [] : [{ resource_id: file.resource_id, header: encodeBase64url(file.header) }])),
      // In custody producer there is none: the portal never sees that key.
      deposits: keys.flatMap(({ deposit, deposit_statement }) => (deposit === null || deposit_statement === null ? [] : [{ statement: JSON.parse(deposit_statement), deposit: encodeBase64url(deposit) }])),
      recovery: keys.map((key) => ({ epoch: key.epoch, sealed: encodeBase64url(key.recovery) })),
      contacts: publication.contacts,
    },
    timeout_seconds: 60,
  });
  const answer = readAnswer(json, o.portal.url);
  if (answer.text('manifest_sha256') !== publication.digest) throw refusal('not_a_portal', { portal: o.portal.url, reason: 'it recorded another manifest than ours' });
  const raw = answer.raw('warnings');
  const warnings = Array.isArray(raw) ? raw.filter((line): line is string => typeof line === 'string') : [];

  const now = node.clock.now();
  const ended = await node.db.transaction().execute(async (trx) => {
    await markPublished(trx, publication, warnings, now);
    await markContentKeysDelivered(trx, publication.dataset_id, epochs, now);
    return endOutboxRow(trx, row, 'done');
  });
  // A lease that was lost is another sender's, who may be reading the bodies at this moment and forgets them when done.
  if (ended) await forgetBodies(node, publication);
  return { dataset_id: publication.dataset_id, version: publication.version, warnings };
}

/**
 * Ends a version that cannot be published any more, and every later one that builds on it; its bodies leave the spool. False when the
 * lease went to another sender meanwhile: then nothing is touched.
 */
export async function refusePublication(node: ProducerNode, row: OutboxRow, error: { code: string; text: string }): Promise<boolean> {
  const publication = await findPublicationByDigest(node.db, row.subject_id, row.version, row.digest);
  const ended = await node.db.transaction().execute(async (trx) => {
    if (!(await endOutboxRow(trx, row, 'refused', error))) return false;
    await refuseLaterVersions(trx, row, error);
    await markRefused(trx, row.subject_id, row.version, node.clock.now());
    return true;
  });
  if (ended && publication !== undefined) await forgetBodies(node, publication);
  return ended;
}

async function forgetBodies(node: ProducerNode, publication: PublicationRow): Promise<void> {
  for (const { spool_name } of await listPublicationFiles(node.db, publication)) if (spool_name !== null) await node.spool.remove(spool_name);
}
