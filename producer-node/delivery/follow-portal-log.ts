import { parsePortalKeySet } from '#catalog-schema';
import { CryptoError, decodeBase64url, encodeBase64url, verifyCheckpoint, verifyConsistency, verifyKeySetChain } from '#crypto';
import type { PortalRow } from '../db/tables.ts';
import { reasonOf, refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { callPortal } from './portal-calls.ts';
import { readAnswer } from './portal-answers.ts';
import { PortalProblem } from './portal-problem.ts';
import { findPortalLog, keepCheckpoint, notePortalLogProblem } from './portal-log-store.ts';

/**
 * Looks at the portal's log: its newest checkpoint must be signed by the pinned log key and continue the one that this node remembers,
 * and is remembered then, for ever. `shorter` (restored from an older state) and `forked` are noted and told, and what is remembered
 * stays as evidence; delivering goes on, because what this node sends is signed by itself. `empty`: nothing is in the log yet.
 * Throws `not_a_portal`, `portal_away`, `portal_failing`.
 */
export async function followPortalLog(node: ProducerNode, portal: PortalRow): Promise<'continued' | 'shorter' | 'forked' | 'empty'> {
  try {
    return await lookAt(node, portal);
  } catch (cause) {
    throw cause instanceof PortalProblem ? refusal('portal_failing', { portal: portal.url, problem: cause }, { cause }) : cause;
  }
}

async function lookAt(node: ProducerNode, portal: PortalRow): Promise<'continued' | 'shorter' | 'forked' | 'empty'> {
  const seen = await findPortalLog(node.db, portal.portal_id);
  const note = await newestCheckpoint(node, portal);
  if (note === undefined && seen === undefined) return 'empty';
  const shown = note === undefined ? { size: 0, root: new Uint8Array(32) } : verifyNote(portal, note);
  const root = encodeBase64url(shown.root);
  const problem = seen === undefined ? undefined : await problemOf(node, portal, seen, { size: shown.size, root });
  if (problem !== undefined) {
    await notePortalLogProblem(node.db, portal.portal_id, problem, node.clock.now());
    return problem;
  }
  await keepCheckpoint(node.db, { portal_id: portal.portal_id, size: shown.size, root, note: note ?? '', seen_at: node.clock.now() });
  return 'continued';
}

async function problemOf(node: ProducerNode, portal: PortalRow, seen: { size: number; root: string }, shown: { size: number; root: string }): Promise<'shorter' | 'forked' | undefined> {
  if (shown.size < seen.size) return 'shorter';
  if (shown.size === seen.size) return shown.root === seen.root ? undefined : 'forked';
  const { json } = await callPortal(node, portal.url, { method: 'GET', path: `/api/v1/log/consistency?first=${seen.size}&second=${shown.size}`, signed: false });
  try {
    const path = readAnswer(json, portal.url).list('path').map((hash) => decodeBase64url(String(hash), 32));
    verifyConsistency({ first: seen.size, second: shown.size, first_root: decodeBase64url(seen.root, 32), second_root: decodeBase64url(shown.root, 32), path });
    return undefined;
  } catch (cause) {
    if (cause instanceof CryptoError) return 'forked';
    throw cause;
  }
}

// With the proof of the first leaf, because that answer is JSON and as good as the note alone.
async function newestCheckpoint(node: ProducerNode, portal: PortalRow): Promise<string | undefined> {
  try {
    const { json } = await callPortal(node, portal.url, { method: 'GET', path: '/api/v1/log/proof?index=0', signed: false });
    return readAnswer(json, portal.url).text('checkpoint');
  } catch (cause) {
    if (cause instanceof PortalProblem && cause.status === 404) return undefined;
    throw cause;
  }
}

/** What a note says that a log key of the pinned key set signed; `not_a_portal` for any other. */
function verifyNote(portal: PortalRow, note: string): { size: number; root: Uint8Array } {
  const newest = verifyKeySetChain(portal.key_sets, { typ: 'portal-keys+jws', party_id: portal.portal_id }).at(-1);
  const { origin } = parsePortalKeySet(newest?.payload);
  const log_keys = newest?.keys.filter((key) => key.roles.includes('log')) ?? [];
  let reason = 'the key set names no log key';
  for (const { jwk } of log_keys) {
    try {
      return verifyCheckpoint(note, { origin, jwk });
    } catch (cause) {
      reason = reasonOf(cause);
    }
  }
  throw refusal('not_a_portal', { portal: portal.url, reason: `its checkpoint does not verify (${reason})` });
}
