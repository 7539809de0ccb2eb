import { requireHeldDataset } from '../access/judge-request.ts';
import { settleRequest } from '../access/settle-request.ts';
import { confirmDecision, requireOpenRequest } from './approve.ts';
import { readNoteOption, readRequestId } from './access-options.ts';
import { type CommandRun, producerOf } from './command.ts';
import { fromPortal } from './requests.ts';
import { sendDecision } from './send-queued.ts';

/** `sceau-node refuse`: ends a request with a reason, which the person receives. */
export const refuse: CommandRun<{ request: string; reason: string; yes?: boolean }> = async (context, options) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const request_id = readRequestId(options.request);
  const note = readNoteOption('--reason', options.reason, { needed: true }) ?? '';
  const producer = await producerOf(context);
  const line = await fromPortal(context, (portal) => requireOpenRequest(context, portal, producer, request_id));
  await requireHeldDataset(node, producer, line.dataset_id);
  await confirmDecision(context, options.yes === true, cli.ask_refuse({ name: line.contact_name }));
  const outbox_id = await settleRequest(node, { producer, line, request_sha256: null, decision: 'refuse', note });
  const sent = await sendDecision(context, [outbox_id]);
  if (sent.state === 'done') screen.say(cli.refused({ name: line.contact_name }));
  if (sent.state === 'waiting') screen.say(cli.decision_queued);
  if (sent.error !== undefined) screen.note(sent.error);
  screen.result({ request_id, state: { done: 'refused', waiting: 'queued', refused: 'not_taken' }[sent.state], ...(sent.error === undefined ? {} : { error: sent.error }) });
  return sent.code;
};
