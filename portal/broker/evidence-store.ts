import type { Db } from '../portal.ts';

/** A grant with the signed request it rests on, as JSON text, and the word of the database whether it has ended. */
export interface GrantRow {
  grant: string;
  request: string | null;
  state: 'active' | 'suspended' | 'revoked' | 'expired';
}

/** The grant, or undefined. */
export async function findGrantRow(db: Db, grant_id: string): Promise<GrantRow | undefined> {
  return db
    .selectFrom('access_grant')
    .innerJoin('access_request', 'access_request.request_id', 'access_grant.request_id')
    .select(['access_grant.statement as grant', 'access_grant.state', 'access_request.statement as request'])
    .where('access_grant.grant_id', '=', grant_id)
    .executeTakeFirst();
}

/**
 * The act that ended the grant of this digest, or undefined. The web process writes it in the transaction of the end and can neither
 * change nor delete it, so it counts whatever the grant's own row says.
 */
export async function findEndAct(db: Db, grant_digest: string): Promise<'revocation' | 'expiry' | undefined> {
  const row = await db.selectFrom('log_act').select('type').where('about_digest', '=', grant_digest).where('type', 'in', ['revocation', 'expiry']).orderBy('act_id').limit(1).executeTakeFirst();
  return row === undefined ? undefined : row.type === 'revocation' ? 'revocation' : 'expiry';
}

/** A deposited content key, and its statement as JSON text; undefined when there is none. */
export async function findDeposit(db: Db, dataset_id: string, epoch: number): Promise<{ statement: string; deposit: Uint8Array } | undefined> {
  const row = await db.selectFrom('key_deposit').select(['statement', 'deposit']).where('dataset_id', '=', dataset_id).where('epoch', '=', epoch).executeTakeFirst();
  return row && { statement: row.statement, deposit: new Uint8Array(row.deposit) };
}

/** The JSON text of the newest manifest with a file of this epoch, or undefined. */
export async function findManifestOfEpoch(db: Db, dataset_id: string, epoch: number): Promise<string | undefined> {
  const row = await db
    .selectFrom('dataset_version')
    .innerJoin('dataset_resource', (join) =>
      join.onRef('dataset_resource.dataset_id', '=', 'dataset_version.dataset_id').onRef('dataset_resource.version', '=', 'dataset_version.version'),
    )
    .select('dataset_version.manifest')
    .where('dataset_version.dataset_id', '=', dataset_id)
    .where('dataset_resource.epoch', '=', epoch)
    .orderBy('dataset_version.version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.manifest;
}
