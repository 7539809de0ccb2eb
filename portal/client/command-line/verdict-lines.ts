import type { Verdict } from '../evidence/verdict.ts';
import { dayIn, type Session, timeIn } from './session.ts';

/** The verdict in plain sentences, one per line, with a mark in front: ✓ holds, ! to be known, ✗ does not hold. */
export function verdictLines(session: Session, verdict: Verdict): string[] {
  const { say, language } = session;
  const { authentic, current, producer, portal } = verdict;
  const lines = [`✓ ${say('verdict.authentic', { date: timeIn(language, authentic.logged_at), index: authentic.log_index, size: authentic.log_size })}`];
  if (current.verdict === 'current') lines.push(`✓ ${say('verdict.current', { date: timeIn(language, current.until) })}`);
  else if (current.verdict === 'superseded') lines.push(`! ${say('verdict.superseded', { version: current.newest_version })}`);
  else lines.push(`! ${say('verdict.freshness_unknown', { date: timeIn(language, current.since) })}`);

  const name = producer.name;
  if (producer.named.verdict === 'asserted_by_portal') lines.push(`! ${say('verdict.name_asserted', { name, id: producer.producer_id })}`);
  else if (producer.named.by === 'domain') lines.push(`✓ ${say('verdict.name_confirmed_domain', { name, domain: producer.domain ?? '' })}`);
  else lines.push(`✓ ${say('verdict.name_confirmed_hand', { name, date: dayIn(language, producer.named.since ?? '') })}`);

  lines.push(portalLine(session, portal));
  for (const contact of verdict.contacts) {
    const mark = contact.state === 'verified' ? '✓' : contact.state === 'erased' ? '!' : '✗';
    lines.push(`${mark} ${say(`verdict.contact_${contact.state}`, { id: contact.contact_id })}`);
  }
  return lines;
}

function portalLine({ say, language }: Session, portal: Verdict['portal']): string {
  const name = portal.name;
  if (portal.by === null) return `! ${say('verdict.portal_unknown', { name })}`;
  if (portal.by === 'first_use') return `✓ ${say('verdict.portal_first_use', { name, date: dayIn(language, portal.since ?? '') })}`;
  return `✓ ${say('verdict.portal_hand', { name })}`;
}

/** The verdict for programs: `current` is true, false (superseded) or null (unknown). */
export function verdictJson(verdict: Verdict): Record<string, unknown> {
  const { current } = verdict;
  return {
    dataset_id: verdict.dataset_id,
    version: verdict.version,
    digest: verdict.digest,
    authentic: true,
    current: current.verdict === 'current' ? true : current.verdict === 'superseded' ? false : null,
    freshness: current,
    signed_by: verdict.authentic,
    producer: verdict.producer,
    portal: verdict.portal,
    contacts: verdict.contacts,
  };
}
