import { PortalError } from '../../errors.ts';
import type { Caller, Db } from '../../portal.ts';
import { isUuid, isVersion } from '../path-ids.ts';
import { visibleTo } from '../visible-to.ts';

/** A stored file of one version of a dataset. */
export interface StoredFile {
  dataset_id: string;
  version: number;
  name: string;
  media_type: string;
  /** Digest of the tree root. */
  root: string;
  body_size: number;
  /** null for open data. */
  epoch: number | null;
  header: Uint8Array | null;
}

/**
 * The file resource at this place, of a dataset that the viewer may see and that is not withdrawn; `not_found` otherwise, for
 * resources that are not stored here, and for open files of earlier versions once the dataset is restricted (reason `now_restricted`).
 */
export async function getStoredFile(db: Db, viewer: Caller, place: { dataset_id: string; version: string; resource_id: string }): Promise<StoredFile> {
  const { dataset_id, version, resource_id } = place;
  const row =
    isUuid(dataset_id) && isUuid(resource_id) && (version === 'latest' || isVersion(version))
      ? await db
          .selectFrom('dataset_resource')
          .innerJoin('dataset', 'dataset.dataset_id', 'dataset_resource.dataset_id')
          .innerJoin('producer', 'producer.producer_id', 'dataset.producer_id')
          .select(['dataset_resource.dataset_id', 'dataset_resource.version', 'dataset_resource.name', 'dataset_resource.media_type'])
          .select(['dataset_resource.root', 'dataset_resource.body_size', 'dataset_resource.epoch', 'dataset_resource.header', 'dataset.status', 'dataset.access'])
          .where('dataset_resource.dataset_id', '=', dataset_id)
          .where('dataset_resource.resource_id', '=', resource_id)
          .where((eb) => (version === 'latest' ? eb('dataset_resource.version', '=', eb.ref('dataset.head_version')) : eb('dataset_resource.version', '=', Number(version))))
          .where('dataset_resource.kind', '=', 'file')
          .where(visibleTo(viewer))
          .executeTakeFirst()
      : undefined;
  if (row === undefined || row.root === null || row.body_size === null) throw new PortalError('not_found', 'There is no such file.');
  if (row.status !== 'active') throw new PortalError('not_found', 'The producer withdrew this dataset: its files are no longer given out.', { reason: 'withdrawn' });
  // The newest version decides: what was open before the producer closed the dataset is plaintext.
  if (row.access === 'restricted' && row.epoch === null) {
    throw new PortalError('not_found', 'The producer has restricted access to this dataset since: the open files of earlier versions are no longer given out.', { reason: 'now_restricted' });
  }
  const { root, epoch, name } = row;
  return {
    dataset_id,
    version: row.version,
    name,
    media_type: row.media_type ?? 'application/octet-stream',
    root,
    body_size: Number(row.body_size),
    epoch,
    header: row.header === null ? null : new Uint8Array(row.header),
  };
}
