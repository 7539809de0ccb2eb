import { PortalError } from '../../errors.ts';
import { appendAct } from '../../log/append-act.ts';
import { requireMay } from '../../policy.ts';
import type { Caller, Portal } from '../../portal.ts';
import { actorName } from '../actor-name.ts';
import { parseEmail } from '../email-address.ts';
import { findMemberByEmail, rolesOf } from '../member-store.ts';
import { queueMail } from '../queue-mail.ts';
import { deleteSessionsOf } from '../session-store.ts';
import { passkeyMail } from './passkey-mails.ts';
import { deletePasskeysOf } from './passkey-store.ts';
import { requireStepUp } from './require-step-up.ts';

/**
 * Removes every passkey of a member who lost theirs, and ends their sessions; the operator checked first that it is them. The member is
 * mailed. An operator's own are reset on the portal's machine only, so that one operator's session cannot become another's. Refuses with
 * `schema`, `forbidden` (`step_up_needed`, `operator_on_machine`), `not_found` (`unknown_member`, `no_passkeys`).
 */
export async function resetPasskeys(portal: Portal, actor: Caller, input: { email: unknown }): Promise<{ email: string; removed: number }> {
  requireMay(actor, 'reset_passkeys', {}, { hidden: true });
  requireStepUp(portal, actor);
  const email = parseEmail(input.email);
  const member = await findMemberByEmail(portal.db, email);
  if (member === undefined) throw new PortalError('not_found', 'Nobody signs in with this address.', { reason: 'unknown_member' });
  if (actor.kind === 'member' && (await rolesOf(portal.db, member.member_id)).operator) {
    throw new PortalError('forbidden', 'The passkeys of an operator are reset on the portal’s machine: sceau-portal reset-passkeys.', { reason: 'operator_on_machine' });
  }
  return portal.db.transaction().execute(async (trx) => {
    const removed = await deletePasskeysOf(trx, member.member_id);
    if (removed === 0) throw new PortalError('not_found', 'This member has no passkey: they sign in by mail and register one.', { reason: 'no_passkeys' });
    await deleteSessionsOf(trx, member.member_id);
    await appendAct(trx, portal, { type: 'operator.act', subject_digest: `reset-passkeys ${member.member_id}`, public: false, actor: actorName(actor) });
    await queueMail(trx, portal, { to_email: member.email, ...passkeyMail(portal, { language: member.language, change: 'reset', name: '' }) });
    return { email: member.email, removed };
  });
}
