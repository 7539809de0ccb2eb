import { type Manifest, parseManifest } from '#catalog-schema';
import { keyWithRole, readUnverifiedPayload, type Statement, verifyKeySetChain, verifyStatement } from '#crypto';
import type { DatasetRow, PortalRow, ProducerRow, PublicationRow, StoredContact } from '../db/tables.ts';
import { callPortal } from '../delivery/portal-calls.ts';
import { reasonOf, refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { compareHeads, type Head, headText } from './compare-heads.ts';
import { findDataset, findNewestPublished, findPublication, insertPublication, listWaitingHeads, moveHead } from './dataset-store.ts';
import { isKnownToPortal, type PortalHead } from './portal-heads.ts';

/** The newest version of a dataset, on which the next one builds. */
export interface DatasetHead {
  /** version 0: there is none yet. */
  head: Head;
  previous?: { manifest: Manifest; contacts: readonly StoredContact[]; publication: PublicationRow };
  /** The version that was taken over from the portal just now. */
  adopted?: number;
}

/**
 * The head of a dataset, agreed with the portal when that answers (`portal_heads` undefined: it is away, and this node's own word
 * stands). A newer version there that our own key signed is adopted. Throws `version_conflict`, `dataset_foreign`, `dataset_unknown`
 * (with `must_exist`), `portal_away`.
 */
export async function readHead(
  node: ProducerNode,
  o: { producer: ProducerRow; portal: PortalRow; dataset_id: string; portal_heads: ReadonlyMap<string, PortalHead> | undefined; must_exist: boolean },
): Promise<DatasetHead> {
  const { dataset_id, producer } = o;
  const local = await findDataset(node.db, dataset_id);
  if (local !== undefined && local.producer_id !== producer.producer_id) throw refusal('dataset_foreign', { dataset_id });
  const there = o.portal_heads?.get(dataset_id);
  let adopted: number | undefined;
  if (o.portal_heads !== undefined) {
    const published = await findNewestPublished(node.db, dataset_id);
    const verdict = compareHeads({ published, waiting: await listWaitingHeads(node.db, dataset_id), portal: there });
    if (verdict === 'conflict') throw refusal('version_conflict', { dataset_id, here: headText(published), there: headText(there) });
    if (verdict === 'adopt' && there !== undefined) {
      await adoptVersion(node, o.producer, o.portal, there, local);
      adopted = there.version;
    }
  }
  const dataset = adopted === undefined ? local : await findDataset(node.db, dataset_id);
  if (dataset === undefined || dataset.head_version === 0) {
    if (o.must_exist) {
      const foreign = o.portal_heads !== undefined && (await isKnownToPortal(node, o.portal, dataset_id));
      throw refusal(foreign ? 'dataset_foreign' : 'dataset_unknown', { dataset_id });
    }
    return { head: { version: 0, digest: '' } };
  }
  const publication = await findPublication(node.db, dataset_id, dataset.head_version);
  if (publication === undefined) throw refusal('internal', { reason: `version ${dataset.head_version} of ${dataset_id} is not stored` });
  const manifest = parseManifest(readUnverifiedPayload(JSON.parse(publication.manifest)));
  return {
    head: { version: dataset.head_version, digest: dataset.head_digest },
    previous: { manifest, contacts: publication.contacts, publication },
    ...(adopted === undefined ? {} : { adopted }),
  };
}

/** Takes over a version that the portal has and this node has forgotten, after checking that this producer's key signed it. */
async function adoptVersion(node: ProducerNode, producer: ProducerRow, portal: PortalRow, there: PortalHead, local: DatasetRow | undefined): Promise<void> {
  const { dataset_id, version } = there;
  const { json } = await callPortal(node, portal.url, { method: 'GET', path: `/api/v1/datasets/${dataset_id}/versions/${version}/manifest` });
  const { manifest, statement } = checkOwnManifest(producer, json, there);
  const now = node.clock.now();
  await node.db.transaction().execute(async (trx) => {
    await insertPublication(
      trx,
      {
        dataset_id,
        version,
        producer_id: producer.producer_id,
        digest: there.digest,
        manifest: JSON.stringify(statement),
        // What the files were is not known any more: whatever is published next counts as changed.
        content_digest: '',
        contacts: JSON.stringify([]),
        state: 'published',
        issued_at: new Date(manifest.issued_at),
        published_at: now,
      },
      [],
    );
    const from = { version: local?.head_version ?? 0, digest: local?.head_digest ?? '' };
    const { status, access, custody, metadata } = manifest;
    const row: DatasetRow = { dataset_id, producer_id: producer.producer_id, title: metadata.resource_title, head_version: version, head_digest: there.digest, status, access, custody, updated_at: now };
    if (!(await moveHead(trx, from, row))) throw refusal('published_meanwhile', { dataset_id });
  });
}

function checkOwnManifest(producer: ProducerRow, json: unknown, there: PortalHead): { manifest: Manifest; statement: Statement } {
  const chain = verifyKeySetChain(producer.key_sets, { typ: 'producer-keys+jws', party_id: producer.producer_id });
  try {
    const verified = verifyStatement(json, {
      typ: 'dataset-manifest+jws',
      keyFor: (kid) => chain.map((set) => keyWithRole(set, kid, 'manifest')).find((key) => key !== undefined),
    });
    const manifest = parseManifest(verified.payload);
    const same = manifest.dataset_id === there.dataset_id && manifest.producer_id === producer.producer_id && manifest.version === there.version && verified.digest === there.digest;
    if (!same) throw new Error('another statement than announced');
    return { manifest, statement: json as Statement };
  } catch (cause) {
    throw refusal('version_conflict', { dataset_id: there.dataset_id, here: '—', there: `version ${there.version}, ${reasonOf(cause)}` }, { cause });
  }
}
