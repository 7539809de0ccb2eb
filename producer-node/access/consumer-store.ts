import type { ConsumerRow, Db, KeyConfirmation, StoredStatement } from '../db/tables.ts';

/** The pinned keys of a consumer, or undefined. */
export async function findConsumer(db: Db, producer_id: string, consumer_id: string): Promise<ConsumerRow | undefined> {
  return db.selectFrom('consumer').selectAll().where('producer_id', '=', producer_id).where('consumer_id', '=', consumer_id).executeTakeFirst();
}

/** Every consumer whose keys a producer has pinned, by name. */
export async function listConsumers(db: Db, producer_id: string): Promise<ConsumerRow[]> {
  return db.selectFrom('consumer').selectAll().where('producer_id', '=', producer_id).orderBy('name').orderBy('consumer_id').execute();
}

/** What is pinned of a consumer. */
export interface ConsumerPin {
  producer_id: string;
  consumer_id: string;
  name: string;
  key_sets: readonly StoredStatement[];
  confirmation: KeyConfirmation;
  vouched_by: string | null;
}

/** Pins a consumer's keys, or moves the pin on; false when the keys are stopped (`changed_key_sets`), unless `confirms` says that somebody looked. */
export async function pinConsumer(trx: Db, pin: ConsumerPin, o: { now: Date; confirms?: boolean }): Promise<boolean> {
  const { producer_id, consumer_id, name, confirmation, vouched_by } = pin;
  const key_sets = JSON.stringify(pin.key_sets);
  const pinned = await trx
    .insertInto('consumer')
    .values({ producer_id, consumer_id, name, key_sets, confirmation, vouched_by, changed_key_sets: null, changed_why: null, pinned_at: o.now, confirmed_at: o.now })
    .onConflict((conflict) =>
      conflict
        .columns(['producer_id', 'consumer_id'])
        .doUpdateSet({ name, key_sets, confirmation, vouched_by, changed_key_sets: null, changed_why: null, confirmed_at: o.now })
        .where((eb) => eb.or([eb.lit(o.confirms === true), eb('consumer.changed_key_sets', 'is', null)])),
    )
    .returning('consumer_id')
    .executeTakeFirst();
  return pinned !== undefined;
}

/** Takes devices that a pinned key added. */
export async function extendPin(db: Db, o: { producer_id: string; consumer_id: string; key_sets: readonly StoredStatement[] }): Promise<void> {
  await db
    .updateTable('consumer')
    .set({ key_sets: JSON.stringify(o.key_sets) })
    .where('producer_id', '=', o.producer_id)
    .where('consumer_id', '=', o.consumer_id)
    .where('changed_key_sets', 'is', null)
    .execute();
}

/** Stops everything for a consumer whose keys changed in any other way, until somebody confirms them. */
export async function stopConsumer(db: Db, o: { producer_id: string; consumer_id: string; key_sets: readonly StoredStatement[]; why: string }): Promise<void> {
  await db
    .updateTable('consumer')
    .set({ changed_key_sets: JSON.stringify(o.key_sets), changed_why: o.why })
    .where('producer_id', '=', o.producer_id)
    .where('consumer_id', '=', o.consumer_id)
    .execute();
}
