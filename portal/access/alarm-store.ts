import type { Selectable } from 'kysely';
import type { DecisionAlarmTable } from '../db/tables.ts';
import type { Db } from '../portal.ts';

/** A link that says "this was not us", with what it is about. */
export type StoredAlarm = Selectable<DecisionAlarmTable> & { title: string; producer_name: string; producer_id: string; dataset_id: string; contact_name: string; erased_at: Date | null; officer_email: string };

/** Keeps a link about to be mailed. */
export async function insertAlarm(trx: Db, row: Omit<Selectable<DecisionAlarmTable>, 'used_at'>): Promise<void> {
  await trx.insertInto('decision_alarm').values(row).execute();
}

/** The link of a hashed token, whatever became of it; undefined when there is none. */
export async function findAlarm(db: Db, token_hash: string): Promise<StoredAlarm | undefined> {
  return db
    .selectFrom('decision_alarm')
    .innerJoin('access_request', 'access_request.request_id', 'decision_alarm.request_id')
    .innerJoin('dataset', 'dataset.dataset_id', 'access_request.dataset_id')
    .innerJoin('member', 'member.member_id', 'decision_alarm.member_id')
    .selectAll('decision_alarm')
    .select(['dataset.title', 'dataset.producer_name', 'dataset.producer_id', 'dataset.dataset_id', 'access_request.contact_name', 'access_request.erased_at', 'member.email as officer_email'])
    .where('token_hash', '=', token_hash)
    .executeTakeFirst();
}

/** Uses a link up; false when somebody did before, or it has expired. Of those who race, one gets true. */
export async function useAlarm(trx: Db, token_hash: string, now: Date): Promise<boolean> {
  const used = await trx
    .updateTable('decision_alarm')
    .set({ used_at: now })
    .where('token_hash', '=', token_hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('token_hash')
    .executeTakeFirst();
  return used !== undefined;
}
