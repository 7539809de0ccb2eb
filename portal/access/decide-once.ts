import { PortalError } from '../errors.ts';
import type { Caller, Db, Portal } from '../portal.ts';

/** Whoever may decide about a request: an officer on the portal, or the producer's node. */
export type Decider = Extract<Caller, { kind: 'member' | 'node' }>;

/** Writes a decision in one transaction; when `write` says that somebody was quicker, nothing of it stays: `conflict` (`already_decided`). */
export async function decideOnce(portal: Portal, write: (trx: Db) => Promise<boolean>): Promise<void> {
  await portal.db.transaction().execute(async (trx) => {
    // Rolls back what was written beside the lost race.
    if (!(await write(trx))) throw alreadyDecided();
  });
}

/** What is said of a request that somebody decided, withdrew or changed meanwhile. */
export function alreadyDecided(): PortalError {
  return new PortalError('conflict', 'This request was decided meanwhile, withdrawn, or changed. Read it again.', { reason: 'already_decided' });
}

/** Whom mails name as the one who decided: the officer, or the producer whose node did. */
export function deciderName(decider: Decider, dataset: { producer_name: string }): string {
  if (decider.kind === 'node') return dataset.producer_name;
  return decider.name === '' ? decider.email : decider.name;
}
