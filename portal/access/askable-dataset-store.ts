import { PortalError } from '../errors.ts';
import type { Db } from '../portal.ts';

/** What a request and a decision need to know of a dataset. */
export interface AskableDataset {
  dataset_id: string;
  producer_id: string;
  producer_name: string;
  title: string;
  /** Who holds the content keys, so who can grant. */
  custody: 'portal' | 'producer';
  /** Digest of the newest version's payload. */
  head_digest: string;
}

/**
 * The dataset, if access to it is given on request. Refuses with `not_found` and with `conflict`: `dataset_open`,
 * `nothing_to_open` (no file is sealed), `dataset_withdrawn`, `dataset_frozen`. With `lock`, its row stays locked until the transaction ends, so
 * that no epoch can begin meanwhile.
 */
export async function getAskableDataset(db: Db, dataset_id: string, o: { lock?: boolean } = {}): Promise<AskableDataset> {
  const row = await db
    .selectFrom('dataset')
    .innerJoin('producer', 'producer.producer_id', 'dataset.producer_id')
    .select(['dataset.dataset_id', 'dataset.producer_id', 'dataset.producer_name', 'dataset.title', 'dataset.head_digest'])
    .select(['dataset.access', 'dataset.custody', 'dataset.status', 'dataset.frozen_at'])
    .where('dataset.dataset_id', '=', dataset_id)
    .where('producer.state', '=', 'active')
    .$if(o.lock === true, (found) => found.forUpdate('dataset'))
    .executeTakeFirst();
  if (row === undefined) throw new PortalError('not_found', 'There is no such dataset.');
  const refused = (reason: string, detail: string): PortalError => new PortalError('conflict', detail, { reason });
  if (row.access === 'open') throw refused('dataset_open', 'This dataset is open to everyone: there is nothing to ask for.');
  if (row.status !== 'active') throw refused('dataset_withdrawn', 'The producer withdrew this dataset.');
  if (row.custody === 'none') throw refused('nothing_to_open', 'This dataset has no sealed file: there is nothing to ask for here.');
  if (row.frozen_at !== null) throw refused('dataset_frozen', 'This dataset is frozen until the operator has looked at it.');
  const { producer_id, producer_name, title, custody, head_digest } = row;
  return { dataset_id, producer_id, producer_name, title, custody, head_digest };
}

/** What mails about a request need to know of its dataset. */
export interface ToldDataset {
  title: string;
  producer_name: string;
}

/** Title and producer of a dataset, and who holds its content keys, whatever its state. */
export async function getToldDataset(db: Db, dataset_id: string): Promise<ToldDataset & { custody: 'none' | 'portal' | 'producer' }> {
  return db.selectFrom('dataset').select(['title', 'producer_name', 'custody']).where('dataset_id', '=', dataset_id).executeTakeFirstOrThrow();
}
