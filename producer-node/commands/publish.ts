import { findDatasetByPath } from '../datasets/dataset-store.ts';
import { type DescribedFile, describeFile } from '../datasets/describe-file.ts';
import { fetchPortalHeads, type PortalHead } from '../datasets/portal-heads.ts';
import { isUnchanged, publishDataset, type PublishResult } from '../datasets/publish-dataset.ts';
import { readHead } from '../datasets/read-head.ts';
import type { PortalRow, ProducerRow } from '../db/tables.ts';
import { requirePortal } from '../delivery/enrol-producer.ts';
import { explainRefusal } from '../delivery/explain-refusal.ts';
import type { DeliveryOutcome } from '../delivery/deliver-outbox.ts';
import { NodeError, refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { type CommandContext, type CommandRun, producerOf } from './command.ts';
import { completeDescription } from './complete-description.ts';
import { type PublishOptions, readDatasetOption, readDescriptionOptions } from './publish-options.ts';
import { exitCodeOfOutcomes, outcomeText, sendHeads, sendQueued } from './send-queued.ts';
import { showCard } from './show-card.ts';

/** `sceau-node publish`: describes the files, asks for the rest, shows the card, signs, sends. */
export const publish: CommandRun<PublishOptions & { files: string[] }> = async (context, options) => {
  const { screen, node } = context;
  const { cli } = screen.words;
  const ask = options.yes === true ? undefined : context.ask;
  if (ask === undefined && options.yes !== true) throw refusal('missing_option', { option: '--yes', what: cli.ask_publish });
  const producer = await producerOf(context);
  const said = readDescriptionOptions(options, producer.name);
  const wanted = options.dataset === undefined ? undefined : readDatasetOption(options.dataset);

  const files = await describeFiles(context, options.files);
  const { portal, answers } = await requirePortal(node, producer);
  const portal_heads = answers ? await portalHeads(node, portal, producer.producer_id) : undefined;
  if (portal_heads === undefined) screen.note(cli.portal_away_unsure);
  const known_id = wanted ?? (options.new === true ? undefined : await datasetOfFiles(node, producer, files));
  const dataset_id = known_id ?? node.newUuid();
  const head = await readHead(node, { producer, portal, dataset_id, portal_heads, must_exist: wanted !== undefined });
  if (head.adopted !== undefined) screen.note(cli.adopted({ version: head.adopted }));

  const description = await completeDescription(screen, ask, { options: said, files, head }, producer.name);
  const unchanged = isUnchanged({ head, description, files });
  if (!unchanged) showCard(screen, { description, files, head, producer_name: producer.name });
  if (!unchanged && ask !== undefined && !(await ask.yesNo(cli.ask_publish))) throw refusal('cancelled', {});

  const result = await publishDataset(node, { producer, portal, portal_answers: portal_heads !== undefined, dataset_id, head, description, files }, screen.progress);
  const outcome = options.deliver ? await sendQueued(context, result.outbox_id) : undefined;
  if (outcome?.state === 'done') await sendHeads(context, producer);
  return report(context, { result, outcome, portal, restricted: description.access === 'restricted', delivered: options.deliver });
};

/** The portal's word on the newest versions; undefined when it is away at this very moment. */
export async function portalHeads(node: ProducerNode, portal: PortalRow, producer_id: string): Promise<Map<string, PortalHead> | undefined> {
  try {
    return await fetchPortalHeads(node, portal, producer_id);
  } catch (cause) {
    if (cause instanceof NodeError && cause.code === 'portal_away') return undefined;
    throw await explainRefusal(node, portal.url, cause);
  }
}

async function describeFiles({ screen }: CommandContext, paths: readonly string[]): Promise<DescribedFile[]> {
  const files: DescribedFile[] = [];
  for (const path of paths) {
    const file = await describeFile(path, (done, total) => screen.reading(path, done, total));
    if (files.some((other) => other.name === file.name)) throw refusal('file_named_twice', { name: file.name });
    files.push(file);
  }
  return files;
}

async function datasetOfFiles(node: ProducerNode, producer: ProducerRow, files: readonly DescribedFile[]): Promise<string | undefined> {
  for (const file of files) {
    const dataset_id = await findDatasetByPath(node.db, producer.producer_id, file.path);
    if (dataset_id !== undefined) return dataset_id;
  }
  return undefined;
}

function report(context: CommandContext, o: { result: PublishResult; outcome: DeliveryOutcome | undefined; portal: PortalRow; restricted: boolean; delivered: boolean }): number {
  const { screen } = context;
  const { cli } = screen.words;
  const { result, outcome } = o;
  const { title, version, dataset_id, digest } = result;
  const url = `${o.portal.url}/${screen.words.tag}/datasets/${dataset_id}`;
  const state = outcome?.state === 'refused' ? 'refused' : outcome?.state === 'waiting' || (outcome === undefined && !o.delivered) ? 'queued' : result.unchanged && outcome === undefined ? 'unchanged' : 'published';
  if (state === 'published') screen.say(cli.published({ title, version }));
  if (state === 'published' && o.restricted) screen.say(cli.published_sealed);
  if (state === 'unchanged') screen.say(cli.unchanged({ title, version }));
  if (state === 'queued') screen.say(cli.queued({ title, version }));
  if (result.new_epoch !== undefined && result.new_epoch > 1) screen.say(cli.new_epoch);
  if (outcome !== undefined && state === 'queued') screen.note(outcomeText(context, outcome));
  for (const warning of outcome?.warnings ?? []) screen.warn(warning === 'earlier_versions_were_open' ? cli.earlier_versions_were_open : warning);
  screen.card([
    [cli.label_dataset, dataset_id],
    [cli.label_page, url],
  ]);
  const error = outcome === undefined || state === 'published' ? undefined : outcomeText(context, outcome);
  screen.result({ dataset_id, version, digest, title, state, url, ...(result.new_epoch === undefined ? {} : { new_epoch: result.new_epoch }), warnings: outcome?.warnings ?? [], ...(error === undefined ? {} : { error }) });
  if (state === 'refused') screen.note(`${cli.error}${cli.colon}${screen.words.errors.publication_refused({ title, version, detail: error ?? '' })}`);
  return outcome === undefined ? 0 : exitCodeOfOutcomes([outcome]);
}
