import { equalBytes, utf8 } from '#crypto';
import { PortalError } from '../errors.ts';
import { appendAct } from '../log/append-act.ts';
import { requireMay } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { actorName } from './actor-name.ts';
import { decideEnrolment, getEnrolment } from './enrolment-store.ts';
import { enrolledMail, mailLanguage } from './mail-texts.ts';
import { giveRole, upsertMember } from './member-store.ts';
import { requireStepUp } from './passkeys/require-step-up.ts';
import { settleProducer } from './producer-store.ts';
import { queueMail } from './queue-mail.ts';
import { requireDistinctName } from './require-distinct-name.ts';

/**
 * Makes a producer active after a person compared the fingerprint that its node shows: the thirty digits must be those of the
 * enrolment. The invited officer gets the role and a mail. Refuses with `not_found`, `bad_evidence` (`fingerprint_mismatch`: nothing
 * changes), `conflict` (`already_decided`), and as `requireDistinctName` does.
 */
export async function confirmEnrolment(portal: Portal, actor: Caller, input: { enrolment_id: string; fingerprint: string }): Promise<{ producer_id: string; name: string }> {
  requireMay(actor, 'decide_enrolment', {}, { hidden: true });
  requireStepUp(portal, actor);
  const enrolment = await getEnrolment(portal.db, input.enrolment_id);
  const { producer_id, producer_name } = enrolment;
  if (!sameFingerprint(input.fingerprint, enrolment.fingerprint)) {
    throw new PortalError('bad_evidence', 'The digits are not those of this enrolment. Read them again from the screen of the node; if they stay different, refuse the enrolment: somebody may stand in between.', {
      reason: 'fingerprint_mismatch',
    });
  }
  const now = portal.clock.now();
  await portal.db.transaction().execute(async (trx) => {
    if (!(await decideEnrolment(trx, { enrolment_id: input.enrolment_id, state: 'active', decided_by: actorName(actor), now }))) {
      throw new PortalError('conflict', 'This enrolment has already been decided.', { reason: 'already_decided' });
    }
    await requireDistinctName(trx, { producer_id, name: producer_name });
    await settleProducer(trx, producer_id, 'active');
    const officer = await upsertMember(trx, { member_id: portal.newUuid(), email: enrolment.officer_email, name: enrolment.officer_name, language: 'fr', now });
    await giveRole(trx, { member_id: officer.member_id, role: 'officer', producer_id, now });
    const text = enrolledMail(mailLanguage(officer.language), { portal_name: portal.config.name, origin: portal.config.public_origin, producer_name });
    await queueMail(trx, portal, { to_email: officer.email, ...text });
    await appendAct(trx, portal, { type: 'operator.act', subject_digest: `confirm-enrolment ${input.enrolment_id}`, public: false, actor: actorName(actor) });
  });
  return { producer_id, name: producer_name };
}

/** Whether the digits typed are those of a fingerprint; blanks, hyphens and grouping do not matter. */
export function sameFingerprint(typed: string, fingerprint: string): boolean {
  const digits = (text: string) => utf8(text.replaceAll(/[\s.-]/g, ''));
  return equalBytes(digits(typed), digits(fingerprint));
}
