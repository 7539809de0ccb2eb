import type { DatasetRow, Db, NewPublication, NewPublicationFile, PublicationFileRow, PublicationRow } from '../db/tables.ts';

/** A dataset of this node, or undefined. */
export async function findDataset(db: Db, dataset_id: string): Promise<DatasetRow | undefined> {
  return db.selectFrom('dataset').selectAll().where('dataset_id', '=', dataset_id).executeTakeFirst();
}

/** The datasets of a producer, the last changed first. */
export async function listDatasets(db: Db, producer_id: string): Promise<DatasetRow[]> {
  return db.selectFrom('dataset').selectAll().where('producer_id', '=', producer_id).where('head_version', '>', 0).orderBy('updated_at', 'desc').execute();
}

/** The version of a dataset that was not refused, or undefined. */
export async function findPublication(db: Db, dataset_id: string, version: number): Promise<PublicationRow | undefined> {
  return db.selectFrom('publication').selectAll().where('dataset_id', '=', dataset_id).where('version', '=', version).where('state', '<>', 'refused').executeTakeFirst();
}

/** One publication by its digest. */
export async function findPublicationByDigest(db: Db, dataset_id: string, version: number, digest: string): Promise<PublicationRow | undefined> {
  return db.selectFrom('publication').selectAll().where('dataset_id', '=', dataset_id).where('version', '=', version).where('digest', '=', digest).executeTakeFirst();
}

/** The digests of every version of a dataset that this node signed or adopted and the portal accepted. */
export async function listPublishedDigests(db: Db, dataset_id: string): Promise<Set<string>> {
  const rows = await db.selectFrom('publication').select('digest').where('dataset_id', '=', dataset_id).where('state', '=', 'published').execute();
  return new Set(rows.map((row) => row.digest));
}

/** Whether a producer has a dataset whose content keys only this node holds. */
export async function holdsContentKeys(db: Db, producer_id: string): Promise<boolean> {
  return (await db.selectFrom('content_key').select('epoch').where('producer_id', '=', producer_id).where('custody', '=', 'producer').limit(1).executeTakeFirst()) !== undefined;
}

/** The epochs of the sealed files in the newest accepted version of a dataset, ascending. */
export async function listEpochsInUse(db: Db, dataset_id: string): Promise<number[]> {
  const newest = await findNewestPublished(db, dataset_id);
  if (newest === undefined) return [];
  const epochs = (await listPublicationFiles(db, newest)).flatMap((file) => (file.epoch === null ? [] : [file.epoch]));
  return [...new Set(epochs)].sort((a, b) => a - b);
}

/** The newest version of a dataset that the portal has accepted, or undefined. */
export async function findNewestPublished(db: Db, dataset_id: string): Promise<PublicationRow | undefined> {
  return db.selectFrom('publication').selectAll().where('dataset_id', '=', dataset_id).where('state', '=', 'published').orderBy('version', 'desc').limit(1).executeTakeFirst();
}

/** The newest accepted version of each dataset of a producer: what its heads statement lists. */
export async function listHeads(db: Db, producer_id: string): Promise<{ dataset_id: string; version: number; digest: string }[]> {
  return db
    .selectFrom('publication')
    .select(['dataset_id', 'version', 'digest'])
    .distinctOn('dataset_id')
    .where('producer_id', '=', producer_id)
    .where('state', '=', 'published')
    .orderBy('dataset_id')
    .orderBy('version', 'desc')
    .execute();
}

/** The files of one publication. */
export async function listPublicationFiles(db: Db, publication: Pick<PublicationRow, 'dataset_id' | 'version' | 'digest'>): Promise<PublicationFileRow[]> {
  return db
    .selectFrom('publication_file')
    .selectAll()
    .where('dataset_id', '=', publication.dataset_id)
    .where('version', '=', publication.version)
    .where('digest', '=', publication.digest)
    .orderBy('name')
    .execute();
}

/** The dataset that a file was published as, by its path on this machine. */
export async function findDatasetByPath(db: Db, producer_id: string, path: string): Promise<string | undefined> {
  const found = await db.selectFrom('source_file').select('dataset_id').where('producer_id', '=', producer_id).where('path', '=', path).executeTakeFirst();
  return found?.dataset_id;
}

/** Remembers which dataset files are published as. */
export async function rememberPaths(trx: Db, producer_id: string, dataset_id: string, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await trx
    .insertInto('source_file')
    .values(paths.map((path) => ({ producer_id, path, dataset_id })))
    .onConflict((conflict) => conflict.columns(['producer_id', 'path']).doUpdateSet({ dataset_id }))
    .execute();
}

/** Writes a publication and its files; refused by the index `publication_live` when that version exists already. */
export async function insertPublication(trx: Db, publication: NewPublication, files: readonly NewPublicationFile[]): Promise<void> {
  await trx.insertInto('publication').values(publication).execute();
  if (files.length > 0) await trx.insertInto('publication_file').values([...files]).execute();
}

/**
 * Moves the head of a dataset on from the version `from` (0: none yet) to another; false when it is not at `from` any more, because
 * another process was quicker.
 */
export async function moveHead(trx: Db, from: { version: number; digest: string }, to: DatasetRow): Promise<boolean> {
  if (from.version === 0) {
    const inserted = await trx.insertInto('dataset').values(to).onConflict((conflict) => conflict.column('dataset_id').doNothing()).returning('dataset_id').executeTakeFirst();
    if (inserted !== undefined) return true;
  }
  const { dataset_id, producer_id: _, ...changes } = to;
  const moved = await trx
    .updateTable('dataset')
    .set(changes)
    .where('dataset_id', '=', dataset_id)
    .where('head_version', '=', from.version)
    .where('head_digest', '=', from.digest)
    .executeTakeFirst();
  return moved.numUpdatedRows > 0n;
}

/** Notes that the portal accepted a version. */
export async function markPublished(trx: Db, publication: Pick<PublicationRow, 'dataset_id' | 'version' | 'digest'>, warnings: readonly string[], now: Date): Promise<void> {
  await trx
    .updateTable('publication')
    .set({ state: 'published', published_at: now, warnings: JSON.stringify(warnings) })
    .where('dataset_id', '=', publication.dataset_id)
    .where('version', '=', publication.version)
    .where('digest', '=', publication.digest)
    .execute();
}

/** Notes that the portal refused a version for good, and with it every later one; the head goes back to the newest accepted version. */
export async function markRefused(trx: Db, dataset_id: string, from_version: number, now: Date): Promise<void> {
  await trx.updateTable('publication').set({ state: 'refused' }).where('dataset_id', '=', dataset_id).where('version', '>=', from_version).where('state', '=', 'waiting').execute();
  const head = await findNewestPublished(trx, dataset_id);
  await trx
    .updateTable('dataset')
    .set({ head_version: head?.version ?? 0, head_digest: head?.digest ?? '', updated_at: now })
    .where('dataset_id', '=', dataset_id)
    .execute();
}

/** Which of these bodies of the spool a waiting publication still needs. */
export async function listNeededBodies(db: Db, names: readonly string[]): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const rows = await db
    .selectFrom('publication_file')
    .innerJoin('publication', (join) =>
      join
        .onRef('publication.dataset_id', '=', 'publication_file.dataset_id')
        .onRef('publication.version', '=', 'publication_file.version')
        .onRef('publication.digest', '=', 'publication_file.digest'),
    )
    .select('publication_file.spool_name')
    .where('publication.state', '=', 'waiting')
    .where('publication_file.spool_name', 'in', names)
    .execute();
  return new Set(rows.flatMap((row) => (row.spool_name === null ? [] : [row.spool_name])));
}

/** Versions of a dataset that are signed and not yet sent, lowest first. */
export async function listWaitingHeads(db: Db, dataset_id: string): Promise<{ version: number; digest: string }[]> {
  return db.selectFrom('publication').select(['version', 'digest']).where('dataset_id', '=', dataset_id).where('state', '=', 'waiting').orderBy('version').execute();
}
