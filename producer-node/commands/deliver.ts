import { deliverOutbox } from '../delivery/deliver-outbox.ts';
import { listWaiting } from '../delivery/outbox-store.ts';
import { listProducers } from '../keys/producer-store.ts';
import { sweepSpool } from '../storage/sweep-spool.ts';
import type { CommandRun } from './command.ts';
import { exitCodeOfOutcomes, outcomeText, PATIENCE_SECONDS, sendHeads } from './send-queued.ts';

/** `sceau-node deliver`: sends everything that waits, now. */
export const deliver: CommandRun<Record<string, never>> = async (context) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const only = (await listWaiting(node.db)).map((row) => row.outbox_id);
  const all = await deliverOutbox(node, { only, early: true, patience_seconds: PATIENCE_SECONDS, progress: screen.progress });
  const outcomes = all.filter((outcome) => outcome.elsewhere !== true);
  const count = { done: 0, waiting: 0, refused: 0 };
  const said = new Set<string>();
  for (const outcome of outcomes) {
    count[outcome.state] += 1;
    const text = outcome.state === 'done' ? '' : outcomeText(context, outcome);
    // A portal that is away is said once, not for each row.
    if (text !== '' && !said.has(text)) screen.note(text);
    said.add(text);
  }
  const away = new Set(outcomes.filter((outcome) => outcome.state === 'waiting').map((outcome) => outcome.row.producer_id));
  for (const producer of await listProducers(node.db)) if (!away.has(producer.producer_id)) await sendHeads(context, producer);
  await sweepSpool(node);
  screen.say(outcomes.length === 0 ? cli.nothing_to_send : cli.delivered(count));
  screen.result({ ...count, rows: outcomes.map(({ row, state }) => ({ kind: row.kind, subject_id: row.subject_id, version: row.version, state })) });
  return exitCodeOfOutcomes(outcomes);
};
