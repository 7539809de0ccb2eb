import { withdrawDataset } from '../datasets/withdraw-dataset.ts';
import { requirePortal } from '../delivery/enrol-producer.ts';
import { refusal } from '../errors.ts';
import { type CommandRun, producerOf } from './command.ts';
import { portalHeads } from './publish.ts';
import { readDatasetOption } from './publish-options.ts';
import { exitCodeOfOutcomes, outcomeText, sendHeads, sendQueued } from './send-queued.ts';

/** `sceau-node withdraw`: a signed version that says so. */
export const withdraw: CommandRun<{ dataset: string; yes?: boolean }> = async (context, options) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const ask = options.yes === true ? undefined : context.ask;
  if (ask === undefined && options.yes !== true) throw refusal('missing_option', { option: '--yes', what: screen.words.help.withdraw });
  const dataset_id = readDatasetOption(options.dataset);
  const producer = await producerOf(context);
  const { portal, answers } = await requirePortal(node, producer);
  const portal_heads = answers ? await portalHeads(node, portal, producer.producer_id) : undefined;
  const signed = await withdrawDataset(node, {
    producer,
    portal,
    dataset_id,
    portal_heads,
    confirm: async ({ previous }) => {
      if (ask !== undefined && !(await ask.yesNo(cli.ask_withdraw({ title: previous?.manifest.metadata.resource_title ?? dataset_id })))) throw refusal('cancelled', {});
    },
  });
  const outcome = await sendQueued(context, signed.outbox_id);
  if (outcome?.state === 'done') await sendHeads(context, producer);
  const { title, version, digest } = signed;
  if (outcome?.state === 'done') screen.say(cli.withdrawn({ title, version }));
  else if (outcome?.state === 'waiting') screen.say(cli.queued({ title, version }));
  const error = outcome === undefined || outcome.state === 'done' ? undefined : outcomeText(context, outcome);
  if (error !== undefined) screen.note(error);
  screen.result({ dataset_id, version, digest, title, state: outcome?.state === 'done' ? 'withdrawn' : outcome?.state === 'refused' ? 'refused' : 'queued', ...(error === undefined ? {} : { error }) });
  return exitCodeOfOutcomes(outcome === undefined ? [] : [outcome]);
};
