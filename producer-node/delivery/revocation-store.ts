import type { Db, RevocationTable } from '../db/tables.ts';

/** Keeps a signed revocation; the first one of a grant stays. */
export async function insertRevocation(trx: Db, revocation: RevocationTable): Promise<boolean> {
  const inserted = await trx.insertInto('revocation').values(revocation).onConflict((conflict) => conflict.column('grant_id').doNothing()).returning('grant_id').executeTakeFirst();
  return inserted !== undefined;
}

/** The signed revocation of a grant, or undefined. */
export async function findRevocation(db: Db, grant_id: string): Promise<RevocationTable | undefined> {
  return db.selectFrom('revocation').selectAll().where('grant_id', '=', grant_id).executeTakeFirst();
}
