import { PortalError } from '../../errors.ts';
import { appendAct } from '../../log/append-act.ts';
import type { Portal } from '../../portal.ts';
import { actorName } from '../actor-name.ts';
import type { Member } from '../find-session.ts';
import { queueMail } from '../queue-mail.ts';
import { passkeyMail } from './passkey-mails.ts';
import { deletePasskey } from './passkey-store.ts';
import { requireStepUp } from './require-step-up.ts';

/** Removes one of the member's passkeys, also the last; only after a step-up, so that a mailbox alone never can. The member is mailed. Refuses with `forbidden` (`step_up_needed`), `not_found`. */
export async function removePasskey(portal: Portal, member: Member, input: { credential_id: string }): Promise<void> {
  requireStepUp(portal, member);
  await portal.db.transaction().execute(async (trx) => {
    const name = await deletePasskey(trx, { member_id: member.member_id, credential_id: input.credential_id });
    if (name === undefined) throw new PortalError('not_found', 'There is no such passkey.');
    await appendAct(trx, portal, { type: 'operator.act', subject_digest: `remove-passkey ${input.credential_id}`, public: false, actor: actorName(member) });
    await queueMail(trx, portal, { to_email: member.email, ...passkeyMail(portal, { language: member.language, change: 'removed', name }) });
  });
}
