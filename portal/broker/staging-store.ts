import { type Selectable, sql } from 'kysely';
import type { BrokerSealedPackageTable } from '../db/tables.ts';
import type { Db } from '../portal.ts';

/** A package that was sealed and is not necessarily handed out yet; statement and act are set together. */
export type StagedPackage = Selectable<BrokerSealedPackageTable>;

/** What was sealed for an epoch under a grant, by delivery key. */
export async function listStaged(db: Db, grant_id: string, epoch: number): Promise<StagedPackage[]> {
  return db.selectFrom('broker.sealed_package').selectAll().where('grant_id', '=', grant_id).where('epoch', '=', epoch).orderBy('delivery_fingerprint').execute();
}

/** Keeps a sealed package; of two brokers that sealed at once the first one's stays. */
export async function stage(db: Db, o: { grant_id: string; epoch: number; delivery_fingerprint: string; form: string; package: Uint8Array; created_at: Date }): Promise<void> {
  await db.insertInto('broker.sealed_package').values(o).onConflict((conflict) => conflict.doNothing()).execute();
}

/** The staged package, locked until the transaction ends, as long as it has no statement; undefined otherwise. */
export async function lockUnsigned(trx: Db, o: { grant_id: string; epoch: number; delivery_fingerprint: string }): Promise<StagedPackage | undefined> {
  return trx
    .selectFrom('broker.sealed_package')
    .selectAll()
    .where('grant_id', '=', o.grant_id)
    .where('epoch', '=', o.epoch)
    .where('delivery_fingerprint', '=', o.delivery_fingerprint)
    .where('statement', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

/** Keeps the release statement of a staged package and its act. */
export async function setRelease(trx: Db, o: { grant_id: string; epoch: number; delivery_fingerprint: string; statement: string; act_id: string }): Promise<void> {
  await trx
    .updateTable('broker.sealed_package')
    .set({ statement: o.statement, act_id: o.act_id })
    .where('grant_id', '=', o.grant_id)
    .where('epoch', '=', o.epoch)
    .where('delivery_fingerprint', '=', o.delivery_fingerprint)
    .execute();
}

/** Hands a staged package out. The one statement asks once more whether the grant is live, so no revocation fits between; once. */
export async function handOut(db: Db, staged: StagedPackage, o: { grant_digest: string; now: Date }): Promise<void> {
  const { grant_digest, now } = o;
  await sql`
    INSERT INTO key_package (grant_id, epoch, delivery_fingerprint, form, package, statement, act_id, released_at)
    SELECT ${staged.grant_id}::uuid, ${staged.epoch}::int, ${staged.delivery_fingerprint}, ${staged.form}, ${staged.package}::bytea, ${staged.statement}, ${staged.act_id}::bigint, ${now}::timestamptz
    FROM access_grant WHERE grant_id = ${staged.grant_id}::uuid AND state = 'active' AND ends_at > ${now}
      AND NOT EXISTS (SELECT 1 FROM log_act WHERE about_digest = ${grant_digest} AND type IN ('revocation', 'expiry'))
    ON CONFLICT DO NOTHING`.execute(db);
}
