import type { Db, KeyPackageRow } from '../db/tables.ts';

/** Which packages of a grant were sealed, by epoch. */
export async function listPackages(db: Db, grant_id: string): Promise<Pick<KeyPackageRow, 'epoch' | 'delivery_fingerprint'>[]> {
  return db.selectFrom('key_package').select(['epoch', 'delivery_fingerprint']).where('grant_id', '=', grant_id).orderBy('epoch').execute();
}

/** Keeps a sealed package; false when there is one for this epoch and delivery key already, which stays. */
export async function insertPackage(trx: Db, row: KeyPackageRow): Promise<boolean> {
  const inserted = await trx.insertInto('key_package').values(row).onConflict((conflict) => conflict.doNothing()).returning('grant_id').executeTakeFirst();
  return inserted !== undefined;
}

/** The package of a grant by its epoch and the digest of its release statement, or undefined. */
export async function findPackage(db: Db, o: { grant_id: string; epoch: number; digest: string }): Promise<KeyPackageRow | undefined> {
  return db.selectFrom('key_package').selectAll().where('grant_id', '=', o.grant_id).where('epoch', '=', o.epoch).where('digest', '=', o.digest).executeTakeFirst();
}
