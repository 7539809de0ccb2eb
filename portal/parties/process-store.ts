import type { Db } from '../portal.ts';

/** Remembers that a process lives; one row per name, the last word wins. */
export async function upsertProcessSeen(db: Db, name: string, seen_at: Date, detail: Record<string, unknown>): Promise<void> {
  const row = { seen_at, detail: JSON.stringify(detail) };
  await db
    .insertInto('process_seen')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

/** When a process was last seen; undefined for one that never ran. */
export async function lastSeen(db: Db, name: string): Promise<Date | undefined> {
  return (await db.selectFrom('process_seen').select('seen_at').where('name', '=', name).executeTakeFirst())?.seen_at;
}
