import type { AccessDecisionTable, Db } from '../db/tables.ts';

/** Keeps a decision; refused by a unique index when the request, or the same signed words under another id, was decided before. */
export async function insertDecision(trx: Db, decision: AccessDecisionTable): Promise<void> {
  await trx.insertInto('access_decision').values(decision).execute();
}

/** The decision of this kind about a request, or undefined. */
export async function findDecision(db: Db, request_id: string, decision: AccessDecisionTable['decision']): Promise<AccessDecisionTable | undefined> {
  return db.selectFrom('access_decision').selectAll().where('request_id', '=', request_id).where('decision', '=', decision).executeTakeFirst();
}

/** Whether this node has granted or refused a request: by its id, or by the digest of the signed words when those are known. */
export async function wasDecided(db: Db, o: { producer_id: string; request_id: string; request_sha256: string | undefined }): Promise<boolean> {
  const row = await db
    .selectFrom('access_decision')
    .select('request_id')
    .where('decision', '<>', 'agree')
    .where((eb) => eb.or([eb('request_id', '=', o.request_id), ...(o.request_sha256 === undefined ? [] : [eb.and([eb('producer_id', '=', o.producer_id), eb('request_sha256', '=', o.request_sha256)])])]))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
