import type { AccessRuleRow, Db } from '../db/tables.ts';

/** Keeps a rule. */
export async function insertRule(db: Db, rule: AccessRuleRow): Promise<void> {
  await db.insertInto('access_rule').values(rule).execute();
}

/** The rules of a producer that are in force, oldest first. */
export async function listRules(db: Db, producer_id: string): Promise<AccessRuleRow[]> {
  return db.selectFrom('access_rule').selectAll().where('producer_id', '=', producer_id).where('removed_at', 'is', null).orderBy('created_at').orderBy('rule_id').execute();
}

/** Takes a rule out of force; false when there is none of this id. What it granted stays. */
export async function removeRule(db: Db, o: { producer_id: string; rule_id: string; now: Date }): Promise<boolean> {
  const removed = await db.updateTable('access_rule').set({ removed_at: o.now }).where('rule_id', '=', o.rule_id).where('producer_id', '=', o.producer_id).where('removed_at', 'is', null).executeTakeFirst();
  return removed.numUpdatedRows > 0n;
}
