import type { Db, ProducerRow, StoredStatement } from '../db/tables.ts';

/** What is known of a new producer, from its verified key set chain. */
export interface NewProducer {
  producer_id: string;
  name: string;
  key_sets: readonly StoredStatement[];
  key_set_digest: string;
  keys_expire_at: Date;
}

/** All producers of this node, by name. */
export async function listProducers(db: Db): Promise<ProducerRow[]> {
  return db.selectFrom('producer').selectAll().orderBy('name').execute();
}

/** Records a producer; does nothing when it is known. */
export async function insertProducer(db: Db, producer: NewProducer, now: Date): Promise<void> {
  await db
    .insertInto('producer')
    .values({ ...producer, key_sets: JSON.stringify(producer.key_sets), created_at: now })
    .onConflict((conflict) => conflict.column('producer_id').doNothing())
    .execute();
}

/** Moves a producer on to a longer chain of key sets. */
export async function updateProducerKeys(db: Db, o: { producer_id: string; key_sets: readonly unknown[]; key_set_digest: string; keys_expire_at: Date }): Promise<void> {
  const { producer_id, key_sets, key_set_digest, keys_expire_at } = o;
  await db
    .updateTable('producer')
    .set({ key_sets: JSON.stringify(key_sets), key_set_digest, keys_expire_at })
    .where('producer_id', '=', producer_id)
    // Two processes at once: the longer chain stays.
    .where((eb) => eb(eb.fn<number>('jsonb_array_length', ['key_sets']), '<=', key_sets.length))
    .execute();
}
