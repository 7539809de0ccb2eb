import { type RawBuilder, sql } from 'kysely';
import type { Manifest, Resource } from '#catalog-schema';
import type { Statement } from '#crypto';
import type { Db } from '../../portal.ts';
import { manifestOf } from '../stored-statement.ts';
import type { OpenedContact } from './check-contacts.ts';
import type { CheckedDeposit, SentRecovery } from './check-deposits.ts';
import type { DatasetRow, SearchText } from './dataset-row.ts';
import type { Standing } from './version-rule.ts';

/** What the catalogue knows of a dataset, and of the version that arrives; undefined for an unknown dataset. */
export async function findStanding(db: Db, dataset_id: string, version: number): Promise<Standing | undefined> {
  const row = await db
    .selectFrom('dataset')
    .leftJoin('dataset_version', (join) => join.onRef('dataset_version.dataset_id', '=', 'dataset.dataset_id').on('dataset_version.version', '=', version))
    .select(['dataset.producer_id', 'dataset.head_version', 'dataset.head_digest', 'dataset.frozen_at', 'dataset_version.digest'])
    .where('dataset.dataset_id', '=', dataset_id)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { producer_id, head_version, head_digest } = row;
  return { producer_id, head_version, head_digest, frozen: row.frozen_at !== null, recorded_digest: row.digest ?? undefined };
}

/** When a version was published, in RFC 3339. */
export async function getPublishedAt(db: Db, dataset_id: string, version: number): Promise<string> {
  const row = await db.selectFrom('dataset_version').select('published_at').where('dataset_id', '=', dataset_id).where('version', '=', version).executeTakeFirstOrThrow();
  return row.published_at.toISOString();
}

/** Whether a version of the dataset before `version` gave out a file openly. */
export async function hadOpenFile(db: Db, dataset_id: string, version: number): Promise<boolean> {
  const row = await db
    .selectFrom('dataset_resource')
    .select('resource_id')
    .where('dataset_id', '=', dataset_id)
    .where('version', '<', version)
    .where('kind', '=', 'file')
    .where('epoch', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a version of the dataset said that its data are open; false for a version that is not known. */
export async function wasOpen(db: Db, dataset_id: string, version: number): Promise<boolean> {
  const row = await db.selectFrom('dataset_version').select('manifest').where('dataset_id', '=', dataset_id).where('version', '=', version).executeTakeFirst();
  return row !== undefined && manifestOf(row.manifest).access === 'open';
}

/** The header stored for a sealed body of this dataset in any version, or undefined. */
export async function findHeaderByRoot(db: Db, dataset_id: string, root: string, epoch: number): Promise<Uint8Array | undefined> {
  const row = await db
    .selectFrom('dataset_resource')
    .select('header')
    .where('dataset_id', '=', dataset_id)
    .where('root', '=', root)
    .where('epoch', '=', epoch)
    .where('header', 'is not', null)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined || row.header === null ? undefined : new Uint8Array(row.header);
}

/** What moves the head of a dataset. */
export interface HeadMove {
  manifest: Manifest;
  digest: string;
  row: DatasetRow;
  search: readonly SearchText[];
  producer_name: string;
  published_at: string;
}

/**
 * Makes a version the head: one insert for version 1, else one UPDATE that holds only where the head is its predecessor and the
 * dataset is not frozen. False when somebody else was quicker. The row stays locked until the transaction ends.
 */
export async function moveHead(trx: Db, move: HeadMove): Promise<boolean> {
  const { manifest, digest, published_at, producer_name } = move;
  const values = {
    ...move.row,
    view: JSON.stringify(move.row.view),
    producer_name,
    head_version: manifest.version,
    head_digest: digest,
    search: searchVector(move.search),
    published_at,
  };
  if (manifest.version === 1) {
    const inserted = await trx
      .insertInto('dataset')
      .values({ ...values, dataset_id: manifest.dataset_id, producer_id: manifest.producer_id, first_published_at: published_at })
      .onConflict((conflict) => conflict.doNothing())
      .returning('dataset_id')
      .executeTakeFirst();
    return inserted !== undefined;
  }
  const moved = await trx
    .updateTable('dataset')
    .set(values)
    .where('dataset_id', '=', manifest.dataset_id)
    .where('producer_id', '=', manifest.producer_id)
    .where('head_version', '=', manifest.version - 1)
    .where('head_digest', '=', manifest.prev ?? '')
    .where('frozen_at', 'is', null)
    .returning('dataset_id')
    .executeTakeFirst();
  return moved !== undefined;
}

// Languages other than French and English are cut into words by the French rules: better than not at all. Beside the stems stand the
// words as written, for people who have typed half of one; not of long texts, which would double the index.
function searchVector(texts: readonly SearchText[]): RawBuilder<string> {
  const parts = texts.flatMap(({ weight, lang, text }) => {
    const config = lang.toLowerCase().startsWith('en') ? 'sceau_en' : 'sceau_fr';
    const stems = sql`setweight(to_tsvector(${config}::regconfig, ${text}), ${weight}::"char")`;
    return weight === 'D' ? [stems] : [stems, sql`setweight(to_tsvector('simple', unaccent(${text})), ${weight}::"char")`];
  });
  return parts.length === 0 ? sql<string>`''::tsvector` : sql<string>`${sql.join(parts, sql` || `)}`;
}

/** Stores a version with its resources, headers and contacts. */
export async function insertVersion(
  trx: Db,
  o: { manifest: Manifest; statement: Statement; digest: string; act_id: string; published_at: string; headers: ReadonlyMap<string, Uint8Array>; contacts: readonly OpenedContact[] },
): Promise<void> {
  const { dataset_id, version, status, issued_at, resources } = o.manifest;
  await trx
    .insertInto('dataset_version')
    .values({ dataset_id, version, digest: o.digest, manifest: JSON.stringify(o.statement), status, issued_at, published_at: o.published_at, act_id: o.act_id })
    .execute();
  if (resources.length > 0) {
    await trx
      .insertInto('dataset_resource')
      .values(resources.map((resource, position) => ({ dataset_id, version, position, ...resourceColumns(resource, o.headers) })))
      .execute();
  }
  if (o.contacts.length > 0) {
    await trx
      .insertInto('dataset_contact')
      .values(o.contacts.map(({ contact_id, salt, contact }) => ({ dataset_id, version, contact_id, salt, contact: JSON.stringify(contact) })))
      .execute();
  }
}

function resourceColumns(resource: Resource, headers: ReadonlyMap<string, Uint8Array>) {
  const { resource_id, kind } = resource;
  const file = resource.kind === 'file' ? resource : undefined;
  return {
    resource_id,
    kind,
    name: resource.name ?? '',
    media_type: resource.kind === 'file' || resource.kind === 'link' ? resource.media_type : null,
    root: file?.tree.root ?? null,
    body_size: file?.body_size ?? null,
    epoch: file !== undefined && 'age' in file ? file.age.epoch : null,
    header: headers.get(resource_id) ?? null,
  };
}

/** Stores the first deposit of an epoch. */
export async function insertDeposit(trx: Db, o: { dataset_id: string; producer_id: string; deposit: CheckedDeposit; act_id: string; now: Date }): Promise<void> {
  const { epoch, recipient, statement, deposit } = o.deposit;
  await trx
    .insertInto('key_deposit')
    .values({ dataset_id: o.dataset_id, epoch, producer_id: o.producer_id, recipient, statement: JSON.stringify(statement), deposit, act_id: o.act_id, created_at: o.now })
    .execute();
}

/** Stores recovery packages; of an epoch that has one the first stays. */
export async function insertRecovery(trx: Db, o: { dataset_id: string; producer_id: string; recovery: readonly SentRecovery[]; now: Date }): Promise<void> {
  for (const { epoch, sealed } of o.recovery) {
    await trx
      .insertInto('key_recovery')
      .values({ dataset_id: o.dataset_id, epoch, producer_id: o.producer_id, sealed, created_at: o.now })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Keeps the second content of a version and freezes the dataset; true when it was not frozen before. */
export async function recordEquivocation(trx: Db, o: { dataset_id: string; version: number; digest: string; statement: Statement; now: Date }): Promise<boolean> {
  await trx
    .insertInto('equivocation')
    .values({ dataset_id: o.dataset_id, version: o.version, digest: o.digest, manifest: JSON.stringify(o.statement), seen_at: o.now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const frozen = await trx.updateTable('dataset').set({ frozen_at: o.now }).where('dataset_id', '=', o.dataset_id).where('frozen_at', 'is', null).returning('dataset_id').executeTakeFirst();
  return frozen !== undefined;
}

/** Name of a producer as enrolled. */
export async function getProducerName(db: Db, producer_id: string): Promise<string> {
  const row = await db.selectFrom('producer').select('name').where('producer_id', '=', producer_id).executeTakeFirstOrThrow();
  return row.name;
}
