import { sql } from 'kysely';
import { PortalError } from '../errors.ts';
import type { Db } from '../portal.ts';

/** A producer as everybody may see it. */
export interface ProducerSummary {
  producer_id: string;
  name: string;
  domain: string | null;
  state: 'active' | 'suspended';
  /** Datasets that are not withdrawn. */
  datasets: number;
}

const LIST_MAX = 500;

/** The producer, if everybody may see it: one that waits for its fingerprint, or was refused, is hidden. */
export async function findProducer(db: Db, producer_id: string): Promise<ProducerSummary | undefined> {
  return publicProducers(db).where('producer.producer_id', '=', producer_id).executeTakeFirst();
}

/** As `findProducer`; throws `not_found`. */
export async function getProducer(db: Db, producer_id: string): Promise<ProducerSummary> {
  const row = await findProducer(db, producer_id);
  if (row === undefined) throw new PortalError('not_found', 'There is no such producer.');
  return row;
}

/** Every producer that everybody may see, by name; the first 500. */
export async function listProducers(db: Db): Promise<ProducerSummary[]> {
  return publicProducers(db).orderBy('producer.name').orderBy('producer.producer_id').limit(LIST_MAX).execute();
}

/** Keeps a producer that waits for its fingerprint: a new one, or one that was refused before; false for any other. */
export async function insertPendingProducer(trx: Db, o: { producer_id: string; name: string; domain: string | null; now: Date }): Promise<boolean> {
  const row = await trx
    .insertInto('producer')
    .values({ producer_id: o.producer_id, name: o.name, domain: o.domain, state: 'pending', created_at: o.now })
    .onConflict((conflict) => conflict.column('producer_id').doUpdateSet({ state: 'pending', name: o.name, domain: o.domain }).where('producer.state', '=', 'refused'))
    .returning('producer_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes a producer that waits active or refused; nothing happens to any other. */
export async function settleProducer(trx: Db, producer_id: string, state: 'active' | 'refused'): Promise<void> {
  await trx.updateTable('producer').set({ state }).where('producer_id', '=', producer_id).where('state', '=', 'pending').execute();
}

/** Makes whoever else is about to make a name public wait until this transaction has ended. */
export async function lockProducerNames(trx: Db): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('sceau producer names'))`.execute(trx);
}

/** The names of all active producers. */
export async function listActiveNames(db: Db): Promise<{ producer_id: string; name: string }[]> {
  return db.selectFrom('producer').select(['producer_id', 'name']).where('state', '=', 'active').execute();
}

/** Takes over the name and domain of a newer key set; the catalogue shows and finds the producer's datasets under the new name from the commit on. */
export async function renameProducer(trx: Db, producer_id: string, o: { name: string; domain: string | null }): Promise<void> {
  await trx.updateTable('producer').set(o).where('producer_id', '=', producer_id).execute();
  // The old name stays searchable until the next version of each dataset: people go on typing it.
  await trx
    .updateTable('dataset')
    .set({ producer_name: o.name, search: sql<string>`dataset.search || setweight(to_tsvector('sceau_fr', ${o.name}), 'B') || setweight(to_tsvector('simple', unaccent(${o.name})), 'B')` })
    .where('producer_id', '=', producer_id)
    .where('producer_name', '!=', o.name)
    .execute();
}

/** Remembers that a node was heard of; at most once a minute. */
export async function recordNodeSeen(db: Db, kid: string, now: Date): Promise<void> {
  await db
    .insertInto('node')
    .values({ kid, last_seen_at: now })
    .onConflict((conflict) => conflict.column('kid').doUpdateSet({ last_seen_at: now }).where('node.last_seen_at', '<', new Date(now.getTime() - 60_000)))
    .execute();
}

/** When a node of each of these producers was last heard of; a producer whose nodes never called is left out. */
export async function lastSeenOfNodes(db: Db, producer_ids: readonly string[]): Promise<Map<string, Date>> {
  if (producer_ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('party_key')
    .innerJoin('node', 'node.kid', 'party_key.kid')
    .select(['party_key.party_id', sql<Date>`max(node.last_seen_at)`.as('seen_at')])
    .where('party_key.party_type', '=', 'producer')
    .where('party_key.party_id', 'in', [...producer_ids])
    .where('party_key.retired_at', 'is', null)
    .groupBy('party_key.party_id')
    .execute();
  return new Map(rows.map((row) => [row.party_id, row.seen_at]));
}

function publicProducers(db: Db) {
  return db
    .selectFrom('producer')
    .select(['producer.producer_id', 'producer.name', 'producer.domain'])
    .select(sql<'active' | 'suspended'>`producer.state`.as('state'))
    .select(sql<number>`(select count(*)::int from dataset where dataset.producer_id = producer.producer_id and dataset.status = 'active')`.as('datasets'))
    .where('producer.state', 'in', ['active', 'suspended']);
}
