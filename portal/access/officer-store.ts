import type { Db } from '../portal.ts';

/** A person who answers for a producer's data, as mails address them. */
export interface Officer {
  member_id: string;
  email: string;
  name: string;
  language: string;
}

/** The officers of a producer, by address. */
export async function listOfficers(db: Db, producer_id: string): Promise<Officer[]> {
  return db
    .selectFrom('member_role')
    .innerJoin('member', 'member.member_id', 'member_role.member_id')
    .select(['member.member_id', 'member.email', 'member.name', 'member.language'])
    .where('member_role.role', '=', 'officer')
    .where('member_role.producer_id', '=', producer_id)
    .orderBy('member.email')
    .execute();
}
