import { grantAccess } from '../access/grant-access.ts';
import { judgeRequest, type JudgedRequest, requireHeldDataset } from '../access/judge-request.ts';
import { settleRequest } from '../access/settle-request.ts';
import type { KeyConfirmation, PortalRow, ProducerRow } from '../db/tables.ts';
import { type AccessRequestLine, fetchAccessRequest } from '../delivery/portal-access.ts';
import { refusal } from '../errors.ts';
import { readFrom, readNoteOption, readRequestId, readUntil, USUAL_DAYS } from './access-options.ts';
import { type CommandContext, type CommandRun, dateText, producerOf } from './command.ts';
import { readDigits } from './read-digits.ts';
import { fromPortal } from './requests.ts';
import { sendDecision } from './send-queued.ts';
import { requestCard } from './show-request.ts';
import { standingText } from './standing-text.ts';

/** Options of `sceau-node approve`. */
export interface ApproveOptions {
  request: string;
  until?: string;
  from?: string;
  history?: boolean;
  fingerprint?: string;
  vouchedBy?: string;
  note?: string;
  yes?: boolean;
}

const OPEN = ['submitted', 'approved'];

/** `sceau-node approve`: grants a request whose keys a person compared, seals the keys of the data for it, sends both. */
export const approve: CommandRun<ApproveOptions> = async (context, options) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const request_id = readRequestId(options.request);
  const expected = options.fingerprint === undefined ? undefined : readDigits(options.fingerprint);
  const note = readNoteOption('--note', options.note, { needed: false });
  const now = node.clock.now();
  const ends_at = readUntil(options.until ?? String(USUAL_DAYS), now);
  const starts_at = options.from === undefined ? now : readFrom(options.from, { now, ends_at });
  const producer = await producerOf(context);
  const { line, portal } = await fromPortal(context, async (at) => ({ line: await requireOpenRequest(context, at, producer, request_id), portal: at }));
  if (line.evidence === undefined) return agree(context, { producer, line, note, ends_at, yes: options.yes === true });

  const request = await judgeRequest(node, { producer, portal, line });
  requestCard(screen, line, { title: request.dataset.title, fingerprint: request.verified.consumer.fingerprint, standing: standingText(context, request) });
  screen.say(`  ${cli.label_until}${cli.colon}${dateText(ends_at, screen.words)}`);
  const { confirmation, vouched_by } = await confirmKeys(context, request, { expected, vouched_by: options.vouchedBy, yes: options.yes === true });
  await confirmDecision(context, options.yes === true, cli.ask_approve({ name: line.contact_name }));
  const { grant_id, outbox_ids } = await grantAccess(node, { producer, request, starts_at, ends_at, history: options.history === true, confirmation, vouched_by, rule_id: null, note });
  const sent = await sendDecision(context, outbox_ids);
  if (sent.state === 'done') screen.say(cli.granted({ name: line.contact_name, grant_id }));
  if (sent.state === 'waiting') screen.say(cli.grant_queued({ grant_id }));
  if (sent.error !== undefined) screen.note(sent.error);
  const state = { done: 'granted', waiting: 'queued', refused: 'refused' }[sent.state];
  screen.result({ request_id, grant_id, state, ends_at: ends_at.toISOString(), key_confirmation: confirmation, packages: outbox_ids.length - 1, ...(sent.error === undefined ? {} : { error: sent.error }) });
  return sent.code;
};

/** The request if it waits for a decision; throws `request_unknown`, `request_not_open`. */
export async function requireOpenRequest({ node }: CommandContext, portal: PortalRow, producer: ProducerRow, request_id: string): Promise<AccessRequestLine> {
  const line = await fetchAccessRequest(node, portal, producer.producer_id, request_id);
  if (line === undefined) throw refusal('request_unknown', { request_id });
  if (!OPEN.includes(line.state)) throw refusal('request_not_open', { request_id, state: line.state });
  return line;
}

/** Asks before a decision is signed: `cancelled` when the answer is no, `missing_option` where nobody can be asked and nobody said --yes. */
export async function confirmDecision({ ask }: CommandContext, yes: boolean, question: string): Promise<void> {
  if (yes) return;
  if (ask === undefined) throw refusal('missing_option', { option: '--yes', what: question });
  if (!(await ask.yesNo(question))) throw refusal('cancelled', {});
}

/** How the keys are confirmed: by digits given or read out now, or as they were before. --yes never confirms digits. */
async function confirmKeys(
  { screen, ask }: CommandContext,
  { pin, verified, line }: JudgedRequest,
  o: { expected: string | undefined; vouched_by: string | undefined; yes: boolean },
): Promise<{ confirmation: KeyConfirmation; vouched_by: string | null }> {
  const { cli } = screen.words;
  const { fingerprint } = verified.consumer;
  const vouched_by = o.vouched_by?.trim() ? o.vouched_by.trim() : null;
  const confirmed = { confirmation: vouched_by === null ? ('person' as const) : ('organisation' as const), vouched_by };
  if (o.expected !== undefined) {
    if (o.expected !== fingerprint) throw refusal('consumer_fingerprint_differs', { name: line.contact_name, shown: fingerprint, given: o.expected });
    return confirmed;
  }
  if (pin !== undefined && pin.confirmation !== 'first_use') return { confirmation: pin.confirmation, vouched_by: pin.vouched_by };
  if (ask === undefined || o.yes) throw refusal('fingerprint_needed', { name: line.contact_name, fingerprint });
  screen.note(cli.read_out_consumer({ name: line.contact_name, fingerprint }));
  if (!(await ask.yesNo(cli.ask_same_consumer({ name: line.contact_name })))) throw refusal('consumer_fingerprint_rejected', {});
  return confirmed;
}

async function agree(context: CommandContext, o: { producer: ProducerRow; line: AccessRequestLine; note: string | null; ends_at: Date; yes: boolean }): Promise<number> {
  const { screen, node } = context;
  const { cli } = screen.words;
  const { request_id, contact_name } = o.line;
  const dataset = await requireHeldDataset(node, o.producer, o.line.dataset_id);
  requestCard(screen, o.line, { title: dataset.title, fingerprint: '—', standing: cli.no_key_yet });
  await confirmDecision(context, o.yes, cli.ask_agree({ name: contact_name }));
  const outbox_id = await settleRequest(node, { producer: o.producer, line: o.line, request_sha256: null, decision: 'agree', note: o.note, ends_at: o.ends_at });
  const sent = await sendDecision(context, [outbox_id]);
  if (sent.state === 'done') screen.say(cli.agreed({ name: contact_name }));
  if (sent.state === 'waiting') screen.say(cli.decision_queued);
  if (sent.error !== undefined) screen.note(sent.error);
  screen.result({ request_id, state: { done: 'agreed', waiting: 'queued', refused: 'refused' }[sent.state], ...(sent.error === undefined ? {} : { error: sent.error }) });
  return sent.code;
}
