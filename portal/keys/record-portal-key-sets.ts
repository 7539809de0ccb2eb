import { isUniqueViolation } from '../db/database.ts';
import { PortalError } from '../errors.ts';
import { appendAct } from '../log/append-act.ts';
import { findOtherPortal, insertKeySet, listKeySets } from '../parties/key-store.ts';
import type { Portal } from '../portal.ts';
import { type PortalKeySets, verifyPortalKeySets } from './key-set-file.ts';

/**
 * Records the key sets of the portal that its database does not know yet, each with its act. The same again changes nothing. `conflict` for a
 * database that belongs to another portal.
 */
export async function recordPortalKeySets(portal: Pick<Portal, 'db' | 'clock' | 'random'>, sets: PortalKeySets): Promise<void> {
  const other = await findOtherPortal(portal.db, sets.newest.party_id);
  if (other !== undefined) throw new PortalError('conflict', `This database belongs to the portal ${other}, and the key folder to ${sets.newest.party_id}.`, { reason: 'other_portal' });
  const recorded = await listKeySets(portal.db, 'portal', sets.newest.party_id);
  for (let count = recorded.length + 1; count <= sets.statements.length; count += 1) {
    const { newest, statements } = verifyPortalKeySets(sets.statements.slice(0, count));
    const statement = statements.at(-1);
    if (statement === undefined) return;
    const recording = portal.db.transaction().execute(async (trx) => {
      const { act_id } = await appendAct(trx, portal, { type: 'portal.keys', subject_digest: newest.digest, public: true });
      await insertKeySet(trx, { party_type: 'portal', set: newest, statement, act_id, at: portal.clock.now() });
    });
    // Two operators at once: the other one recorded the same set.
    await recording.catch((cause: unknown) => {
      if (!isUniqueViolation(cause)) throw cause;
    });
  }
}
