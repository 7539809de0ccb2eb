import { hashSecret, newToken } from '../parties/one-time-secret.ts';
import type { Db, Portal } from '../portal.ts';
import { decisionMail, type ToldDecision } from './access-mails.ts';
import { insertAlarm } from './alarm-store.ts';
import type { ToldDataset } from './askable-dataset-store.ts';
import type { StoredRequest } from './request-store.ts';
import { tellOfficers } from './tell-people.ts';

/** A link "this was not us" counts for a week. */
export const ALARM_SECONDS = 7 * 24 * 3600;

/** Mails a decision to every officer of the producer, each with a link of their own that says "this was not us" (`raiseAlarm`). */
export async function tellDecision(trx: Db, portal: Portal, request: StoredRequest, dataset: ToldDataset, o: { what: Exclude<ToldDecision, 'expired'>; by: string }): Promise<void> {
  const { request_id } = request;
  const decided_at = portal.clock.now();
  const expires_at = new Date(decided_at.getTime() + ALARM_SECONDS * 1000);
  await tellOfficers(trx, portal, request, dataset, async (subject, { member_id }) => {
    const alarm_token = newToken(portal.random);
    await insertAlarm(trx, { token_hash: hashSecret('decision alarm', alarm_token), request_id, member_id, decision: o.what, decided_by: o.by, decided_at, expires_at });
    return decisionMail(portal, { ...subject, ...o, alarm_token });
  });
}
