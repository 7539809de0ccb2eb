import { sql } from 'kysely';
import type { Db } from '../portal.ts';

/** An application as its owner's page shows it. */
export interface ApplicationSummary {
  kid: string;
  consumer_id: string;
  /** What its owner calls it; empty where nobody said. */
  name: string;
  scopes: string[];
  state: 'active' | 'stopped';
  /** When it last called, to the second; null: not in the last 90 days. */
  last_call_at: Date | null;
  /** Calls of the last 90 days. */
  calls: number;
}

/** The applications in the newest key sets of these consumers that have not ended at `now`, by name. */
export async function listApplications(db: Db, consumer_ids: readonly string[], now: Date): Promise<ApplicationSummary[]> {
  if (consumer_ids.length === 0) return [];
  const rows = await db
    .selectFrom('party_key')
    .leftJoin('application_use', 'application_use.kid', 'party_key.kid')
    .select(['party_key.kid', 'party_key.party_id', 'party_key.name', 'party_key.scopes', 'party_key.stopped_at'])
    .select((eb) => [eb.fn.max('application_use.last_call_at').as('last_call_at'), eb.fn.coalesce(eb.fn.sum('application_use.calls'), sql<string>`0`).as('calls')])
    .where('party_type', '=', 'consumer')
    .where('party_id', 'in', [...consumer_ids])
    .where(sql<boolean>`roles @> ARRAY['application']::text[]`)
    .where('retired_at', 'is', null)
    .where((eb) => eb.or([eb('not_after', 'is', null), eb('not_after', '>', now)]))
    .groupBy(['party_type', 'party_id', 'party_key.kid'])
    .orderBy('party_key.name')
    .orderBy('party_key.kid')
    .execute();
  return rows.map(({ party_id, stopped_at, last_call_at, calls, ...row }) => ({ ...row, consumer_id: party_id, state: stopped_at === null ? 'active' : 'stopped', last_call_at, calls: Number(calls) }));
}

/** Refuses every further call of an application of one of these consumers; false when they have no such application, or it is stopped already. */
export async function stopApplicationKey(trx: Db, o: { consumer_ids: readonly string[]; kid: string; now: Date }): Promise<boolean> {
  if (o.consumer_ids.length === 0) return false;
  const stopped = await trx
    .updateTable('party_key')
    .set({ stopped_at: o.now })
    .where('party_type', '=', 'consumer')
    .where('party_id', 'in', [...o.consumer_ids])
    .where('kid', '=', o.kid)
    .where(sql<boolean>`roles @> ARRAY['application']::text[]`)
    .where('stopped_at', 'is', null)
    .returning('kid')
    .executeTakeFirst();
  return stopped !== undefined;
}

/** Counts one call of an application on its day (UTC). */
export async function countApplicationCall(db: Db, kid: string, now: Date): Promise<void> {
  await db
    .insertInto('application_use')
    .values({ kid, day: now.toISOString().slice(0, 10), calls: 1, last_call_at: now })
    .onConflict((conflict) => conflict.columns(['kid', 'day']).doUpdateSet({ calls: sql<number>`application_use.calls + 1`, last_call_at: now }))
    .execute();
}
