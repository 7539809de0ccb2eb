import { adoptFolders } from '../keys/create-producer.ts';
import { listProducers } from '../keys/producer-store.ts';
import { refusal } from '../errors.ts';
import { type CommandRun, dateText, numberText, producerOf } from './command.ts';
import { type DatasetStatus, type ProducerStatus, readStatus } from './read-status.ts';
import type { Screen } from './screen.ts';

/** From here on the renewal of the keys is asked for: enough to reach whoever keeps the root key. */
const SOON_DAYS = 30;
const DATASETS_SHOWN = 40;

/** `sceau-node status`: everything at a glance. Exit code 0 whatever it tells: it was told. */
export const status: CommandRun<Record<string, never>> = async (context) => {
  const { screen, node } = context;
  await adoptFolders(node);
  const producers = context.wanted_producer === undefined ? await listProducers(node.db) : [await producerOf(context)];
  if (producers.length === 0) throw refusal('not_initialised', {});
  const statuses: ProducerStatus[] = [];
  for (const producer of producers) statuses.push(await readStatus(node, producer, screen.words));
  screen.say(`${screen.words.cli.label_node}${screen.words.cli.colon}${node.config.home}`);
  for (const one of statuses) showProducer(screen, one, node.clock.now());
  screen.result({ node: { home: node.config.home, kid: node.node_key.kid }, producers: statuses });
  return 0;
};

function showProducer(screen: Screen, one: ProducerStatus, now: Date): void {
  const { words } = screen;
  const { cli } = words;
  const states = { none: cli.enrolment_none, pending: cli.enrolment_pending, active: cli.enrolment_active, refused: cli.enrolment_refused };
  const pairs: [string, string][] = [
    [cli.label_producer, one.name],
    [cli.identifier, one.producer_id],
    [cli.label_keys, expiry(screen, one.keys_expire_at, now)],
    [cli.label_enrolment, states[one.enrolment.state]],
  ];
  if (one.enrolment.fingerprint !== null && one.enrolment.state === 'pending') pairs.push([cli.fingerprint_is, one.enrolment.fingerprint]);
  if (one.portal !== null) {
    pairs.push([cli.label_portal, `${one.portal.url} (${one.portal.name})${cli.colon}${one.portal.problem ?? cli.portal_answers}`]);
    pairs.push([cli.label_last_contact, one.portal.last_contact_at === null ? cli.never : dateText(one.portal.last_contact_at, words, true)]);
    pairs.push([cli.label_clock, cli.clock_difference({ seconds: -one.portal.clock_ahead_seconds })]);
    if (one.portal.log !== null) pairs.push([cli.label_log, cli.log_seen({ size: one.portal.log.size })]);
  }
  const waiting = one.outbox.map((row) =>
    cli.outbox_line({ what: waitingText(screen, row), attempts: row.attempts, error: row.last_error ?? '' }),
  );
  pairs.push([cli.label_outbox, waiting.length === 0 ? cli.nothing_waits : waiting.join('\n')]);
  if (one.heads !== null) pairs.push([cli.label_heads, one.heads.fresh ? cli.heads_fresh({ until: dateText(one.heads.expires_at, words, true) }) : cli.heads_stale]);
  pairs.push([cli.label_datasets, numberText(one.datasets.length, words)]);
  screen.say();
  screen.card(pairs);
  for (const dataset of one.datasets.slice(0, DATASETS_SHOWN)) screen.say(`    ${datasetLine(screen, dataset)}`);
  if (one.datasets.length > DATASETS_SHOWN) screen.say('    …');
  const log_problem = one.portal?.log?.problem ?? null;
  if (log_problem !== null) screen.warn(cli.log_problem[log_problem]({ size: one.portal?.log?.size ?? 0, portal: one.portal?.url ?? '' }));
  if (daysLeft(one.keys_expire_at, now) < SOON_DAYS) screen.warn(cli.renew_keys({ name: one.name }));
  if (one.offline_keys_here !== null) screen.warn(cli.offline_still_here({ folder: one.offline_keys_here }));
}

function waitingText({ words: { cli } }: Screen, { kind, subject_id, title, version }: ProducerStatus['outbox'][number]): string {
  switch (kind) {
    case 'version':
      return cli.kind_version({ title, version });
    case 'revocation':
      return cli.kind_revocation({ grant_id: subject_id });
    case 'grant':
      return cli.kind_grant({ grant_id: subject_id });
    case 'package':
      return cli.kind_package({ grant_id: subject_id, epoch: version });
    case 'decision':
      return cli.kind_decision({ request_id: subject_id });
  }
}

function datasetLine({ words }: Screen, dataset: DatasetStatus): string {
  const { cli } = words;
  const state = dataset.state === 'waiting' ? cli.status_queued : { active: cli.status_active, withdrawn: cli.status_withdrawn, erased: cli.status_erased }[dataset.status];
  const facts = [`v${dataset.version}`, state, dataset.access === 'open' ? cli.open_short : cli.restricted_short];
  if (dataset.epoch !== null && dataset.epoch_since !== null) facts.push(cli.sealing_key({ epoch: dataset.epoch, since: dateText(dataset.epoch_since, words) }));
  return `${dataset.dataset_id}  ${dataset.title}  (${facts.join(', ')})`;
}

function expiry({ words }: Screen, keys_expire_at: string, now: Date): string {
  const days = daysLeft(keys_expire_at, now);
  const date = dateText(keys_expire_at, words);
  if (days < 0) return words.cli.expired_since({ date });
  return days < SOON_DAYS ? words.cli.expire_soon({ date, days }) : words.cli.valid_until({ date });
}

/** Whole days until then; negative once it is past. */
function daysLeft(keys_expire_at: string, now: Date): number {
  return Math.floor((Date.parse(keys_expire_at) - now.getTime()) / 86_400_000);
}
