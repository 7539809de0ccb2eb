import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { databaseRefusal } from '../db/database.ts';
import { reasonOf } from '../errors.ts';
import { listProducers } from '../keys/producer-store.ts';
import type { ProducerNode } from '../node.ts';
import { sweepSpool } from '../storage/sweep-spool.ts';
import { contactPortal } from './contact-portal.ts';
import { deliverHeads } from './deliver-heads.ts';
import { deliverOutbox } from './deliver-outbox.ts';
import { checkEnrolment } from './enrol-producer.ts';
import { handleRequests } from './handle-requests.ts';
import { followPortalLog } from './follow-portal-log.ts';
import { releaseLease, takeLease } from './lease-store.ts';
import { findEnrolment } from './portal-store.ts';

const PAUSE_MS = 1000;
/** How often the portal is told that the node is alive, and heads are looked at. */
const ROUND_SECONDS = 60;
/** How often requests for access are looked at. */
const REQUESTS_SECONDS = 5;
const LEASE = 'rounds';
const REQUESTS_LEASE = 'requests';

/** How the loop is doing, for /health. */
export interface Pulse {
  /** When the outbox was last looked at without the node itself failing. */
  outbox_at: Date | undefined;
  problem: string | undefined;
}

/**
 * Keeps everything sent and fresh until the signal: the outbox every second; every five, by one process of the node only, requests for
 * access to data whose keys only this node holds; each minute, by one process, the portal's keys, the enrolment (which tells the portal
 * that the node is alive), the heads statement, the spool. No failure ends it.
 */
export async function keepFresh(node: ProducerNode, o: { signal: AbortSignal; logger: Logger; pulse: Pulse }): Promise<void> {
  const { signal, logger, pulse } = o;
  let next_round = 0;
  let next_requests = 0;
  const told = new Set<string>();
  while (!signal.aborted) {
    try {
      const outcomes = await deliverOutbox(node, { early: false, patience_seconds: 0, progress: () => undefined, signal });
      for (const { row, state, error } of outcomes) logger.info({ kind: row.kind, subject_id: row.subject_id, version: row.version, state, ...(error === undefined ? {} : { error: reasonOf(error) }) }, 'delivery');
      // What was just accepted makes the list of newest versions out of date; whoever sent it renews it.
      const changed = new Set(outcomes.filter((outcome) => outcome.state === 'done').map((outcome) => outcome.row.producer_id));
      if (changed.size > 0) await round(node, logger, changed);
      if (Date.now() >= next_round) {
        next_round = Date.now() + ROUND_SECONDS * 1000;
        if (await takeLease(node.db, LEASE, node.holder, ROUND_SECONDS * 2)) await round(node, logger, undefined);
      }
      if (Date.now() >= next_requests) {
        next_requests = Date.now() + REQUESTS_SECONDS * 1000;
        if (await takeLease(node.db, REQUESTS_LEASE, node.holder, REQUESTS_SECONDS * 4)) await handleRequests(node, logger, told);
      }
      pulse.outbox_at = node.clock.now();
      pulse.problem = undefined;
    } catch (cause) {
      const text = reasonOf(databaseRefusal(cause) ?? cause);
      if (text !== pulse.problem) logger.error({ error: text }, 'the node cannot work');
      pulse.problem = text;
    }
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
  for (const lease of [LEASE, REQUESTS_LEASE]) await releaseLease(node.db, lease, node.holder).catch(() => undefined);
}

async function round(node: ProducerNode, logger: Logger, only: ReadonlySet<string> | undefined): Promise<void> {
  for (const producer of await listProducers(node.db)) {
    if (only?.has(producer.producer_id) === false) continue;
    try {
      const enrolled = await findEnrolment(node.db, producer.producer_id);
      if (enrolled === undefined || enrolled.enrolment.trust === 'none') continue;
      const portal = await contactPortal(node, enrolled.portal);
      if ((await checkEnrolment(node, producer)) === 'active') await deliverHeads(node, producer, portal);
      const log = await followPortalLog(node, portal);
      if (log === 'shorter' || log === 'forked') logger.error({ portal: portal.url, log }, 'the portal shows another log than before');
    } catch (cause) {
      const away = databaseRefusal(cause);
      if (away !== undefined) throw away;
      logger.warn({ producer_id: producer.producer_id, error: reasonOf(cause) }, 'round');
    }
  }
  if (only === undefined) await sweepSpool(node);
}
