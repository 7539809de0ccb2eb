import { explainRefusal } from '../delivery/explain-refusal.ts';
import { requirePortal } from '../delivery/enrol-producer.ts';
import { fetchAccessRequests, fetchGrants } from '../delivery/portal-access.ts';
import type { PortalRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import { type CommandContext, type CommandRun, dateText, producerOf } from './command.ts';

const STATES = ['draft', 'submitted', 'awaiting_key', 'approved', 'active', 'refused', 'withdrawn', 'expired'];

/** `sceau-node requests`: who asks for what, and why. */
export const requests: CommandRun<{ state?: string }> = async (context, options) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  if (options.state !== undefined && !STATES.includes(options.state)) throw refusal('bad_option', { option: '--state', value: options.state, expected: STATES.join(', ') });
  const producer = await producerOf(context);
  const access_requests = await fromPortal(context, (portal) => fetchAccessRequests(node, portal, producer.producer_id, options.state));
  if (access_requests.length === 0) screen.say(cli.no_requests);
  for (const request of access_requests) {
    const who = [request.contact_name, request.organisation, request.contact_email].filter((text) => text !== '').join(' · ');
    screen.card([
      [cli.label_what, request.title === '' ? request.dataset_id : request.title],
      [cli.label_who, who],
      [cli.label_why, request.purpose],
      [cli.label_since, dateText(request.created_at, screen.words, true)],
      [cli.label_state, request.state],
      [cli.label_fingerprint, request.fingerprint === '' ? '—' : request.fingerprint],
      [cli.label_request, request.request_id],
    ]);
    screen.say();
  }
  screen.result({ access_requests });
  return 0;
};

/** `sceau-node grants`: who has access. */
export const grants: CommandRun<Record<string, never>> = async (context) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const producer = await producerOf(context);
  const list = await fromPortal(context, (portal) => fetchGrants(node, portal, producer.producer_id));
  if (list.length === 0) screen.say(cli.no_grants);
  for (const grant of list) {
    screen.card([
      [cli.label_what, grant.title === '' ? grant.dataset_id : grant.title],
      [cli.label_who, grant.who],
      [cli.label_since, dateText(grant.starts_at, screen.words)],
      [cli.label_until, dateText(grant.ends_at, screen.words)],
      [cli.label_state, grant.state],
      [cli.label_grant, grant.grant_id],
    ]);
    screen.say();
  }
  screen.result({ grants: list });
  return 0;
};

/** Asks the producer's portal, which has to answer: nothing of this is kept here. */
export async function fromPortal<T>(context: CommandContext, call: (portal: PortalRow) => Promise<T>): Promise<T> {
  const { portal, answers, reason } = await requirePortal(context.node, await producerOf(context));
  if (!answers) throw reason;
  try {
    return await call(portal);
  } catch (cause) {
    throw await explainRefusal(context.node, portal.url, cause);
  }
}
