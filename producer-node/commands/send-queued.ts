import type { ProducerRow } from '../db/tables.ts';
import { deliverHeads } from '../delivery/deliver-heads.ts';
import { type DeliveryOutcome, deliverOutbox } from '../delivery/deliver-outbox.ts';
import { listWithEarlier } from '../delivery/outbox-store.ts';
import { findEnrolment } from '../delivery/portal-store.ts';
import { PortalProblem, problemText } from '../delivery/portal-problem.ts';
import { EXIT, exitCodeOf, NodeError, reasonOf } from '../errors.ts';
import type { CommandContext } from './command.ts';

/** How long a command waits for another process that is sending the same. */
export const PATIENCE_SECONDS = 60;

/** Sends one row of the outbox now, and what has to go before it; how it came out, or undefined when it was sent before. */
export async function sendQueued(context: CommandContext, outbox_id: number): Promise<DeliveryOutcome | undefined> {
  return (await sendAll(context, [outbox_id])).get(outbox_id);
}

/** Sends these rows of the outbox now, and what has to go before them; how each came out that was still waiting. */
export async function sendAll(context: CommandContext, outbox_ids: readonly number[]): Promise<Map<number, DeliveryOutcome>> {
  const only = await listWithEarlier(context.node.db, outbox_ids);
  const outcomes = only.length === 0 ? [] : await deliverOutbox(context.node, { only, early: true, patience_seconds: PATIENCE_SECONDS, progress: context.screen.progress });
  return new Map(outcomes.map((outcome) => [outcome.row.outbox_id, outcome]));
}

/** How a decision came out that was queued as several rows: all sent, or what kept the first one back. */
export interface SentDecision {
  code: number;
  state: DeliveryOutcome['state'];
  /** Why it is not sent, in the reader's language. */
  error?: string;
}

/** Sends the rows of a decision now, and says on the way why one is not sent. */
export async function sendDecision(context: CommandContext, outbox_ids: readonly number[]): Promise<SentDecision> {
  const outcomes = [...(await sendAll(context, outbox_ids)).values()];
  const code = exitCodeOfOutcomes(outcomes);
  const kept = outcomes.find((outcome) => outcome.state !== 'done');
  return kept === undefined ? { code, state: 'done' } : { code, state: kept.state, error: outcomeText(context, kept) };
}

/** Renews the statement of newest versions; a failure is a warning, for the daemon or the next command repeats it. */
export async function sendHeads(context: CommandContext, producer: ProducerRow): Promise<void> {
  const enrolled = await findEnrolment(context.node.db, producer.producer_id);
  if (enrolled === undefined) return;
  try {
    await deliverHeads(context.node, producer, enrolled.portal);
  } catch (cause) {
    if (!(cause instanceof NodeError) && !(cause instanceof PortalProblem)) throw cause;
    context.screen.warn(cause instanceof NodeError ? cause.sentence(context.screen.words) : problemText(cause, context.screen.words.tag));
  }
}

/** The exit code of deliveries: refused before waiting before done. */
export function exitCodeOfOutcomes(outcomes: readonly DeliveryOutcome[]): number {
  if (outcomes.some((outcome) => outcome.state === 'refused')) return EXIT.refused;
  const waiting = outcomes.find((outcome) => outcome.state === 'waiting');
  if (waiting === undefined) return EXIT.ok;
  // What waits for the portal exits as away; what waits because the portal does not accept this node, as refused.
  return waiting.error instanceof NodeError && exitCodeOf(waiting.error) === EXIT.refused ? EXIT.refused : EXIT.away;
}

/** Why a delivery did not come about, in the reader's language. */
export function outcomeText(context: CommandContext, outcome: DeliveryOutcome): string {
  const { error } = outcome;
  if (error instanceof NodeError) return error.sentence(context.screen.words);
  if (error instanceof PortalProblem) return problemText(error, context.screen.words.tag);
  return error === undefined ? (outcome.row.last_error ?? '') : reasonOf(error);
}
