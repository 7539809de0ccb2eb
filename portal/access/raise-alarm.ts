import { appendAct } from '../log/append-act.ts';
import { listOperators } from '../parties/member-store.ts';
import type { Portal } from '../portal.ts';
import { alarmMail, suspendedMail } from './suspension-mails.ts';
import { useAlarm } from './alarm-store.ts';
import { alarmUnknown, alarmUsed, findOpenAlarm } from './find-open-alarm.ts';
import { findGrantOfRequest, grantStateAt, markSuspended } from './grant-store.ts';
import { listOfficers } from './officer-store.ts';
import { deleteProposal } from './proposal-store.ts';
import { holdRequest } from './request-store.ts';
import { tellAsker, tellMembers } from './tell-people.ts';

/** What came of an alarm: the access is suspended now, was so before, or nothing was open. */
export type AlarmOutcome = 'suspended' | 'already_suspended' | 'nothing_open';

/**
 * "This was not us": whoever holds an officer's link suspends the grant that a decision made, without signing in; from the commit on its
 * gates are closed. A proposal is taken back. Officers, operators and, where access was open, its holder are mailed. Once per link; of
 * two links used at once one suspends. Refuses as `findOpenAlarm` does.
 */
export async function raiseAlarm(portal: Portal, input: { token: string }): Promise<{ outcome: AlarmOutcome }> {
  const alarm = await findOpenAlarm(portal, input.token);
  const now = portal.clock.now();
  return portal.db.transaction().execute(async (trx) => {
    // First, as whoever erases it does: the link goes with the request.
    const request = await holdRequest(trx, alarm.request_id);
    if (request === undefined) throw alarmUnknown();
    if (!(await useAlarm(trx, alarm.token_hash, now))) throw alarmUsed();
    const grant = await findGrantOfRequest(trx, alarm.request_id);
    const suspended = grant !== undefined && (await markSuspended(trx, { grant_id: grant.grant_id, now }));
    // Read again: of two links the other may have suspended it between our look and our turn.
    const standing = suspended ? undefined : await findGrantOfRequest(trx, alarm.request_id);
    const outcome = suspended ? 'suspended' : standing !== undefined && grantStateAt(standing, now) === 'suspended' ? 'already_suspended' : 'nothing_open';
    await deleteProposal(trx, alarm.request_id);
    const subject_digest = suspended ? `suspend-grant ${grant.grant_id}` : `raise-alarm ${alarm.request_id}`;
    await appendAct(trx, portal, { type: 'operator.act', subject_digest, public: false, dataset_id: alarm.dataset_id, actor: `member ${alarm.member_id}` });
    if (suspended) await tellAsker(trx, portal, request, alarm, (subject) => suspendedMail(portal, subject));
    const told = [...(await listOfficers(trx, alarm.producer_id)), ...(await listOperators(trx))];
    await tellMembers(trx, portal, request, alarm, told, (subject) => alarmMail(portal, { ...subject, decision: alarm.decision, outcome, by: alarm.decided_by, raised_by: alarm.officer_email }));
    return { outcome };
  });
}
