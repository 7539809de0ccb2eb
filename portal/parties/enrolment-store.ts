import { sql } from 'kysely';
import { PortalError } from '../errors.ts';
import type { Db } from '../portal.ts';

/** An enrolment as operators see it. */
export interface EnrolmentSummary {
  enrolment_id: string;
  producer_id: string;
  producer_name: string;
  invitation_name: string;
  officer_email: string;
  officer_name: string;
  state: 'pending' | 'active' | 'refused';
  fingerprint: string;
  created_at: Date;
}

/** Keeps an enrolment that waits for its fingerprint to be compared. */
export async function insertEnrolment(
  trx: Db,
  row: { enrolment_id: string; invitation_id: string; producer_id: string; node_kid: string; fingerprint: string; created_at: Date },
): Promise<void> {
  await trx
    .insertInto('enrolment')
    .values({ ...row, state: 'pending' })
    .execute();
}

/** The enrolment that this node made, whatever its state, or that of a producer whose key set names it since; undefined for any other caller's. */
export async function findOwnEnrolment(db: Db, enrolment_id: string, node: { kid: string; producer_ids: readonly string[] }): Promise<{ enrolment_id: string; producer_id: string; state: string } | undefined> {
  return db
    .selectFrom('enrolment')
    .select(['enrolment_id', 'producer_id', 'state'])
    .where('enrolment_id', '=', enrolment_id)
    .where((eb) => eb.or([eb('node_kid', '=', node.kid), ...(node.producer_ids.length === 0 ? [] : [eb('producer_id', 'in', [...node.producer_ids])])]))
    .executeTakeFirst();
}

/** Whether an invitation led to an enrolment that was not refused. */
export async function hasStandingEnrolment(db: Db, invitation_id: string): Promise<boolean> {
  const row = await db.selectFrom('enrolment').select('state').where('invitation_id', '=', invitation_id).where('state', '!=', 'refused').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** An enrolment for the operator; throws `not_found`. */
export async function getEnrolment(db: Db, enrolment_id: string): Promise<EnrolmentSummary> {
  const row = await enrolments(db).where('enrolment.enrolment_id', '=', enrolment_id).executeTakeFirst();
  if (row === undefined) throw new PortalError('not_found', 'There is no such enrolment.');
  return row;
}

/** Enrolments for the operator: those that wait first, then the newest; at most 500. */
export async function listEnrolments(db: Db): Promise<EnrolmentSummary[]> {
  return enrolments(db)
    .orderBy(sql`enrolment.state <> 'pending'`)
    .orderBy('enrolment.created_at', 'desc')
    .limit(500)
    .execute();
}

/** Ends the waiting of an enrolment; false when it was decided before. Of those who race, one gets true. */
export async function decideEnrolment(trx: Db, o: { enrolment_id: string; state: 'active' | 'refused'; decided_by: string; now: Date }): Promise<boolean> {
  const decided = await trx
    .updateTable('enrolment')
    .set({ state: o.state, decided_at: o.now, decided_by: o.decided_by })
    .where('enrolment_id', '=', o.enrolment_id)
    .where('state', '=', 'pending')
    .returning('enrolment_id')
    .executeTakeFirst();
  return decided !== undefined;
}

function enrolments(db: Db) {
  return db
    .selectFrom('enrolment')
    .innerJoin('producer', 'producer.producer_id', 'enrolment.producer_id')
    .innerJoin('invitation', 'invitation.invitation_id', 'enrolment.invitation_id')
    .select([
      'enrolment.enrolment_id',
      'enrolment.producer_id',
      'producer.name as producer_name',
      'invitation.name as invitation_name',
      'invitation.officer_email',
      'invitation.officer_name',
      'enrolment.state',
      'enrolment.fingerprint',
      'enrolment.created_at',
    ]);
}
