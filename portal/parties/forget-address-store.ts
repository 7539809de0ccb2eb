import type { Db } from '../portal.ts';

/**
 * Deletes what is kept of an address that nothing needs any more: its member with their sessions, its links to sign in, its mails.
 * Nothing happens to an address that still has a request or an invitation, or a member with a role.
 */
export async function forgetAddress(trx: Db, email: string): Promise<void> {
  const needed = await trx
    .selectFrom('access_request')
    .leftJoin('member', 'member.member_id', 'access_request.member_id')
    .select('access_request.request_id')
    .where((eb) => eb.or([eb('access_request.contact_email', '=', email), eb('member.email', '=', email)]))
    .limit(1)
    .executeTakeFirst();
  const invited = await trx.selectFrom('invitation').select('invitation_id').where('officer_email', '=', email).limit(1).executeTakeFirst();
  const role = await trx.selectFrom('member_role').innerJoin('member', 'member.member_id', 'member_role.member_id').select('member_role.role').where('member.email', '=', email).limit(1).executeTakeFirst();
  if (needed !== undefined || invited !== undefined || role !== undefined) return;
  await trx.deleteFrom('mail').where('to_email', '=', email).execute();
  await trx.deleteFrom('sign_in').where('email', '=', email).execute();
  await trx.deleteFrom('member').where('email', '=', email).execute();
}
