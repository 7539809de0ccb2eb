import { PortalError } from '../../errors.ts';
import { confirmEnrolment, sameFingerprint } from '../../parties/confirm-enrolment.ts';
import { type EnrolmentSummary, listEnrolments } from '../../parties/enrolment-store.ts';
import { refuseEnrolment } from '../../parties/refuse-enrolment.ts';
import type { Portal } from '../../portal.ts';
import type { Outcome, Session } from '../terminal.ts';
import { COMMAND_LINE, withPortal } from '../with-portal.ts';

/** `sceau-portal confirm-node`: finds the node that waits by the fingerprint read out, and confirms it; or refuses one by its id. */
export async function confirmNode(session: Session, enrolment_id: string | undefined, options: { fingerprint?: string; refuse?: boolean }): Promise<Outcome> {
  const words = session.words.confirm_node;
  return withPortal(session, async (portal) => {
    const waiting = (await listEnrolments(portal.db)).filter((row) => row.state === 'pending' && (enrolment_id === undefined || row.enrolment_id === enrolment_id));
    if (options.refuse === true) return refuse(session, portal, enrolment_id, waiting);
    if (waiting.length === 0) throw new PortalError('not_found', words.nothing_waits, { reason: 'nothing_waits' });
    const fingerprint = options.fingerprint ?? (await askFor(session, waiting));
    const found = waiting.find((row) => sameFingerprint(fingerprint, row.fingerprint)) ?? waiting[0];
    // A wrong fingerprint is refused by the command, in the same words as on the page.
    if (found === undefined) throw new PortalError('not_found', words.nothing_waits, { reason: 'nothing_waits' });
    const { producer_id, name } = await confirmEnrolment(portal, COMMAND_LINE, { enrolment_id: found.enrolment_id, fingerprint });
    return { json: { enrolment_id: found.enrolment_id, producer_id, name, fingerprint: found.fingerprint, state: 'active' }, lines: [words.confirmed(name)] };
  });
}

async function askFor(session: Session, waiting: readonly EnrolmentSummary[]): Promise<string> {
  const words = session.words.confirm_node;
  const list = waiting.map((row) => `  ${row.enrolment_id}  ${row.producer_name}`);
  if (session.terminal.ask === undefined) throw new PortalError('bad_request', [words.needs_fingerprint, words.waiting, ...list].join('\n'), { reason: 'fingerprint_missing' });
  // The list does not show the digits: whoever types them must have heard them.
  for (const line of [words.waiting, ...list]) session.terminal.err(line);
  return session.terminal.ask(words.ask);
}

async function refuse(session: Session, portal: Portal, enrolment_id: string | undefined, waiting: readonly EnrolmentSummary[]): Promise<Outcome> {
  const words = session.words.confirm_node;
  if (enrolment_id === undefined) throw new PortalError('bad_request', words.needs_enrolment, { reason: 'enrolment_missing' });
  const { producer_id } = await refuseEnrolment(portal, COMMAND_LINE, { enrolment_id });
  return { json: { enrolment_id, producer_id, state: 'refused' }, lines: [words.refused(waiting[0]?.producer_name ?? producer_id)] };
}
