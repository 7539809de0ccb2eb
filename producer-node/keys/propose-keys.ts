import { generateSigningKey, type KeySetKey, parseStatement, type PublicJwk, thumbprint, type VerifiedKeySet, verifyKeySetChain } from '#crypto';
import type { ProducerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { type KeyProposal, newProposal } from './key-proposal.ts';
import { findPendingProposal, type PendingKeys, type RotatedRole, ROTATED_ROLES, writePending } from './pending-keys.ts';
import { KEYS_VALID_YEARS } from './create-producer.ts';
import { listProducers } from './producer-store.ts';

/** What changes from one version of a key set to the next. */
export interface KeyChange {
  /** Roles of daily work whose keys are replaced by new ones. */
  roles: readonly RotatedRole[];
  /** Keys that are dropped and replaced by none. */
  retire: readonly string[];
  /** Further root keys; only their public halves ever come here. */
  add_roots: readonly PublicJwk[];
  /** How many root keys must sign from now on; as before when undefined. */
  threshold: number | undefined;
  /** Gives up a proposal that waits. */
  replace: boolean;
}

/**
 * Makes new daily keys and the proposal of the key set that puts them in force, valid for two more years; both wait in the node's folder, and
 * nothing changes until the proposal is signed by the root keys and submitted. Throws `key_proposal_waits`, `key_unknown`,
 * `key_role_missing`, `keys_shared`, `key_proposal_damaged`.
 */
export async function proposeKeys(node: ProducerNode, producer: ProducerRow, change: KeyChange): Promise<KeyProposal> {
  const { home } = node.config;
  if (!change.replace && (await findPendingProposal(home, producer.producer_id)) !== undefined) throw refusal('key_proposal_waits', {});
  const newest = newestSet(producer);
  const unknown = change.retire.find((kid) => !newest.keys.some((key) => key.kid === kid));
  if (unknown !== undefined) throw refusal('key_unknown', { kid: unknown });
  // The node's own key stands in the sets of all its producers.
  if (change.roles.includes('api')) {
    const names = (await listProducers(node.db)).map((one) => one.name);
    if (names.length > 1) throw refusal('keys_shared', { names: names.join(', ') });
  }
  const fresh: PendingKeys = Object.fromEntries(change.roles.map((role) => [role, generateSigningKey()]));
  const kept = newest.keys.filter((key) => !change.retire.includes(key.kid) && !change.roles.some((role) => key.roles.includes(role)));
  const keys = [
    ...kept.map(withoutKid),
    ...change.add_roots.filter((jwk) => !kept.some((key) => key.kid === thumbprint(jwk))).map((jwk) => ({ jwk, roles: ['root'] })),
    ...ROTATED_ROLES.flatMap((role) => (fresh[role] === undefined ? [] : [{ jwk: fresh[role].public_jwk, roles: [role] }])),
  ];
  for (const role of ROTATED_ROLES) if (!keys.some((key) => key.roles.includes(role))) throw refusal('key_role_missing', { role });
  const threshold = change.threshold ?? newest.threshold;
  const roots = keys.filter((key) => key.roles.includes('root')).length;
  if (threshold > roots) throw refusal('threshold_too_high', { threshold, roots });
  const expires_at = new Date(node.clock.now());
  expires_at.setUTCFullYear(expires_at.getUTCFullYear() + KEYS_VALID_YEARS);
  const next = { ...newest.payload, version: newest.version + 1, prev: newest.digest, threshold, expires_at: `${expires_at.toISOString().slice(0, 19)}Z`, keys };
  const proposal = newProposal(producer.key_sets.map(parseStatement), next);
  await writePending(home, proposal, fresh);
  return proposal;
}

/** The newest key set of a producer, from its verified chain. */
export function newestSet(producer: Pick<ProducerRow, 'producer_id' | 'key_sets'>): VerifiedKeySet {
  const newest = verifyKeySetChain(producer.key_sets, { typ: 'producer-keys+jws', party_id: producer.producer_id }).at(-1);
  if (newest === undefined) throw refusal('internal', { reason: 'a key set chain without a key set' });
  return newest;
}

function withoutKid(key: VerifiedKeySet['keys'][number]): KeySetKey {
  const { jwk, roles, not_before, not_after } = key;
  return { jwk, roles, ...(not_before === undefined ? {} : { not_before }), ...(not_after === undefined ? {} : { not_after }) };
}
