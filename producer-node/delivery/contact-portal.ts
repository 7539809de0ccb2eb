import { parsePortalKeySet } from '#catalog-schema';
import { CryptoError, parseStatement, type VerifiedKeySet, verifyKeySetChain } from '#crypto';
import type { PortalRow } from '../db/tables.ts';
import { reasonOf, refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { readAnswer } from './portal-answers.ts';
import { callPortal } from './portal-calls.ts';
import { noteContact, type PortalFacts, savePortal } from './portal-store.ts';

/** Beyond this difference of clocks no signed call is accepted. */
const CLOCK_LIMIT_SECONDS = 60;

/** What a portal says of itself, its key set chain verified on its own; nobody has compared it yet. */
export interface PortalContact {
  facts: PortalFacts;
  /** How far this machine's clock is ahead of the portal's, in seconds. */
  clock_ahead_seconds: number;
}

/** Asks a portal who it is. Throws `portal_away`, `not_a_portal`, PortalProblem. */
export async function askPortal(node: ProducerNode, url: string): Promise<PortalContact> {
  const before = node.clock.now().getTime();
  const { json } = await callPortal(node, url, { method: 'GET', path: '/api/v1/portal', signed: false, timeout_seconds: 10 });
  const after = node.clock.now().getTime();
  const answer = readAnswer(json, url);
  const key_sets = readChain(answer.list('key_sets'), url);
  const theirs = Date.parse(answer.text('now'));
  if (!Number.isFinite(theirs)) throw refusal('not_a_portal', { portal: url, reason: 'its answer has no proper “now”' });
  return { facts: { url, name: answer.text('name'), ...key_sets }, clock_ahead_seconds: Math.round(((before + after) / 2 - theirs) / 1000) };
}

/**
 * Contacts the portal that a producer is enrolled at: its key sets must be those pinned, or continue their chain, which then is pinned.
 * Throws `portal_keys_changed` (a hard stop), `clock_off`, `portal_away`, `not_a_portal`.
 */
export async function contactPortal(node: ProducerNode, pinned: PortalRow): Promise<PortalRow> {
  const { facts, clock_ahead_seconds } = await askPortal(node, pinned.url);
  assertContinues(pinned, facts);
  if (facts.key_set_digest !== pinned.key_set_digest || facts.name !== pinned.name) await savePortal(node.db, facts);
  await noteContact(node.db, pinned.portal_id, clock_ahead_seconds, node.clock.now());
  assertClock(clock_ahead_seconds, pinned.url);
  return { ...pinned, ...facts, key_sets: [...facts.key_sets], last_contact_at: node.clock.now(), clock_ahead_seconds };
}

/** Refuses with `clock_off` a clock with which every signed call would be refused. */
export function assertClock(ahead_seconds: number, portal: string): void {
  if (Math.abs(ahead_seconds) <= CLOCK_LIMIT_SECONDS) return;
  throw refusal('clock_off', { minutes: Math.max(1, Math.round(Math.abs(ahead_seconds) / 60)), ahead: ahead_seconds > 0, portal });
}

/** Refuses with `portal_keys_changed` a portal whose key sets are neither those pinned nor their continuation. */
export function assertContinues(pinned: PortalRow, facts: PortalFacts): void {
  const stop = (reason: string): Error => refusal('portal_keys_changed', { portal: pinned.url, reason });
  if (facts.portal_id !== pinned.portal_id) throw stop('its first key set is another one');
  if (facts.key_sets.length < pinned.key_sets.length) throw stop('it shows an older key set than before');
  const known = pinned.key_sets.at(-1);
  if (facts.key_sets[pinned.key_sets.length - 1]?.payload !== known?.payload) throw stop('the key set known here is not part of its chain');
}

function readChain(list: readonly unknown[], url: string): Omit<PortalFacts, 'url' | 'name'> {
  let newest: VerifiedKeySet | undefined;
  try {
    const statements = list.map(parseStatement);
    newest = verifyKeySetChain(statements, { typ: 'portal-keys+jws' }).at(-1);
    if (newest === undefined) throw new CryptoError('chain_broken', 'no key set');
    const { broker_recipient } = parsePortalKeySet(newest.payload);
    const key_sets = statements.map((one) => ({ payload: one.payload, signatures: one.signatures.map((signature) => ({ ...signature })) }));
    return { portal_id: newest.party_id, key_sets, key_set_digest: newest.digest, broker_recipient };
  } catch (cause) {
    throw refusal('not_a_portal', { portal: url, reason: `its key sets do not verify (${reasonOf(cause)})` }, { cause });
  }
}
