import { requireText } from '../fields.ts';
import { appendAct } from '../log/append-act.ts';
import { requireMay } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { actorName } from './actor-name.ts';
import { parseEmail } from './email-address.ts';
import { insertInvitation } from './invitation-store.ts';
import { invitationMail, mailLanguage } from './mail-texts.ts';
import { requireStepUp } from './passkeys/require-step-up.ts';
import { queueMail } from './queue-mail.ts';

/** Invites an organisation to publish, with the person who will decide for it, who gets a mail. Refuses with `schema`, `forbidden`. */
export async function inviteProducer(
  portal: Portal,
  actor: Caller,
  input: { name: unknown; officer_email: unknown; officer_name: unknown; language?: string },
): Promise<{ invitation_id: string }> {
  requireMay(actor, 'invite_producer');
  requireStepUp(portal, actor);
  const name = requireText(input.name, '/name', { max: 200 });
  const officer_email = parseEmail(input.officer_email, '/officer_email');
  const officer_name = requireText(input.officer_name, '/officer_name', { max: 200 });
  const invitation_id = portal.newUuid();
  await portal.db.transaction().execute(async (trx) => {
    await insertInvitation(trx, { invitation_id, name, officer_email, officer_name, created_at: portal.clock.now() });
    const text = invitationMail(mailLanguage(input.language ?? 'fr'), { portal_name: portal.config.name, origin: portal.config.public_origin, producer_name: name });
    await queueMail(trx, portal, { to_email: officer_email, ...text });
    await appendAct(trx, portal, { type: 'operator.act', subject_digest: `invite-producer ${invitation_id}`, public: false, actor: actorName(actor) });
  });
  return { invitation_id };
}
