import type { Db } from '../portal.ts';

/** Keeps a consumer, or its newer name; locks its row until the transaction ends. */
export async function upsertConsumer(trx: Db, o: { consumer_id: string; name: string; fingerprint: string; now: Date }): Promise<void> {
  await trx
    .insertInto('consumer')
    .values({ consumer_id: o.consumer_id, name: o.name, fingerprint: o.fingerprint, state: 'active', created_at: o.now })
    .onConflict((conflict) => conflict.column('consumer_id').doUpdateSet({ name: o.name }))
    .execute();
}
