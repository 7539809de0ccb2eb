import { setTimeout as sleep } from 'node:timers/promises';
import type { FileProgress } from '../datasets/seal-files.ts';
import type { OutboxRow, PortalRow } from '../db/tables.ts';
import { NodeError, reasonOf, refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { releaseEpochs } from '../access/release-epochs.ts';
import { contactPortal } from './contact-portal.ts';
import { deliverAccess, refuseGrant } from './deliver-access.ts';
import { deliverPublication, refusePublication } from './deliver-publication.ts';
import { deliverRevocation } from './deliver-revocation.ts';
import { explainRefusal } from './explain-refusal.ts';
import { claimOutboxRow, endOutboxRow, hurryOutbox, LEASE_SECONDS, listOutboxRows, listWaiting, postponeOutboxRow, renewOutboxLease } from './outbox-store.ts';
import { PortalProblem, problemText } from './portal-problem.ts';
import { findEnrolment } from './portal-store.ts';

/** What became of a row. */
export interface DeliveryOutcome {
  row: OutboxRow;
  state: 'done' | 'waiting' | 'refused';
  warnings: string[];
  /** Another process of this node sent it meanwhile. */
  elsewhere?: true;
  /** Why it waits or was refused. */
  error?: unknown;
}

/** How to deliver. */
export interface DeliveryOptions {
  /** Only these rows. */
  only?: readonly number[];
  /** Also rows whose next attempt is not due: somebody asked for it now. */
  early: boolean;
  /** Seconds to wait for rows that another process is sending. */
  patience_seconds: number;
  progress: FileProgress;
  /** Ends the work after the row in hand. */
  signal?: AbortSignal;
}

/**
 * Sends what waits, oldest first, each row under its lease. A portal that is away ends the work for its producers; a row refused for
 * good ends as refused; anything else waits for its next attempt. Throws only when the node itself fails (`database_away`).
 */
export async function deliverOutbox(node: ProducerNode, options: DeliveryOptions): Promise<DeliveryOutcome[]> {
  const outcomes: DeliveryOutcome[] = [];
  const away = new Map<string, unknown>();
  const contacts = new Map<string, PortalRow>();
  const only = options.only === undefined ? undefined : [...options.only];
  const deadline = Date.now() + options.patience_seconds * 1000;
  while (options.signal?.aborted !== true) {
    const row = await claimOutboxRow(node.db, node.holder, {
      ...(only === undefined ? {} : { only }),
      early: options.early,
      except: outcomes.map((outcome) => outcome.row.outbox_id),
      except_producers: [...away.keys()],
    });
    if (row === undefined) {
      if (Date.now() < deadline && (await othersAreSending(node, options, outcomes, away))) {
        await sleep(300);
        continue;
      }
      break;
    }
    const outcome = await deliverRow(node, row, options, contacts);
    outcomes.push(outcome);
    if (outcome.state === 'done') await hurryOutbox(node.db, row.producer_id);
    // A content key of which the portal now knows the epoch is released to every live grant, unasked; a crash before this is made good by `run`.
    if (outcome.state === 'done' && row.kind === 'version') {
      const released = await releaseEpochs(node, { producer_id: row.producer_id, dataset_id: row.subject_id });
      only?.push(...released);
    }
    if (outcome.state === 'waiting' && outcome.error instanceof NodeError) {
      if (stopsProducer(outcome.error)) away.set(row.producer_id, outcome.error);
      // Whether it is only this row is asked of the portal before the next one.
      if (outcome.error.code === 'portal_failing') contacts.clear();
    }
  }
  return withUntouched(node, options, outcomes, away);
}

// Somebody else holds a lease on what we want: it will be done by them, or free when their lease has run out.
async function othersAreSending(node: ProducerNode, options: DeliveryOptions, outcomes: readonly DeliveryOutcome[], away: ReadonlyMap<string, unknown>): Promise<boolean> {
  const mine = new Set(outcomes.map((outcome) => outcome.row.outbox_id));
  const waiting = await listWaiting(node.db, options.only);
  return waiting.some((row) => row.lease_holder !== null && !mine.has(row.outbox_id) && !away.has(row.producer_id));
}

// Whoever asked for certain rows is told of each, also of those that another process sent meanwhile, or that nobody could touch.
async function withUntouched(node: ProducerNode, options: DeliveryOptions, outcomes: DeliveryOutcome[], away: ReadonlyMap<string, unknown>): Promise<DeliveryOutcome[]> {
  if (options.only === undefined) return outcomes;
  const touched = new Set(outcomes.map((outcome) => outcome.row.outbox_id));
  for (const row of await listOutboxRows(node.db, options.only)) {
    if (touched.has(row.outbox_id)) continue;
    if (row.state !== 'waiting') outcomes.push({ row, state: row.state, warnings: [], elsewhere: true });
    else outcomes.push({ row, state: 'waiting', warnings: [], error: away.get(row.producer_id) ?? refusal('busy', { what: `${row.kind} ${row.subject_id}` }) });
  }
  return outcomes;
}

async function deliverRow(node: ProducerNode, row: OutboxRow, options: DeliveryOptions, contacts: Map<string, PortalRow>): Promise<DeliveryOutcome> {
  const heartbeat = holdLease(node, row);
  let portal: PortalRow | undefined;
  try {
    portal = await enrolledPortal(node, row.producer_id, contacts);
    if (row.kind === 'revocation') {
      await deliverRevocation(node, row, portal);
      return { row, state: 'done', warnings: [] };
    }
    if (row.kind !== 'version') {
      await deliverAccess(node, row, portal);
      return { row, state: 'done', warnings: [] };
    }
    const { warnings } = await deliverPublication(node, row, { portal, progress: options.progress, alive: heartbeat.alive });
    return { row, state: 'done', warnings };
  } catch (cause) {
    return await settleFailure(node, row, portal, cause);
  } finally {
    heartbeat.stop();
  }
}

async function settleFailure(node: ProducerNode, row: OutboxRow, portal: PortalRow | undefined, cause: unknown): Promise<DeliveryOutcome> {
  const final = finalRefusal(cause);
  if (final !== undefined) {
    const ended = row.kind === 'version' ? await refusePublication(node, row, final) : row.kind === 'grant' ? await refuseGrant(node, row, final) : await endOutboxRow(node.db, row, 'refused', final);
    // Whoever holds the lease now is told by the portal as well, and ends the row.
    if (!ended) return { row, state: 'waiting', warnings: [], error: refusal('busy', { what: `outbox ${row.outbox_id}` }) };
    return { row, state: 'refused', warnings: [], error: cause };
  }
  const error = portal === undefined ? cause : await explainDelay(node, portal, cause);
  await postponeOutboxRow(node.db, row, whatToRemember(error));
  if (!(error instanceof NodeError)) throw error;
  return { row, state: 'waiting', warnings: [], error };
}

/**
 * Why a row waits, once the portal has answered in this run: a failure of the portal is then about this row and not about the portal
 * as a whole, so it neither stops the others nor counts as an absence that ends.
 */
async function explainDelay(node: ProducerNode, portal: PortalRow, cause: unknown): Promise<unknown> {
  if (cause instanceof NodeError && cause.code === 'portal_away' && cause.cause instanceof PortalProblem) {
    return refusal('portal_failing', { portal: portal.url, problem: cause.cause }, { cause: cause.cause });
  }
  if (cause instanceof PortalProblem && cause.sendAgain) return refusal('send_again', { problem: cause }, { cause });
  return explainRefusal(node, portal.url, cause);
}

/** What to write beside a row that no later attempt could bring through; undefined when one might. */
function finalRefusal(cause: unknown): { code: string; text: string } | undefined {
  if (cause instanceof PortalProblem && (cause.final || cause.reason === 'dataset_of_another_producer')) return { code: cause.reason ?? cause.code, text: cause.detail };
  if (cause instanceof NodeError && cause.code === 'body_lost') return { code: cause.code, text: cause.detail };
  return undefined;
}

/** What stays beside a row that waits: of the portal's refusals its own word, so that `status` can say it in any language. */
function whatToRemember(error: unknown): { code: string; text: string } {
  if (error instanceof Error && error.cause instanceof PortalProblem) return { code: error.cause.reason ?? error.cause.code, text: problemText(error.cause) };
  if (error instanceof NodeError && error.code === 'portal_away') return { code: error.code, text: reasonOf(error.cause) };
  return { code: error instanceof NodeError ? error.code : 'internal', text: reasonOf(error) };
}

/** Errors that the next row of the same producer would meet as well. */
function stopsProducer(error: NodeError): boolean {
  return ['portal_away', 'not_a_portal', 'clock_off', 'node_unknown', 'portal_keys_changed', 'not_enrolled', 'enrolment_pending', 'portal_refused'].includes(error.code);
}

async function enrolledPortal(node: ProducerNode, producer_id: string, contacts: Map<string, PortalRow>): Promise<PortalRow> {
  const enrolled = await findEnrolment(node.db, producer_id);
  if (enrolled === undefined) throw refusal('not_enrolled', { name: producer_id });
  const known = contacts.get(enrolled.portal.portal_id);
  if (known !== undefined) return known;
  const portal = await contactPortal(node, enrolled.portal);
  contacts.set(portal.portal_id, portal);
  return portal;
}

// Renewed by a timer, so that a slow part does not lose the lease; asked before each step, so that a lost one ends the work.
function holdLease(node: ProducerNode, row: OutboxRow): { alive: () => Promise<void>; stop: () => void } {
  let lost = false;
  const timer = setInterval(() => {
    renewOutboxLease(node.db, row).then(
      (held) => {
        lost ||= !held;
      },
      () => undefined,
    );
  }, (LEASE_SECONDS * 1000) / 3);
  timer.unref();
  return {
    alive: async () => {
      if (lost || !(await renewOutboxLease(node.db, row))) throw refusal('busy', { what: `outbox ${row.outbox_id}` });
    },
    stop: () => clearInterval(timer),
  };
}
