import { parseStatement, statementDigest, type VerifiedKeySet, verifyKeySetChain } from '#crypto';
import type { ProducerRow } from '../db/tables.ts';
import { reasonOf, refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { gatherSignatures, type KeyProposal, missing, proposalStatement } from '../keys/key-proposal.ts';
import { findPendingProposal, forgetPending, installPending } from '../keys/pending-keys.ts';
import { updateProducerKeys } from '../keys/producer-store.ts';
import { contactPortal } from './contact-portal.ts';
import { deliverHeads } from './deliver-heads.ts';
import { countWaiting } from './outbox-store.ts';
import { readAnswer } from './portal-answers.ts';
import { callPortal } from './portal-calls.ts';
import { findEnrolment } from './portal-store.ts';

/** What came of submitting a proposal. */
export interface SubmittedKeys {
  newest: VerifiedKeySet;
  /** False for a producer that is at no portal yet. */
  at_portal: boolean;
  /** Why the newest versions could not be signed anew at once; `run` does it as soon as it can. */
  heads_problem: string | undefined;
}

/**
 * Brings the proposal that waits, with the signatures gathered in copies of it, to the portal, and takes up its keys: the portal first, then
 * the node's folder, then its database, then heads under the new keys. Safe to repeat after a crash anywhere. Throws
 * `key_proposal_none`, `key_proposal_other`, `key_proposal_unsigned`, `key_proposal_damaged`, `outbox_waits`, PortalProblem, `portal_away`.
 */
export async function submitKeys(node: ProducerNode, producer: ProducerRow, o: { copies: readonly KeyProposal[]; anyway: boolean }): Promise<SubmittedKeys> {
  const { producer_id } = producer;
  const { home } = node.config;
  const pending = await findPendingProposal(home, producer_id);
  if (pending === undefined) throw refusal('key_proposal_none', {});
  const proposal = o.copies.reduce(gatherSignatures, pending);
  const statement = proposalStatement(proposal);
  const lacking = missing(proposal);
  if (lacking.present + lacking.proposed > 0) throw refusal('key_proposal_unsigned', lacking);
  const statements = [...proposal.statements, statement];
  const newest = verified(producer_id, statements);

  // What was signed under the keys of today is accepted until the portal has those of tomorrow.
  const waiting = await countWaiting(node.db, producer_id);
  if (waiting > 0 && !o.anyway) throw refusal('outbox_waits', { waiting });
  const enrolled = await findEnrolment(node.db, producer_id);
  const portal = enrolled?.enrolment.state === 'active' ? await contactPortal(node, enrolled.portal) : undefined;
  if (portal !== undefined) {
    const address = `/api/v1/producers/${producer_id}`;
    const there = readAnswer((await callPortal(node, portal.url, { method: 'GET', path: address, signed: false })).json, portal.url).list('key_sets').map(parseStatement);
    const same = there[statements.length - 1];
    // The answer to an earlier attempt was lost: the portal has it.
    if (same === undefined || statementDigest(same) !== newest.digest) await callPortal(node, portal.url, { method: 'PUT', path: `${address}/key-sets`, json: { key_sets: statements }, signed: false });
  }
  const node_key = await installPending(home, producer_id, statements);
  await updateProducerKeys(node.db, { producer_id, key_sets: statements, key_set_digest: newest.digest, keys_expire_at: new Date(newest.expires_at) });
  await forgetPending(home, producer_id);
  return { newest, at_portal: portal !== undefined, heads_problem: portal === undefined ? undefined : await problemOf(deliverHeads({ ...node, node_key }, producer, portal)) };
}

function verified(producer_id: string, statements: readonly unknown[]): VerifiedKeySet {
  try {
    const newest = verifyKeySetChain(statements, { typ: 'producer-keys+jws', party_id: producer_id }).at(-1);
    if (newest === undefined) throw new Error('no key set');
    return newest;
  } catch (cause) {
    throw refusal('key_proposal_damaged', { reason: reasonOf(cause) }, { cause });
  }
}

async function problemOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (cause: unknown) => reasonOf(cause),
  );
}
