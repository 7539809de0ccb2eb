import { type Grant, parseGrant } from '#catalog-schema';
import { signStatement, statementDigest } from '#crypto';
import { listEpochsInUse } from '../datasets/dataset-store.ts';
import { isUniqueViolation } from '../db/database.ts';
import type { KeyConfirmation, KeyPackageRow, ProducerRow } from '../db/tables.ts';
import { insertOutbox } from '../delivery/outbox-store.ts';
import { refusal } from '../errors.ts';
import { findNewestContentKey, listHeldContentKeys } from '../keys/content-key-store.ts';
import { readProducerKey } from '../keys/key-home.ts';
import type { ProducerNode } from '../node.ts';
import { pinConsumer } from './consumer-store.ts';
import { insertDecision } from './decision-store.ts';
import { insertGrant } from './grant-store.ts';
import type { JudgedRequest } from './judge-request.ts';
import { insertPackage } from './package-store.ts';
import { sealPackages } from './seal-packages.ts';
import { storedStatement } from './stored-statement.ts';

/** An approval, with how the keys were confirmed. */
export interface Approval {
  producer: ProducerRow;
  request: JudgedRequest;
  starts_at: Date;
  ends_at: Date;
  /** Epochs before the grant open as well. */
  history: boolean;
  confirmation: KeyConfirmation;
  /** The organisation that vouched for the keys, for `organisation`. */
  vouched_by: string | null;
  /** The rule that approved; null for a person. */
  rule_id: string | null;
  note: string | null;
}

/** A grant that is signed and queued with its packages. */
export interface SignedGrant {
  grant_id: string;
  outbox_ids: number[];
}

/**
 * Signs a grant by the producer's `decide` key, seals the content keys in use for the request's delivery keys, and queues all of it, in one
 * transaction with the pin of the consumer's keys and the decision: everything or nothing, once per request. Throws `request_decided`,
 * `consumer_changed` (stopped meanwhile), `key_missing`, `content_key_closed`.
 */
export async function grantAccess(node: ProducerNode, approval: Approval): Promise<SignedGrant> {
  const { producer, request } = approval;
  const { verified, line } = request;
  const { producer_id } = producer;
  const { dataset_id, consumer_id } = verified.payload;
  const now = node.clock.now();
  const grant_id = node.newUuid();
  const grant = await describeGrant(node, approval, grant_id, now);
  const statement = signStatement('grant+jws', grant, [await readProducerKey(node.config.home, producer_id, 'decide')]);
  const digest = statementDigest(statement);
  const keys = await listHeldContentKeys(node.db, dataset_id);
  const { epoch_from, epoch_to, history } = grant;
  const newest = verified.consumer.newest;
  const packages = await sealPackages(node, { grant: { grant_id, producer_id, dataset_id, epoch_from, epoch_to, history }, request: { kid: verified.kid, newest }, keys, known: [] });
  const [starts_at, ends_at] = [new Date(grant.starts_at), new Date(grant.ends_at)];
  const contact = [line.contact_name, line.organisation].filter((text) => text !== '').join(', ');
  const pin = { producer_id, consumer_id, name: newest.name, key_sets: verified.consumer.key_sets.map(storedStatement), confirmation: approval.confirmation, vouched_by: approval.vouched_by };
  try {
    const outbox_ids = await node.db.transaction().execute(async (trx) => {
      // A change that was noticed while the packages were sealed stops them here.
      if (!(await pinConsumer(trx, pin, { now }))) throw refusal('consumer_changed', { name: newest.name, consumer_id, why: '' });
      await insertDecision(trx, { request_id: line.request_id, decision: 'approve', producer_id, dataset_id, request_sha256: verified.digest, key_confirmation: approval.confirmation, rule_id: approval.rule_id, ends_at, note: approval.note, decided_at: now });
      await insertGrant(trx, {
        grant_id, request_id: line.request_id, producer_id, dataset_id, consumer_id, statement: JSON.stringify(statement), digest, request_statement: JSON.stringify(verified.statement), contact,
        starts_at, ends_at, epoch_from, epoch_to, history, key_confirmation: approval.confirmation, note: approval.note, state: 'active', ended_at: null, created_at: now,
      });
      const ids = [await insertOutbox(trx, { producer_id, kind: 'grant', subject_id: grant_id, version: 0, digest }, now)];
      for (const row of packages) {
        await insertPackage(trx, row);
        ids.push(await queuePackage(trx, producer_id, row, now));
      }
      return ids;
    });
    return { grant_id, outbox_ids };
  } catch (cause) {
    if (isUniqueViolation(cause)) throw refusal('request_decided', { request_id: line.request_id }, { cause });
    throw cause;
  }
}

/** Queues a stored package for the portal; gives the number of its row. */
export async function queuePackage(trx: ProducerNode['db'], producer_id: string, row: Pick<KeyPackageRow, 'grant_id' | 'epoch' | 'digest'>, now: Date): Promise<number> {
  return insertOutbox(trx, { producer_id, kind: 'package', subject_id: row.grant_id, version: row.epoch, digest: row.digest }, now);
}

async function describeGrant(node: ProducerNode, { producer, request, starts_at, ends_at, history }: Approval, grant_id: string, now: Date): Promise<Grant> {
  const { dataset_id, consumer_id } = request.verified.payload;
  const [first] = await listEpochsInUse(node.db, dataset_id);
  const epoch_from = first ?? (await findNewestContentKey(node.db, dataset_id))?.epoch ?? 1;
  return parseGrant({
    v: 1,
    grant_id,
    request_sha256: request.verified.digest,
    producer_id: producer.producer_id,
    dataset_id,
    consumer_id,
    starts_at: seconds(starts_at),
    ends_at: seconds(ends_at),
    epoch_from,
    epoch_to: null,
    history,
    iat: seconds(now),
  });
}

function seconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
