import { appendAct } from '../log/append-act.ts';
import type { Portal } from '../portal.ts';
import { decisionMail, endedMail } from './access-mails.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { listOverdueGrants, markExpired, setEndAct } from './grant-store.ts';
import { refuseWaitingJobs } from './release-store.ts';
import { getRequest } from './request-store.ts';
import { tellAsker, tellOfficers } from './tell-people.ts';

/**
 * Writes down that grants have come to their end, with act and mails, at most 100 of them; gives their number. Run now and then by any
 * process: the gates look at the dates and never wait for this.
 */
export async function expireGrants(portal: Portal): Promise<number> {
  const now = portal.clock.now();
  const overdue = await listOverdueGrants(portal.db, now, 100);
  for (const grant of overdue) {
    const { grant_id, dataset_id } = grant;
    await portal.db.transaction().execute(async (trx) => {
      if (!(await markExpired(trx, { grant_id, now }))) return;
      const { act_id } = await appendAct(trx, portal, { type: 'expiry', subject_digest: grant.digest, about_digest: grant.digest, public: false, dataset_id });
      await setEndAct(trx, grant_id, act_id);
      await refuseWaitingJobs(trx, grant_id, 'grant_expired');
      const request = await getRequest(trx, grant.request_id);
      const dataset = await getToldDataset(trx, dataset_id);
      await tellAsker(trx, portal, request, dataset, (subject) => endedMail(portal, { ...subject, why: 'expired' }));
      await tellOfficers(trx, portal, request, dataset, (subject) => decisionMail(portal, { ...subject, what: 'expired', by: '', alarm_token: null }));
    });
  }
  return overdue.length;
}
