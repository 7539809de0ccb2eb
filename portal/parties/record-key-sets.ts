import type { Statement, VerifiedKeySet } from '#crypto';
import { isUniqueViolation } from '../db/database.ts';
import { PortalError } from '../errors.ts';
import { appendAct } from '../log/append-act.ts';
import type { Db, Portal } from '../portal.ts';
import { anyKeyOfOthers, insertKeySet, listKeySets, lockKeys, lockKeysOfProducers, type PartyType, rolesOfOtherProducers } from './key-store.ts';

/** A verified chain with its statements, oldest first: of a producer, whose key sets are public, or a consumer, whose are not. */
export interface ChainToRecord {
  party_type: 'producer' | 'consumer';
  chain: readonly VerifiedKeySet[];
  statements: readonly Statement[];
  /** The key that signed the call which brings them, if any: of producers that share a node. */
  node_kid?: string;
}

/**
 * Stores what a chain adds to the key sets that are known, each with its act, in the caller's transaction; gives how many it added.
 * A key is of one party; only the key of a node may serve several producers, in the role `api` alone, and whoever brings it shows by
 * signing the call that it is theirs. Refuses with `conflict` (`chain_shorter`: a newer version is known; `key_of_another`,
 * `key_of_another_producer`) or `bad_evidence` (`chain_forked`).
 */
export async function recordKeySets(trx: Db, portal: Portal, o: ChainToRecord): Promise<number> {
  const { party_type, chain } = o;
  const party_id = chain[0]?.party_id ?? '';
  // Before the first act: what relied on the keys so far stands in the log before the set that retires them.
  if (party_type === 'producer') {
    await lockKeysOfProducers(trx);
    await lockKeys(trx, party_id);
  }
  const known = await listKeySets(trx, party_type, party_id);
  if (known.length > chain.length) throw new PortalError('conflict', 'A newer key set is known here. Send the whole chain.', { reason: 'chain_shorter' });
  if (known.some((set, index) => chain[index]?.digest !== set.digest)) throw new PortalError('bad_evidence', 'These key sets are not those known here.', { reason: 'chain_forked' });
  const added = chain.slice(known.length);
  const kids = added.flatMap((set) => set.keys.map((key) => key.kid));
  const exclusive: PartyType[] = party_type === 'producer' ? ['consumer', 'portal'] : ['consumer', 'producer', 'portal'];
  if (kids.length > 0 && (await anyKeyOfOthers(trx, kids, exclusive, party_id))) throw keyOfAnother();
  // A node key that this producer lists already was shown to be theirs when it came.
  const own_nodes = chain.slice(0, known.length).flatMap((set) => set.keys.map((key) => key.kid));
  if (party_type === 'producer') await requireOwnKeys(trx, party_id, added, o.node_kid === undefined ? own_nodes : [...own_nodes, o.node_kid]);
  for (const set of added) {
    const statement = o.statements[set.version - 1];
    if (statement === undefined) continue;
    const { act_id } = await appendAct(trx, portal, { type: `${party_type}.keys`, subject_digest: set.digest, public: party_type === 'producer' });
    await insertKeySet(trx, { party_type, set, statement, act_id, at: portal.clock.now() });
  }
  return added.length;
}

async function requireOwnKeys(trx: Db, producer_id: string, added: readonly VerifiedKeySet[], own_nodes: readonly string[]): Promise<void> {
  const keys = added.flatMap((set) => set.keys);
  const elsewhere = await rolesOfOtherProducers(trx, keys.map((key) => key.kid), producer_id);
  const isNode = (roles: readonly string[]) => roles.length === 1 && roles[0] === 'api';
  const taken = keys.some((key) => elsewhere.some((other) => other.kid === key.kid && !(own_nodes.includes(key.kid) && isNode(key.roles) && isNode(other.roles))));
  if (!taken) return;
  throw new PortalError('conflict', 'Another producer here lists a key of this set. Make new keys; a node that serves both signs the call with its own.', { reason: 'key_of_another_producer' });
}

/** What two calls that record at once mean: the error in the portal's words, or as it was. */
export function explainRace(cause: unknown): unknown {
  if (isUniqueViolation(cause, 'party_key_consumer')) return keyOfAnother(cause);
  if (isUniqueViolation(cause, 'party_key_set_pkey')) return new PortalError('conflict', 'Another call records key sets of this party at this moment. Try again.', { reason: 'race', cause });
  return cause;
}

function keyOfAnother(cause?: unknown): PortalError {
  return new PortalError('conflict', 'A key of this set belongs to somebody else here. Make new keys.', { reason: 'key_of_another', cause });
}
