import type { Db } from '../../portal.ts';

/** A passkey as its member sees it. */
export interface PasskeySummary {
  credential_id: string;
  name: string;
  created_at: Date;
  last_used_at: Date | null;
}

/** A passkey with what verifies its answers. */
export interface StoredPasskey extends PasskeySummary {
  member_id: string;
  public_key: Uint8Array<ArrayBuffer>;
  transports: string[];
}

/** The passkeys of a member, oldest first. */
export async function listPasskeys(db: Db, member_id: string): Promise<(PasskeySummary & { transports: string[] })[]> {
  return db.selectFrom('passkey').select(['credential_id', 'name', 'transports', 'created_at', 'last_used_at']).where('member_id', '=', member_id).orderBy('created_at').orderBy('credential_id').execute();
}

/** The passkey of this credential id, whosever it is, or undefined. */
export async function findPasskey(db: Db, credential_id: string): Promise<StoredPasskey | undefined> {
  const row = await db.selectFrom('passkey').selectAll().where('credential_id', '=', credential_id).executeTakeFirst();
  return row && { ...row, public_key: new Uint8Array(row.public_key) };
}

/** Keeps a passkey; false when one with its credential id is there already. */
export async function insertPasskey(trx: Db, row: { credential_id: string; member_id: string; name: string; public_key: Uint8Array; counter: number; transports: string[]; now: Date }): Promise<boolean> {
  const { now, ...passkey } = row;
  const inserted = await trx
    .insertInto('passkey')
    .values({ ...passkey, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('credential_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/**
 * Notes an answer with its signature counter; false when the counter did not grow (WebAuthn Level 3 §6.1.1), which a copy of the
 * authenticator would show. Authenticators that do not count say 0 for ever. Of two answers with one counter, one gets true.
 */
export async function countPasskeyUse(trx: Db, o: { credential_id: string; counter: number; now: Date }): Promise<boolean> {
  const used = await trx
    .updateTable('passkey')
    .set({ counter: o.counter, last_used_at: o.now })
    .where('credential_id', '=', o.credential_id)
    .where((eb) => (o.counter === 0 ? eb('counter', '=', '0') : eb('counter', '<', String(o.counter))))
    .returning('credential_id')
    .executeTakeFirst();
  return used !== undefined;
}

/** Deletes one passkey of a member; gives its name, undefined when there is none. */
export async function deletePasskey(trx: Db, o: { member_id: string; credential_id: string }): Promise<string | undefined> {
  const deleted = await trx.deleteFrom('passkey').where('member_id', '=', o.member_id).where('credential_id', '=', o.credential_id).returning('name').executeTakeFirst();
  return deleted?.name;
}

/** Deletes every passkey of a member; gives their number. */
export async function deletePasskeysOf(trx: Db, member_id: string): Promise<number> {
  return Number((await trx.deleteFrom('passkey').where('member_id', '=', member_id).executeTakeFirst()).numDeletedRows);
}
