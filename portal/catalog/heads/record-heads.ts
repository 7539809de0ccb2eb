import { parseHeads } from '#catalog-schema';
import { parseStatement, verifyStatement } from '#crypto';
import { isUniqueViolation } from '../../db/database.ts';
import { PortalError } from '../../errors.ts';
import { appendAct } from '../../log/append-act.ts';
import { findKeysInForce, holdKeysInForce } from '../../parties/key-store.ts';
import type { Caller, Portal } from '../../portal.ts';
import { requireOwnProducer } from '../require-own-producer.ts';
import { findNewestHeads, forgetOlderEntries, type HeadsEntry, insertHeads } from './heads-store.ts';
import { headsRoot } from './heads-tree.ts';

const CLOCK_SKEW_MS = 10 * 60 * 1000;

/**
 * Takes a producer's signed statement of its newest versions (formats §4): signed by a `manifest` key, in force now, with the number
 * after the newest (or any higher one), and the entries that its root is over. The same statement again gets the same answer.
 * Refuses with `forbidden`, the codes of statements, `schema`, `bad_evidence` (`root_mismatch`, `issued_in_future`, `producer_mismatch`),
 * `expired`, `conflict` (`seq_not_newer`).
 */
export async function recordHeads(
  portal: Portal,
  caller: Caller,
  input: { producer_id: string; heads: unknown; entries: readonly HeadsEntry[] },
): Promise<{ seq: number }> {
  const { producer_id, entries } = input;
  requireOwnProducer(caller, producer_id);
  const now = portal.clock.now();
  const statement = parseStatement(input.heads);
  const keys = await findKeysInForce(portal.db, 'producer', producer_id, 'manifest', now);
  const verified = verifyStatement(statement, { typ: 'producer-heads+jws', keyFor: (kid) => keys.get(kid) });
  const heads = parseHeads(verified.payload);
  const { seq, issued_at, expires_at } = heads;
  if (heads.producer_id !== producer_id) throw new PortalError('bad_evidence', 'These heads are of another producer.', { reason: 'producer_mismatch' });
  if (Date.parse(issued_at) > now.getTime() + CLOCK_SKEW_MS) throw new PortalError('bad_evidence', `These heads were issued in the future (${issued_at}). Set the clock of the node.`, { reason: 'issued_in_future' });
  if (Date.parse(expires_at) <= now.getTime()) throw new PortalError('expired', 'These heads have expired already.', { reason: 'heads_expired' });
  requireSorted(entries);
  if (heads.count !== entries.length || heads.root !== headsRoot(entries)) {
    throw new PortalError('bad_evidence', 'The entries are not those that the signed root is over.', { reason: 'root_mismatch' });
  }

  const newest = await findNewestHeads(portal.db, producer_id);
  if (newest !== undefined && newest.seq >= seq) {
    if (newest.seq === seq && newest.statement.payload === statement.payload) return { seq };
    throw new PortalError('conflict', `The newest heads here have number ${newest.seq}; these have ${seq}.`, { reason: 'seq_not_newer' });
  }
  try {
    await portal.db.transaction().execute(async (trx) => {
      const held = await holdKeysInForce(trx, producer_id, 'manifest', now);
      if (!verified.kids.every((kid) => held.has(kid))) throw new PortalError('bad_evidence', 'The key that signed these heads was replaced while they arrived. Sign them with the key now in force.', { reason: 'unknown_key' });
      const { act_id } = await appendAct(trx, portal, { type: 'heads', subject_digest: verified.digest, public: true });
      await insertHeads(trx, { producer_id, seq, statement, entries, issued_at, expires_at, act_id });
      await forgetOlderEntries(trx, producer_id, seq);
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new PortalError('conflict', `Heads with number ${seq} arrived twice at once. Send them again.`, { reason: 'seq_not_newer', cause: error });
  }
  return { seq };
}

function requireSorted(entries: readonly HeadsEntry[]): void {
  for (const [index, entry] of entries.entries()) {
    const before = entries[index - 1];
    if (before !== undefined && before[0] >= entry[0]) throw new PortalError('bad_request', 'Sort the entries by dataset_id, each once.', { reason: 'entries_not_sorted' });
  }
}
