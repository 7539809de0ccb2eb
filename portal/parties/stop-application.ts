import { listConsumersOfMember } from '../access/request-list-store.ts';
import { PortalError } from '../errors.ts';
import { appendAct } from '../log/append-act.ts';
import type { Portal } from '../portal.ts';
import { actorName } from './actor-name.ts';
import { stopApplicationKey } from './application-store.ts';
import type { Member } from './find-session.ts';

/**
 * Stops an application of one of the member's consumers: its next call is refused, at every process. There is no way back but a new
 * application, so that whoever takes over a session can take away and never give. `not_found` for another's, and for one that is stopped.
 */
export async function stopApplication(portal: Portal, member: Member, input: { kid: string }): Promise<void> {
  await portal.db.transaction().execute(async (trx) => {
    const consumer_ids = (await listConsumersOfMember(trx, member)).map((consumer) => consumer.consumer_id);
    if (!(await stopApplicationKey(trx, { consumer_ids, kid: input.kid, now: portal.clock.now() }))) throw new PortalError('not_found', 'There is no such application.');
    await appendAct(trx, portal, { type: 'operator.act', subject_digest: `stop-application ${input.kid}`, public: false, actor: actorName(member) });
  });
}
