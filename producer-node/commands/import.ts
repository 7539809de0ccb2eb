import { SchemaError } from '#catalog-schema';
import { type AcceptedRecord, acceptRecord, type ImportedRecord, importRecord } from '../datasets/import-record.ts';
import { readRecords } from '../datasets/read-records.ts';
import { issuesText } from '../datasets/sign-publication.ts';
import type { DeliveryOutcome } from '../delivery/deliver-outbox.ts';
import { requirePortal } from '../delivery/enrol-producer.ts';
import { EXIT, NodeError, refusal } from '../errors.ts';
import { type CommandContext, type CommandRun, producerOf } from './command.ts';
import { portalHeads } from './publish.ts';
import { outcomeText, sendAll, sendHeads } from './send-queued.ts';

/** Options of `sceau-node import`. */
export interface ImportOptions {
  file: string;
  select?: string[];
  limit?: string;
  dryRun?: boolean;
}

/** What became of one record. */
export interface RecordReport {
  index: number;
  global_id: string;
  title: string;
  state: 'published' | 'queued' | 'unchanged' | 'faulty' | 'refused' | 'checked';
  version?: number;
  error?: string;
  warnings?: string[];
}

/** `sceau-node import`: publishes RUDI records as they are; one that is bad does not stop the others. */
export const importRecords: CommandRun<ImportOptions> = async (context, options) => {
  const producer = await producerOf(context);
  const limit = readLimit(options.limit);
  const records = (await readRecords(options.file))
    .map((value, index) => ({ value, index }))
    .filter(({ value }) => isSelected(value, options.select ?? []))
    .slice(0, limit);

  const reports: RecordReport[] = [];
  const accepted: { index: number; record: AcceptedRecord }[] = [];
  for (const { value, index } of records) {
    try {
      accepted.push({ index, record: acceptRecord(value) });
    } catch (cause) {
      if (!(cause instanceof SchemaError)) throw cause;
      reports.push({ index, global_id: textOf(value, 'global_id'), title: textOf(value, 'resource_title'), state: 'faulty', error: issuesText(cause) });
    }
  }
  if (options.dryRun === true) reports.push(...accepted.map(({ index, record }): RecordReport => ({ index, global_id: record.dataset_id, title: record.title, state: 'checked' })));
  else reports.push(...(await publishRecords(context, producer, accepted)));
  return showReport(context, reports, options.dryRun === true);
};

async function publishRecords(context: CommandContext, producer: Awaited<ReturnType<typeof producerOf>>, accepted: readonly { index: number; record: AcceptedRecord }[]): Promise<RecordReport[]> {
  const { screen, node } = context;
  const { portal, answers } = await requirePortal(node, producer);
  const portal_heads = answers ? await portalHeads(node, portal, producer.producer_id) : undefined;
  if (portal_heads === undefined) screen.note(screen.words.cli.portal_away_unsure);
  const reports: RecordReport[] = [];
  const signed: { base: Pick<RecordReport, 'index' | 'global_id' | 'title'>; record: ImportedRecord }[] = [];
  for (const { index, record } of accepted) {
    const base = { index, global_id: record.dataset_id, title: record.title };
    try {
      signed.push({ base, record: await importRecord(node, { producer, portal, portal_heads, accepted: record }) });
    } catch (cause) {
      if (!(cause instanceof NodeError) || !ONE_RECORD.has(cause.code)) throw cause;
      reports.push({ ...base, state: cause.code === 'dataset_foreign' ? 'refused' : 'faulty', error: cause.sentence(screen.words) });
    }
    const done = signed.length + reports.length;
    if (done % 100 === 0) screen.note(`${done} / ${accepted.length}`);
  }
  const outcomes = await sendAll(context, signed.map(({ record }) => record.outbox_id));
  for (const { base, record } of signed) reports.push({ ...base, version: record.version, ...recordOutcome(context, record, outcomes.get(record.outbox_id)) });
  if ([...outcomes.values()].some((outcome) => outcome.state === 'done')) await sendHeads(context, producer);
  return reports;
}

function recordOutcome(context: CommandContext, record: ImportedRecord, outcome: DeliveryOutcome | undefined): Pick<RecordReport, 'state' | 'error' | 'warnings'> {
  if (outcome === undefined) return { state: record.unchanged ? 'unchanged' : 'published' };
  if (outcome.state === 'done') return { state: 'published', ...(outcome.warnings.length > 0 ? { warnings: outcome.warnings } : {}) };
  return { state: outcome.state === 'refused' ? 'refused' : 'queued', error: outcomeText(context, outcome) };
}

/** Refusals that are about one record and not about the node. */
const ONE_RECORD = new Set(['wrong_schema', 'version_conflict', 'dataset_foreign', 'published_meanwhile']);

function showReport({ screen }: CommandContext, unsorted: readonly RecordReport[], dry: boolean): number {
  const { cli } = screen.words;
  const reports = [...unsorted].sort((a, b) => a.index - b.index);
  const lines = { published: cli.import_line_published, queued: cli.import_line_queued, unchanged: cli.import_line_unchanged, faulty: cli.import_line_faulty, refused: cli.import_line_refused, checked: cli.import_line_checked };
  for (const report of reports) {
    screen.say(`${lines[report.state].padEnd(12)} ${report.title === '' ? cli.record_at({ index: report.index }) : report.title}${report.version === undefined ? '' : ` · v${report.version}`}`);
    if (report.error !== undefined) screen.say(`${' '.repeat(12)} ${report.error}`);
  }
  const count = (state: RecordReport['state']): number => reports.filter((report) => report.state === state).length;
  const summary = { total: reports.length, published: count('published'), queued: count('queued'), unchanged: count('unchanged'), faulty: count('faulty'), refused: count('refused') };
  screen.say(dry ? cli.import_dry_summary({ total: reports.length, good: count('checked'), faulty: summary.faulty }) : cli.import_summary(summary));
  screen.result({ ...summary, ...(dry ? { checked: count('checked') } : {}), records: reports });
  if (summary.refused > 0) return EXIT.refused;
  if (summary.faulty > 0) return EXIT.failure;
  return summary.queued > 0 ? EXIT.away : EXIT.ok;
}

function isSelected(value: unknown, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const id = textOf(value, 'global_id').toLowerCase();
  const title = textOf(value, 'resource_title').toLocaleLowerCase('fr');
  return words.some((word) => word.toLowerCase() === id || word === textOf(value, 'local_id') || title.includes(word.toLocaleLowerCase('fr')));
}

function textOf(value: unknown, name: string): string {
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof member === 'string' ? member : '';
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return Number.MAX_SAFE_INTEGER;
  if (!/^[1-9][0-9]{0,6}$/.test(text)) throw refusal('bad_option', { option: '--limit', value: text, expected: '1-9999999' });
  return Number(text);
}
