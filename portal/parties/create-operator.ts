import { requireText } from '../fields.ts';
import { appendAct } from '../log/append-act.ts';
import { requireMay } from '../policy.ts';
import type { Caller, Portal } from '../portal.ts';
import { actorName } from './actor-name.ts';
import { parseEmail } from './email-address.ts';
import { giveRole, type MemberRow, upsertMember } from './member-store.ts';
import { requireStepUp } from './passkeys/require-step-up.ts';

/** Makes a person an operator of this portal, who signs in by mail. Again the same for one who is. Refuses with `schema`, `forbidden`. */
export async function createOperator(portal: Portal, actor: Caller, input: { email: unknown; name: unknown; language?: string }): Promise<MemberRow> {
  requireMay(actor, 'create_operator');
  requireStepUp(portal, actor);
  const email = parseEmail(input.email);
  const name = requireText(input.name, '/name', { max: 200 });
  return portal.db.transaction().execute(async (trx) => {
    const now = portal.clock.now();
    const member = await upsertMember(trx, { member_id: portal.newUuid(), email, name, language: input.language ?? 'fr', now });
    await giveRole(trx, { member_id: member.member_id, role: 'operator', now });
    await appendAct(trx, portal, { type: 'operator.act', subject_digest: `create-operator ${member.member_id}`, public: false, actor: actorName(actor) });
    return member;
  });
}
