import type { CatalogueView, Manifest, Resource } from '#catalog-schema';
import { PortalError } from '../errors.ts';
import type { Caller, Db } from '../portal.ts';
import { CARD_COLUMNS, datasetCard, type DatasetCard } from './dataset-card.ts';
import { isUuid, isVersion } from './path-ids.ts';
import { manifestOf } from './stored-statement.ts';
import { visibleTo } from './visible-to.ts';

export { manifestOf, statementOf } from './stored-statement.ts';

/** A dataset as its page shows it. */
export interface Dataset extends DatasetCard {
  status: Manifest['status'];
  view: CatalogueView;
  resources: Resource[];
  first_published_at: string;
  /** Whether two contents were signed for one version, so that nothing further is accepted. */
  frozen: boolean;
  /** Digest of the newest version's payload. */
  manifest_sha256: string;
}

/** One line of a dataset's history. */
export interface VersionSummary {
  version: number;
  digest: string;
  status: string;
  issued_at: string;
  published_at: string;
}

/** One version with its statement as published. */
export interface StoredVersion extends VersionSummary {
  dataset_id: string;
  producer_id: string;
  /** The exact JSON text of the statement. */
  manifest: string;
  act_id: string;
}

/** The dataset at its newest version if the viewer may see it; throws `not_found` otherwise, for malformed ids too. */
export async function getDataset(db: Db, viewer: Caller, dataset_id: string): Promise<Dataset> {
  const row = isUuid(dataset_id)
    ? await db
        .selectFrom('dataset')
        .innerJoin('producer', 'producer.producer_id', 'dataset.producer_id')
        .innerJoin('dataset_version', (join) => join.onRef('dataset_version.dataset_id', '=', 'dataset.dataset_id').onRef('dataset_version.version', '=', 'dataset.head_version'))
        .select(CARD_COLUMNS)
        .select(['dataset.status', 'dataset.view', 'dataset.first_published_at', 'dataset.frozen_at', 'dataset.head_digest', 'dataset_version.manifest'])
        .where('dataset.dataset_id', '=', dataset_id)
        .where(visibleTo(viewer))
        .executeTakeFirst()
    : undefined;
  if (row === undefined) throw noDataset();
  return {
    ...datasetCard(row),
    status: row.status,
    // Written by this portal from a manifest that passed its gate.
    view: row.view as CatalogueView,
    resources: manifestOf(row.manifest).resources,
    first_published_at: row.first_published_at.toISOString(),
    frozen: row.frozen_at !== null,
    manifest_sha256: row.head_digest,
  };
}

/** Every version of a dataset that the viewer may see, newest first; `not_found` otherwise. */
export async function listVersions(db: Db, viewer: Caller, dataset_id: string): Promise<VersionSummary[]> {
  const rows = isUuid(dataset_id)
    ? await versions(db, viewer, dataset_id)
        .select(['dataset_version.version', 'dataset_version.digest', 'dataset_version.status', 'dataset_version.issued_at', 'dataset_version.published_at'])
        .orderBy('dataset_version.version', 'desc')
        .execute()
    : [];
  if (rows.length === 0) throw noDataset();
  return rows.map((row) => ({ ...row, issued_at: row.issued_at.toISOString(), published_at: row.published_at.toISOString() }));
}

/** One version (`latest`, or a number as text or number) of a dataset that the viewer may see; `not_found` otherwise. */
export async function getVersion(db: Db, viewer: Caller, dataset_id: string, version: number | string): Promise<StoredVersion> {
  const wanted = String(version);
  const row =
    isUuid(dataset_id) && (wanted === 'latest' || isVersion(wanted))
      ? await versions(db, viewer, dataset_id)
          .selectAll('dataset_version')
          .select('dataset.producer_id')
          .where((eb) => (wanted === 'latest' ? eb('dataset_version.version', '=', eb.ref('dataset.head_version')) : eb('dataset_version.version', '=', Number(wanted))))
          .executeTakeFirst()
      : undefined;
  if (row === undefined) throw new PortalError('not_found', 'There is no such version of a dataset.');
  return { ...row, issued_at: row.issued_at.toISOString(), published_at: row.published_at.toISOString() };
}

/** The datasets of a producer with their heads, whatever their status, by id: what its node compares itself with. */
export async function listProducerDatasets(
  db: Db,
  producer_id: string,
): Promise<{ dataset_id: string; version: number; manifest_sha256: string; status: string; title: string; frozen: boolean }[]> {
  const rows = await db
    .selectFrom('dataset')
    .select(['dataset_id', 'head_version as version', 'head_digest as manifest_sha256', 'status', 'title', 'frozen_at'])
    .where('producer_id', '=', producer_id)
    .orderBy('dataset_id')
    .execute();
  return rows.map(({ frozen_at, ...row }) => ({ ...row, frozen: frozen_at !== null }));
}

/** The contacts that open a version's commitments, as far as they were not erased. */
export async function listContacts(db: Db, dataset_id: string, version: number): Promise<{ contact_id: string; salt: string; contact: unknown }[]> {
  return db
    .selectFrom('dataset_contact')
    .select(['contact_id', 'salt', 'contact'])
    .where('dataset_id', '=', dataset_id)
    .where('version', '=', version)
    .orderBy('contact_id')
    .orderBy('salt')
    .execute();
}

function versions(db: Db, viewer: Caller, dataset_id: string) {
  return db
    .selectFrom('dataset_version')
    .innerJoin('dataset', 'dataset.dataset_id', 'dataset_version.dataset_id')
    .innerJoin('producer', 'producer.producer_id', 'dataset.producer_id')
    .where('dataset_version.dataset_id', '=', dataset_id)
    .where(visibleTo(viewer));
}

function noDataset(): PortalError {
  return new PortalError('not_found', 'There is no such dataset.');
}
