import { PortalError } from '../errors.ts';
import type { Db } from '../portal.ts';

/** A member as stored. */
export interface MemberRow {
  member_id: string;
  email: string;
  name: string;
  language: string;
}

/** The member with this address, made with `member_id` if there is none; a name that is still empty is filled in. */
export async function upsertMember(trx: Db, o: MemberRow & { now: Date }): Promise<MemberRow> {
  const { now, ...row } = o;
  await trx
    .insertInto('member')
    .values({ ...row, created_at: now })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .execute();
  if (o.name !== '') await trx.updateTable('member').set({ name: o.name }).where('email', '=', o.email).where('name', '=', '').execute();
  return trx.selectFrom('member').select(['member_id', 'email', 'name', 'language']).where('email', '=', o.email).executeTakeFirstOrThrow();
}

/** The member with this address, or undefined. */
export async function findMemberByEmail(db: Db, email: string): Promise<MemberRow | undefined> {
  return db.selectFrom('member').select(['member_id', 'email', 'name', 'language']).where('email', '=', email).executeTakeFirst();
}

/** A member by their id; throws `not_found`. */
export async function getMember(db: Db, member_id: string): Promise<MemberRow> {
  const member = await db.selectFrom('member').select(['member_id', 'email', 'name', 'language']).where('member_id', '=', member_id).executeTakeFirst();
  if (member === undefined) throw new PortalError('not_found', 'There is no such member.');
  return member;
}

/** Locks a member's row until the transaction ends, so that what is counted about them stays true. */
export async function lockMember(trx: Db, member_id: string): Promise<void> {
  await trx.selectFrom('member').select('member_id').where('member_id', '=', member_id).forUpdate().execute();
}

/** Remembers the language that a member last signed in with. */
export async function setMemberLanguage(trx: Db, member_id: string, language: string): Promise<void> {
  await trx.updateTable('member').set({ language }).where('member_id', '=', member_id).execute();
}

/** Gives a member a role; nothing happens when they have it. An operator's role is of no producer. */
export async function giveRole(trx: Db, o: { member_id: string; role: 'operator' | 'officer'; producer_id?: string; now: Date }): Promise<void> {
  await trx
    .insertInto('member_role')
    .values({ member_id: o.member_id, role: o.role, producer_id: o.producer_id ?? '', created_at: o.now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A member's roles as they are now: operator or not, and officer of which active producers. */
export async function rolesOf(db: Db, member_id: string): Promise<{ operator: boolean; officer_of: string[] }> {
  const roles = await db
    .selectFrom('member_role')
    .leftJoin('producer', 'producer.producer_id', 'member_role.producer_id')
    .select(['member_role.role', 'member_role.producer_id', 'producer.state'])
    .where('member_role.member_id', '=', member_id)
    .orderBy('member_role.producer_id')
    .execute();
  return {
    operator: roles.some((role) => role.role === 'operator'),
    officer_of: roles.filter((role) => role.role === 'officer' && role.state === 'active').map((role) => role.producer_id),
  };
}

/** Every operator of the portal, by address. */
export async function listOperators(db: Db): Promise<MemberRow[]> {
  return db
    .selectFrom('member_role')
    .innerJoin('member', 'member.member_id', 'member_role.member_id')
    .select(['member.member_id', 'member.email', 'member.name', 'member.language'])
    .where('member_role.role', '=', 'operator')
    .orderBy('member.email')
    .execute();
}
