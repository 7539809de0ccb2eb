import type { Db, EnrolmentRow, PortalRow, StoredStatement } from '../db/tables.ts';

/** What a node pins of a portal, from its verified key set chain. */
export interface PortalFacts {
  portal_id: string;
  url: string;
  name: string;
  key_sets: readonly StoredStatement[];
  key_set_digest: string;
  broker_recipient: string;
}

/** The portal at an address, or undefined. */
export async function findPortalByUrl(db: Db, url: string): Promise<PortalRow | undefined> {
  return db.selectFrom('portal').selectAll().where('url', '=', url).executeTakeFirst();
}

/** The portal of an id, or undefined. */
export async function findPortal(db: Db, portal_id: string): Promise<PortalRow | undefined> {
  return db.selectFrom('portal').selectAll().where('portal_id', '=', portal_id).executeTakeFirst();
}

/** A producer's enrolment with its portal, or undefined. */
export async function findEnrolment(db: Db, producer_id: string): Promise<{ enrolment: EnrolmentRow; portal: PortalRow } | undefined> {
  const enrolment = await db.selectFrom('enrolment').selectAll().where('producer_id', '=', producer_id).executeTakeFirst();
  if (enrolment === undefined) return undefined;
  const portal = await db.selectFrom('portal').selectAll().where('portal_id', '=', enrolment.portal_id).executeTakeFirstOrThrow();
  return { enrolment, portal };
}

/** Whether a producer of this node is enrolled at the portal, or waits there. */
export async function hasStandingEnrolment(db: Db, portal_id: string): Promise<boolean> {
  const row = await db.selectFrom('enrolment').select('state').where('portal_id', '=', portal_id).where('state', '!=', 'refused').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Pins a portal, or moves its pin forward to a newer key set of the same chain. */
export async function savePortal(db: Db, facts: PortalFacts): Promise<void> {
  const values = { ...facts, key_sets: JSON.stringify(facts.key_sets) };
  const { portal_id: _, ...changes } = values;
  await db
    .insertInto('portal')
    .values({ ...values, last_contact_at: null })
    .onConflict((conflict) => conflict.column('portal_id').doUpdateSet(changes))
    .execute();
}

/** Notes that a portal answered, and how far our clock was ahead of its own. */
export async function noteContact(db: Db, portal_id: string, clock_ahead_seconds: number, now: Date): Promise<void> {
  await db.updateTable('portal').set({ last_contact_at: now, clock_ahead_seconds }).where('portal_id', '=', portal_id).execute();
}

/** Records an enrolment in place of an earlier one that did not come about. */
export async function saveEnrolment(db: Db, enrolment: Omit<EnrolmentRow, 'confirmed_at'>): Promise<void> {
  const { producer_id: _, ...changes } = enrolment;
  await db
    .insertInto('enrolment')
    .values({ ...enrolment, confirmed_at: null })
    .onConflict((conflict) => conflict.column('producer_id').doUpdateSet({ ...changes, confirmed_at: null }))
    .execute();
}

/** Notes what the operator decided. */
export async function setEnrolmentState(db: Db, producer_id: string, state: EnrolmentRow['state'], now: Date): Promise<void> {
  await db
    .updateTable('enrolment')
    .set({ state, ...(state === 'active' ? { confirmed_at: now } : {}) })
    .where('producer_id', '=', producer_id)
    .execute();
}

/** Notes whether a person compared the fingerprint. */
export async function setEnrolmentTrust(db: Db, producer_id: string, trust: EnrolmentRow['trust']): Promise<void> {
  await db.updateTable('enrolment').set({ trust }).where('producer_id', '=', producer_id).execute();
}

/** Forgets an enrolment, and the portal with it when no other producer is enrolled there. */
export async function forgetEnrolment(trx: Db, producer_id: string, portal_id: string): Promise<void> {
  await trx.deleteFrom('enrolment').where('producer_id', '=', producer_id).execute();
  await trx
    .deleteFrom('portal')
    .where('portal_id', '=', portal_id)
    .where((eb) => eb.not(eb.exists(eb.selectFrom('enrolment').select('producer_id').where('portal_id', '=', portal_id))))
    .execute();
}
