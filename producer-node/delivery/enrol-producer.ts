import { fingerprintOf } from '#crypto';
import type { EnrolmentRow, PortalRow, ProducerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import { assertKeysInForce } from '../keys/assert-keys-in-force.ts';
import type { ProducerNode } from '../node.ts';
import { askPortal, assertClock, assertContinues, contactPortal } from './contact-portal.ts';
import { explainRefusal } from './explain-refusal.ts';
import { readAnswer } from './portal-answers.ts';
import { callPortal } from './portal-calls.ts';
import { PortalProblem } from './portal-problem.ts';
import { findEnrolment, findPortal, findPortalByUrl, forgetEnrolment, hasStandingEnrolment, noteContact, saveEnrolment, savePortal, setEnrolmentState, setEnrolmentTrust } from './portal-store.ts';

/** Where an enrolment stands. */
export type EnrolmentState = 'pending' | 'active' | 'refused';

/**
 * Introduces a producer to a portal with a one-time code, and gives the fingerprint that two people compare: it covers the producer's
 * key set and the portal's, as this node received it. Until `settleFingerprint` nothing is published there. A portal that this node
 * knows already must continue its key sets. Throws `other_portal`, `portal_keys_changed`, `clock_off`, `portal_refused` (wrong, used
 * or locked code), `portal_away`, `fingerprint_differs`.
 */
export async function beginEnrolment(node: ProducerNode, o: { producer: ProducerRow; url: string; code: string }): Promise<{ fingerprint: string }> {
  const { producer, url } = o;
  const { facts, clock_ahead_seconds } = await askPortal(node, url);
  const pinned = (await findPortalByUrl(node.db, url)) ?? (await findPortal(node.db, facts.portal_id));
  if (pinned !== undefined) assertContinues(pinned, facts);
  assertClock(clock_ahead_seconds, url);
  // A node that serves another producer there already shows that the key which both list is its own.
  const signed = pinned !== undefined && (await hasStandingEnrolment(node.db, pinned.portal_id));
  let json: unknown;
  try {
    // Once: a code is spent by the first try that arrives.
    ({ json } = await callPortal(node, url, { method: 'POST', path: '/api/v1/enrolments', json: { code: o.code, key_sets: producer.key_sets }, signed, attempts: 1 }));
  } catch (cause) {
    throw await explainRefusal(node, url, cause);
  }
  const answer = readAnswer(json, url);
  const fingerprint = fingerprintOf(producer.key_set_digest, facts.key_set_digest);
  // What the portal says it is shows on its own page; what counts is what this node computed from what it received.
  if (answer.text('fingerprint') !== fingerprint) throw refusal('fingerprint_differs', { shown: fingerprint, given: answer.text('fingerprint') });
  const now = node.clock.now();
  await node.db.transaction().execute(async (trx) => {
    await savePortal(trx, facts);
    await noteContact(trx, facts.portal_id, clock_ahead_seconds, now);
    await saveEnrolment(trx, { producer_id: producer.producer_id, portal_id: facts.portal_id, enrolment_id: answer.text('enrolment_id'), fingerprint, trust: 'none', state: 'pending', created_at: now });
  });
  return { fingerprint };
}

/**
 * The producer's enrolment at this portal that is not refused, or undefined. A portal that has moved is followed to its new address when
 * it shows the key sets known here, or their continuation: what a person compared were keys, not an address. Throws `other_portal`,
 * `portal_keys_changed`, `clock_off`, `portal_away`, `not_a_portal`.
 */
export async function findOpenEnrolment(node: ProducerNode, producer: ProducerRow, url: string): Promise<EnrolmentRow | undefined> {
  const known = await findEnrolment(node.db, producer.producer_id);
  if (known === undefined || known.enrolment.state === 'refused') return undefined;
  if (known.portal.url !== url) {
    const { facts, clock_ahead_seconds } = await askPortal(node, url);
    if (facts.portal_id !== known.portal.portal_id) throw refusal('other_portal', { name: producer.name, portal: known.portal.url });
    assertContinues({ ...known.portal, url }, facts);
    assertClock(clock_ahead_seconds, url);
    await savePortal(node.db, facts);
    await noteContact(node.db, facts.portal_id, clock_ahead_seconds, node.clock.now());
  }
  return known.enrolment;
}

/** What a person said about the fingerprint: the same, not compared, or different; then enrolment and portal are forgotten. */
export async function settleFingerprint(node: ProducerNode, enrolment: EnrolmentRow, verdict: 'compared' | 'unchecked' | 'different'): Promise<void> {
  if (verdict !== 'different') return setEnrolmentTrust(node.db, enrolment.producer_id, verdict);
  await node.db.transaction().execute((trx) => forgetEnrolment(trx, enrolment.producer_id, enrolment.portal_id));
}

/**
 * Asks the portal where an enrolment stands, and records it; also how a node says that it is alive.
 * Throws `not_enrolled`, `portal_away`, `clock_off`, `node_unknown`, `portal_refused`.
 */
export async function checkEnrolment(node: ProducerNode, producer: ProducerRow): Promise<EnrolmentState> {
  const enrolled = await findEnrolment(node.db, producer.producer_id);
  if (enrolled === undefined) throw refusal('not_enrolled', { name: producer.name });
  const { enrolment, portal } = enrolled;
  try {
    const { json } = await callPortal(node, portal.url, { method: 'GET', path: `/api/v1/enrolments/${enrolment.enrolment_id}` });
    const state = enrolmentState(readAnswer(json, portal.url).text('state'));
    if (state !== enrolment.state) await setEnrolmentState(node.db, producer.producer_id, state, node.clock.now());
    return state;
  } catch (cause) {
    throw await explainRefusal(node, portal.url, cause);
  }
}

/**
 * The portal of a producer that may publish there: enrolled and confirmed. `answers` is false when the portal is away; its pinned keys
 * serve then. Throws `keys_expired`, `not_enrolled`, `fingerprint_open`, `enrolment_pending`, `enrolment_refused`, `portal_keys_changed`,
 * `clock_off`.
 */
export async function requirePortal(node: ProducerNode, producer: ProducerRow): Promise<{ portal: PortalRow; answers: boolean; reason: unknown }> {
  assertKeysInForce(producer, node.clock.now());
  const enrolled = await findEnrolment(node.db, producer.producer_id);
  if (enrolled === undefined) throw refusal('not_enrolled', { name: producer.name });
  const { enrolment } = enrolled;
  if (enrolment.trust === 'none') throw refusal('fingerprint_open', { name: producer.name, fingerprint: enrolment.fingerprint, portal: enrolled.portal.url });
  let portal = enrolled.portal;
  try {
    portal = await contactPortal(node, portal);
    const state = enrolment.state === 'active' ? 'active' : await checkEnrolment(node, producer);
    requireActive(state, producer, portal);
    return { portal, answers: true, reason: undefined };
  } catch (cause) {
    if (cause instanceof PortalProblem) throw await explainRefusal(node, portal.url, cause);
    const away = cause instanceof Error && 'code' in cause && cause.code === 'portal_away';
    if (!away) throw cause;
    requireActive(enrolment.state, producer, portal);
    return { portal, answers: false, reason: cause };
  }
}

function requireActive(state: EnrolmentState, producer: ProducerRow, portal: PortalRow): void {
  if (state === 'pending') throw refusal('enrolment_pending', { name: producer.name, portal: portal.url });
  if (state === 'refused') throw refusal('enrolment_refused', { name: producer.name, portal: portal.url });
}

function enrolmentState(text: string): EnrolmentState {
  return text === 'active' || text === 'refused' ? text : 'pending';
}
