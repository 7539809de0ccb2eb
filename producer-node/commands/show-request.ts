import type { AccessRequestLine } from '../delivery/portal-access.ts';
import { dateText } from './command.ts';
import type { Screen } from './screen.ts';

/** Shows a request for people: who, what for, the digits that this node computed, how the keys stand, and what somebody proposed. */
export function requestCard(screen: Screen, line: AccessRequestLine, o: { title: string; fingerprint: string; standing: string }): void {
  const { cli } = screen.words;
  const { proposal } = line;
  const who = [line.contact_name, line.organisation, line.contact_email].filter((text) => text !== '').join(' · ');
  screen.card([
    [cli.label_what, o.title],
    [cli.label_who, who],
    [cli.label_why, line.purpose],
    [cli.label_since, dateText(line.created_at, screen.words, true)],
    [cli.label_state, line.state],
    [cli.label_fingerprint, o.fingerprint],
    ...(o.standing === '' ? [] : [[cli.label_their_keys, o.standing] as const]),
    ...(proposal === undefined ? [] : [[cli.label_proposal, proposal.decision === 'approve' ? cli.proposed_approval({ by: proposal.by }) : cli.proposed_refusal({ by: proposal.by })] as const]),
    [cli.label_request, line.request_id],
  ]);
}
