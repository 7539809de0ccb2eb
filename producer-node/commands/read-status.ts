import { sayRefusal } from '#client';
import { findPublication, listDatasets } from '../datasets/dataset-store.ts';
import type { OutboxKind, ProducerRow } from '../db/tables.ts';
import { askPortal } from '../delivery/contact-portal.ts';
import { runsOut } from '../delivery/deliver-heads.ts';
import { checkEnrolment } from '../delivery/enrol-producer.ts';
import { followPortalLog } from '../delivery/follow-portal-log.ts';
import { findNewestHeads } from '../delivery/heads-store.ts';
import { listWaiting } from '../delivery/outbox-store.ts';
import { findPortalLog } from '../delivery/portal-log-store.ts';
import { findEnrolment, noteContact } from '../delivery/portal-store.ts';
import { NodeError } from '../errors.ts';
import { findNewestContentKey } from '../keys/content-key-store.ts';
import { offlineFolder, offlineKeysAreHere } from '../keys/key-home.ts';
import type { ProducerNode } from '../node.ts';
import type { Words } from '../words/en.ts';

/** A dataset as `status` shows it. */
export interface DatasetStatus {
  dataset_id: string;
  title: string;
  version: number;
  status: 'active' | 'withdrawn' | 'erased';
  state: 'waiting' | 'published' | 'refused';
  access: 'open' | 'restricted';
  custody: 'none' | 'portal' | 'producer';
  epoch: number | null;
  epoch_since: string | null;
}

/** What this node remembers of the portal's log; `checkpoint` is the signed note, to be shown to whoever restores the portal. */
export interface PortalLogStatus {
  size: number;
  checkpoint: string;
  problem: 'shorter' | 'forked' | null;
}

/** A producer as `status` shows it; `problem` is a sentence. */
export interface ProducerStatus {
  producer_id: string;
  name: string;
  keys_expire_at: string;
  offline_keys_here: string | null;
  enrolment: { state: 'none' | 'pending' | 'active' | 'refused'; fingerprint: string | null; compared: boolean };
  portal: { url: string; name: string; answers: boolean; last_contact_at: string | null; clock_ahead_seconds: number; problem: string | null; log: PortalLogStatus | null } | null;
  outbox: { kind: OutboxKind; subject_id: string; version: number; title: string; attempts: number; last_error: string | null; next_attempt_at: string }[];
  heads: { seq: number; expires_at: string; fresh: boolean; delivered: boolean } | null;
  datasets: DatasetStatus[];
}

/** Everything about one producer of this node; asks the portal where it can, and says so where it cannot. */
export async function readStatus(node: ProducerNode, producer: ProducerRow, words: Words): Promise<ProducerStatus> {
  const { producer_id } = producer;
  const portal = await portalStatus(node, producer, words);
  const enrolled = await findEnrolment(node.db, producer_id);
  const datasets = await datasetStatuses(node, producer_id);
  const titles = new Map(datasets.map((dataset) => [dataset.dataset_id, dataset.title]));
  const heads = await findNewestHeads(node.db, producer_id);
  const waiting = (await listWaiting(node.db)).filter((row) => row.producer_id === producer_id);
  return {
    producer_id,
    name: producer.name,
    keys_expire_at: producer.keys_expire_at.toISOString(),
    offline_keys_here: (await offlineKeysAreHere(node.config.home, producer_id)) ? offlineFolder(node.config.home, producer_id) : null,
    enrolment: { state: enrolled?.enrolment.state ?? 'none', fingerprint: enrolled?.enrolment.fingerprint ?? null, compared: enrolled?.enrolment.trust === 'compared' },
    portal,
    outbox: waiting.map((row) => ({
      kind: row.kind,
      subject_id: row.subject_id,
      version: row.version,
      title: titles.get(row.subject_id) ?? '',
      attempts: row.attempts,
      last_error: row.last_error === null ? null : lastErrorText(row.last_code ?? '', row.last_error, portal?.url ?? '', words),
      next_attempt_at: row.next_attempt_at.toISOString(),
    })),
    heads: heads === undefined ? null : { seq: heads.seq, expires_at: heads.expires_at.toISOString(), fresh: !runsOut(heads, node.clock.now()) && heads.delivered_at !== null, delivered: heads.delivered_at !== null },
    datasets,
  };
}

async function portalStatus(node: ProducerNode, producer: ProducerRow, words: Words): Promise<ProducerStatus['portal']> {
  const enrolled = await findEnrolment(node.db, producer.producer_id);
  if (enrolled === undefined) return null;
  const { portal } = enrolled;
  let { clock_ahead_seconds, last_contact_at } = portal;
  let problem: string | null = null;
  let answers = true;
  try {
    const contact = await askPortal(node, portal.url);
    clock_ahead_seconds = contact.clock_ahead_seconds;
    last_contact_at = node.clock.now();
    await noteContact(node.db, portal.portal_id, clock_ahead_seconds, last_contact_at);
    await checkEnrolment(node, producer);
    if (contact.facts.portal_id === portal.portal_id) await followPortalLog(node, portal);
  } catch (cause) {
    if (!(cause instanceof NodeError)) throw cause;
    answers = cause.code !== 'portal_away';
    problem = cause.sentence(words);
  }
  const seen = await findPortalLog(node.db, portal.portal_id);
  const log = seen === undefined ? null : { size: seen.size, checkpoint: seen.note, problem: seen.problem };
  return { url: portal.url, name: portal.name, answers, last_contact_at: last_contact_at?.toISOString() ?? null, clock_ahead_seconds, problem, log };
}

function lastErrorText(code: string, text: string, portal: string, words: Words): string {
  return code === 'portal_away' ? words.errors.portal_away({ portal, reason: text }) : sayRefusal(words.tag, { code, detail: text });
}

async function datasetStatuses(node: ProducerNode, producer_id: string): Promise<DatasetStatus[]> {
  const datasets: DatasetStatus[] = [];
  for (const dataset of await listDatasets(node.db, producer_id)) {
    const publication = await findPublication(node.db, dataset.dataset_id, dataset.head_version);
    const key = dataset.custody === 'none' ? undefined : await findNewestContentKey(node.db, dataset.dataset_id);
    datasets.push({
      dataset_id: dataset.dataset_id,
      title: dataset.title,
      version: dataset.head_version,
      status: dataset.status,
      state: publication?.state ?? 'refused',
      access: dataset.access,
      custody: dataset.custody,
      epoch: key?.epoch ?? null,
      epoch_since: key?.created_at.toISOString() ?? null,
    });
  }
  return datasets;
}
