import type { Db } from '../portal.ts';

/** An invitation that no node has used yet. */
export interface OpenInvitation {
  invitation_id: string;
  name: string;
  officer_email: string;
  created_at: Date;
  code_expires_at: Date | null;
}

/** The code of an invitation after one more attempt. */
export interface TriedCode {
  invitation_id: string;
  code_hash: string | null;
  code_expires_at: Date | null;
  attempts: number;
  used_at: Date | null;
}

/** Keeps a new invitation. */
export async function insertInvitation(trx: Db, row: { invitation_id: string; name: string; officer_email: string; officer_name: string; created_at: Date }): Promise<void> {
  await trx.insertInto('invitation').values(row).execute();
}

/** Invitations that wait for a node, newest first; at most 500. */
export async function listOpenInvitations(db: Db): Promise<OpenInvitation[]> {
  return db
    .selectFrom('invitation')
    .select(['invitation_id', 'name', 'officer_email', 'created_at', 'code_expires_at'])
    .where('used_at', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(500)
    .execute();
}

/** The invitation, locked until the transaction ends. */
export async function lockInvitation(trx: Db, invitation_id: string): Promise<{ name: string; used_at: Date | null } | undefined> {
  return trx.selectFrom('invitation').select(['name', 'used_at']).where('invitation_id', '=', invitation_id).forUpdate().executeTakeFirst();
}

/** Puts a fresh code in place of the one before, with no attempts made. */
export async function setNodeCode(trx: Db, invitation_id: string, o: { code_locator: string; code_hash: string; code_expires_at: Date }): Promise<void> {
  await trx
    .updateTable('invitation')
    .set({ ...o, attempts: 0, used_at: null })
    .where('invitation_id', '=', invitation_id)
    .execute();
}

/** Counts an attempt with the code of that locator and gives what it is to be compared with; undefined for an unknown locator. */
export async function countNodeCodeAttempt(db: Db, code_locator: string): Promise<TriedCode | undefined> {
  return db
    .updateTable('invitation')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('code_locator', '=', code_locator)
    .returning(['invitation_id', 'code_hash', 'code_expires_at', 'attempts', 'used_at'])
    .executeTakeFirst();
}

/** Uses an invitation's code up for a producer; false when somebody did before. Of those who race, one gets true. */
export async function spendNodeCode(trx: Db, o: { invitation_id: string; code_hash: string; producer_id: string; now: Date }): Promise<boolean> {
  const spent = await trx
    .updateTable('invitation')
    .set({ used_at: o.now, producer_id: o.producer_id })
    .where('invitation_id', '=', o.invitation_id)
    .where('code_hash', '=', o.code_hash)
    .where('used_at', 'is', null)
    .returning('invitation_id')
    .executeTakeFirst();
  return spent !== undefined;
}
