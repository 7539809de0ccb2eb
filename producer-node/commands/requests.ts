import { explainRefusal } from '../delivery/explain-refusal.ts';
import { requirePortal } from '../delivery/enrol-producer.ts';
import { followGrants } from '../access/follow-grants.ts';
import { judgeRequest } from '../access/judge-request.ts';
import { findDataset } from '../datasets/dataset-store.ts';
import { type AccessRequestLine, fetchAccessRequests } from '../delivery/portal-access.ts';
import type { PortalRow, ProducerRow } from '../db/tables.ts';
import { NodeError, refusal } from '../errors.ts';
import { requestCard } from './show-request.ts';
import { standingText } from './standing-text.ts';
import { type CommandContext, type CommandRun, dateText, producerOf } from './command.ts';

const STATES = ['draft', 'submitted', 'awaiting_key', 'approved', 'active', 'refused', 'withdrawn', 'expired'];

/** `sceau-node requests`: who asks for what, and why. */
export const requests: CommandRun<{ state?: string }> = async (context, options) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  if (options.state !== undefined && !STATES.includes(options.state)) throw refusal('bad_option', { option: '--state', value: options.state, expected: STATES.join(', ') });
  const producer = await producerOf(context);
  const shown = await fromPortal(context, async (portal) => {
    const lines = await fetchAccessRequests(node, portal, producer.producer_id, options.state);
    const checked: ShownRequest[] = [];
    for (const line of lines) checked.push(await checkRequest(context, { producer, portal, line }));
    return checked;
  });
  if (shown.length === 0) screen.say(cli.no_requests);
  for (const { line, title, fingerprint, standing } of shown) {
    requestCard(screen, line, { title, fingerprint: fingerprint === '' ? '—' : fingerprint, standing });
    screen.say();
  }
  screen.result({ access_requests: shown.map(toldRequest) });
  return 0;
};

interface ShownRequest {
  line: AccessRequestLine;
  title: string;
  /** Computed here where the keys are this node's to give; the portal's word elsewhere. */
  fingerprint: string;
  standing: string;
  /** Null where nothing is verified here: the portal decides, nothing is signed yet, or it was decided. */
  verified: boolean | null;
  decided_here: boolean;
  /** Why it is not verified. */
  code?: string;
}

function toldRequest({ line, fingerprint, verified, code, decided_here }: ShownRequest): Record<string, unknown> {
  const { evidence: _, ...told } = line;
  return { ...told, fingerprint, verified, decided_here, ...(code === undefined ? {} : { code }) };
}

/** A request as it may be believed: with the digits that this node computed, or why its evidence is refused. */
async function checkRequest(context: CommandContext, o: { producer: ProducerRow; portal: PortalRow; line: AccessRequestLine }): Promise<ShownRequest> {
  const { cli, errors } = context.screen.words;
  const { line } = o;
  const dataset = await findDataset(context.node.db, line.dataset_id);
  const held = dataset?.custody === 'producer' && dataset.producer_id === o.producer.producer_id;
  const base = { line, title: dataset?.title ?? (line.title === '' ? line.dataset_id : line.title), decided_here: held };
  const open = line.state === 'submitted' || line.state === 'approved';
  if (!held || !open) return { ...base, fingerprint: line.fingerprint, standing: held ? '' : cli.decided_on_portal, verified: null };
  if (line.evidence === undefined) return { ...base, fingerprint: '', standing: cli.no_key_yet, verified: null };
  try {
    const judged = await judgeRequest(context.node, o);
    return { ...base, fingerprint: judged.verified.consumer.fingerprint, standing: standingText(context, judged), verified: true };
  } catch (cause) {
    if (!(cause instanceof NodeError)) throw cause;
    if (cause.code === 'request_decided') return { ...base, fingerprint: line.fingerprint, standing: errors.request_decided({ request_id: line.request_id }), verified: null, code: cause.code };
    return { ...base, fingerprint: '', standing: `${cli.not_verified}${cli.colon}${cause.sentence(context.screen.words)}`, verified: false, code: cause.code };
  }
}

/** `sceau-node grants`: who has access. */
export const grants: CommandRun<Record<string, never>> = async (context) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const producer = await producerOf(context);
  const list = await fromPortal(context, (portal) => followGrants(node, { producer, portal }));
  if (list.length === 0) screen.say(cli.no_grants);
  for (const grant of list) {
    screen.card([
      [cli.label_what, grant.title === '' ? grant.dataset_id : grant.title],
      [cli.label_who, grant.who],
      [cli.label_since, dateText(grant.starts_at, screen.words)],
      [cli.label_until, dateText(grant.ends_at, screen.words)],
      [cli.label_state, grant.ours ? grant.state : cli.grant_not_ours],
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
