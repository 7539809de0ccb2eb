import { parseHeads } from '#catalog-schema';
import { canonicalBytes, digestFromBytes, leafHash, parseStatement, type SigningKey, signStatement, treeRoot } from '#crypto';
import { listHeads } from '../datasets/dataset-store.ts';
import type { HeadsRow, PortalRow, ProducerRow } from '../db/tables.ts';
import { readProducerKey } from '../keys/key-home.ts';
import { signerOf } from '../keys/key-proposal.ts';
import type { ProducerNode } from '../node.ts';
import { findNewestHeads, insertHeads, markHeadsDelivered } from './heads-store.ts';
import { callPortal } from './portal-calls.ts';
import { PortalProblem } from './portal-problem.ts';

const LIFETIME_HOURS = 24;
/** How often a sequence number may be lost to another process before the next round has to do it. */
const RACES = 5;
/** A statement is renewed when less than this is left of it. */
const RENEW_HOURS = 6;
// Sequence numbers only grow, also for a node whose database was restored from a backup: they follow the clock.
const SEQUENCE_START = Date.UTC(2025, 0, 1) / 1000;

/**
 * Signs and sends the producer's statement of its newest versions, when it changed or runs out within six hours; gives the one in
 * force, or undefined for a producer without datasets. Throws PortalProblem, `portal_away`.
 */
export async function deliverHeads(node: ProducerNode, producer: ProducerRow, portal: PortalRow): Promise<HeadsRow | undefined> {
  for (let attempt = 1; attempt <= RACES; attempt += 1) {
    const entries = await headsEntries(node, producer.producer_id);
    if (entries.length === 0) return undefined;
    const root = digestFromBytes(treeRoot(entries.map((entry) => leafHash(canonicalBytes(entry)))));
    const newest = await findNewestHeads(node.db, producer.producer_id);
    const key = await readProducerKey(node.config.home, producer.producer_id, 'manifest');
    // A replaced key speaks for nobody any more (SPEC §12): the word of the new one is given at once.
    const stands = newest !== undefined && newest.root === root && !runsOut(newest, node.clock.now()) && isSignedBy(newest, key.kid);
    const heads = stands ? newest : await signHeads(node, producer, entries, root, { newest, key });
    // Another process of this node took the number: what it signed may lack what was accepted meanwhile, so all is read again.
    if (heads === undefined) continue;
    if (heads.delivered_at === null) await sendHeads(node, producer, portal, heads);
    return heads;
  }
  return findNewestHeads(node.db, producer.producer_id);
}

async function sendHeads(node: ProducerNode, producer: ProducerRow, portal: PortalRow, heads: HeadsRow): Promise<void> {
  try {
    await callPortal(node, portal.url, { method: 'PUT', path: `/api/v1/producers/${producer.producer_id}/heads`, json: { heads: JSON.parse(heads.statement), entries: heads.entries } });
  } catch (cause) {
    // Two processes of this node crossed on the way: the one with the higher number is what counts.
    const newest = await findNewestHeads(node.db, producer.producer_id);
    if (!(cause instanceof PortalProblem) || cause.reason !== 'seq_not_newer' || newest === undefined || newest.seq <= heads.seq) throw cause;
    return;
  }
  await markHeadsDelivered(node.db, producer.producer_id, heads.seq, node.clock.now());
}

async function headsEntries(node: ProducerNode, producer_id: string): Promise<[string, number, string][]> {
  const entries = (await listHeads(node.db, producer_id)).map(({ dataset_id, version, digest }): [string, number, string] => [dataset_id, version, digest]);
  // Sorted as the tree wants it, whatever the database's collation.
  return entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Whether a heads statement has too little time left. */
export function runsOut(heads: Pick<HeadsRow, 'expires_at'>, now: Date): boolean {
  return heads.expires_at.getTime() - now.getTime() < RENEW_HOURS * 3600 * 1000;
}

function isSignedBy(heads: Pick<HeadsRow, 'statement'>, kid: string): boolean {
  return parseStatement(JSON.parse(heads.statement)).signatures.some((signature) => signerOf(signature) === kid);
}

async function signHeads(node: ProducerNode, producer: ProducerRow, entries: [string, number, string][], root: string, o: { newest: HeadsRow | undefined; key: SigningKey }): Promise<HeadsRow | undefined> {
  const { newest, key } = o;
  const now = node.clock.now();
  const issued_at = new Date(Math.floor(now.getTime() / 1000) * 1000);
  const expires_at = new Date(issued_at.getTime() + LIFETIME_HOURS * 3600 * 1000);
  const seq = Math.max((newest?.seq ?? 0) + 1, issued_at.getTime() / 1000 - SEQUENCE_START);
  const text = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;
  const payload = parseHeads({ v: 1, producer_id: producer.producer_id, seq, issued_at: text(issued_at), expires_at: text(expires_at), count: entries.length, root });
  const statement = signStatement('producer-heads+jws', payload, [key]);
  const row = { producer_id: producer.producer_id, seq, root, statement: JSON.stringify(statement), entries, issued_at, expires_at };
  // No row: another process of this node signed at the same moment, and sends its own.
  return (await insertHeads(node.db, row)) ? { ...row, delivered_at: null } : undefined;
}
