import { canonicalBytes, digestOf } from '#crypto';
import type { PortalRow, ProducerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import type { PortalHead } from './portal-heads.ts';
import { type DatasetHead, readHead } from './read-head.ts';
import { signPublication, type SignedPublication } from './sign-publication.ts';

/**
 * Signs and queues a version that says `withdrawn` and carries no resource; the words stay as they were. Throws `dataset_unknown`,
 * `dataset_foreign`, `dataset_withdrawn`, `version_conflict`.
 */
export async function withdrawDataset(
  node: ProducerNode,
  o: { producer: ProducerRow; portal: PortalRow; dataset_id: string; portal_heads: ReadonlyMap<string, PortalHead> | undefined; confirm: (head: DatasetHead) => Promise<void> },
): Promise<SignedPublication> {
  const { producer, portal, dataset_id, portal_heads } = o;
  const found = await readHead(node, { producer, portal, dataset_id, portal_heads, must_exist: true });
  const { head, previous } = found;
  if (previous === undefined) throw refusal('dataset_unknown', { dataset_id });
  if (previous.manifest.status !== 'active') throw refusal('dataset_withdrawn', { dataset_id });
  await o.confirm(found);
  return signPublication(node, {
    producer,
    dataset_id,
    head,
    status: 'withdrawn',
    metadata: previous.manifest.metadata,
    previous_contacts: previous.contacts,
    access: previous.manifest.access,
    custody: previous.manifest.custody,
    resources: [],
    files: [],
    paths: [],
    content_digest: digestOf(canonicalBytes({ withdrawn: head.digest })),
  });
}
