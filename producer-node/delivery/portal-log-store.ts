import type { Db, PortalLogRow } from '../db/tables.ts';

/** What this node has seen of a portal's log, or undefined before it first looked. */
export async function findPortalLog(db: Db, portal_id: string): Promise<PortalLogRow | undefined> {
  return db.selectFrom('portal_log').selectAll().where('portal_id', '=', portal_id).executeTakeFirst();
}

/** Remembers a checkpoint that continues the one before; of two processes the longer log stays. */
export async function keepCheckpoint(db: Db, seen: { portal_id: string; size: number; root: string; note: string; seen_at: Date }): Promise<void> {
  const { portal_id: _, ...changes } = seen;
  await db
    .insertInto('portal_log')
    .values({ ...seen, problem: null })
    .onConflict((conflict) => conflict.column('portal_id').doUpdateSet({ ...changes, problem: null }).where('portal_log.size', '<=', seen.size))
    .execute();
}

/** Notes that the log does not continue the remembered checkpoint, which stays. */
export async function notePortalLogProblem(db: Db, portal_id: string, problem: 'shorter' | 'forked', seen_at: Date): Promise<void> {
  await db.updateTable('portal_log').set({ problem, seen_at }).where('portal_id', '=', portal_id).execute();
}
