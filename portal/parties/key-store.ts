import { sql } from 'kysely';
import { type PublicJwk, parsePublicJwk, type Statement, type VerifiedKeySet } from '#crypto';
import type { Db } from '../portal.ts';

export type PartyType = 'producer' | 'consumer' | 'portal';

/** A key that may sign calls now, with the party that answers for it. */
export interface CallingKey {
  party_type: 'producer' | 'consumer';
  party_id: string;
  role: string;
  jwk: PublicJwk;
  state: string;
  /** Of an application; empty for other roles. */
  scopes: readonly string[];
}

/** One stored key set: its version, the digest of its payload, and the statement as published. */
export interface StoredKeySet {
  version: number;
  digest: string;
  statement: Statement;
  act_id: string | null;
}

/** The key sets of a party, oldest first; empty for a party that is not known. */
export async function listKeySets(db: Db, party_type: PartyType, party_id: string): Promise<StoredKeySet[]> {
  const rows = await db
    .selectFrom('party_key_set')
    .select(['version', 'digest', 'statement', 'act_id'])
    .where('party_type', '=', party_type)
    .where('party_id', '=', party_id)
    .orderBy('version')
    .execute();
  return rows.map((row) => ({ ...row, statement: JSON.parse(row.statement) as Statement }));
}

/** The public keys of a party that hold `role` at the time `at`, by kid: for `keyFor` of `verifyStatement`. */
export async function findKeysInForce(db: Db, party_type: PartyType, party_id: string, role: string, at: Date): Promise<Map<string, PublicJwk>> {
  const rows = await inForce(db, at)
    .select(['kid', 'jwk'])
    .where('party_type', '=', party_type)
    .where('party_id', '=', party_id)
    .where(sql<boolean>`roles @> ARRAY[${role}]::text[]`)
    .execute();
  return new Map(rows.map((row) => [row.kid, parsePublicJwk(row.jwk)]));
}

/**
 * As `findKeysInForce` for a producer, and nobody changes its keys until the transaction ends: what is signed by one of them gets
 * its place in the log before the key set that retires it. Call it before anything is written.
 */
export async function holdKeysInForce(trx: Db, producer_id: string, role: string, at: Date): Promise<Map<string, PublicJwk>> {
  await trx.selectFrom('producer').select('producer_id').where('producer_id', '=', producer_id).forShare().executeTakeFirst();
  return findKeysInForce(trx, 'producer', producer_id, role, at);
}

/** Makes whoever relies on the keys of a producer, or changes them, wait until the transaction ends. */
export async function lockKeys(trx: Db, producer_id: string): Promise<void> {
  await trx.selectFrom('producer').select('producer_id').where('producer_id', '=', producer_id).forUpdate().executeTakeFirst();
}

/** Every role in which the key `kid` may sign calls at `at`; none for a stranger, several for a node that serves several producers. */
export async function findCallingKeys(db: Db, kid: string, at: Date): Promise<CallingKey[]> {
  const rows = await inForce(db, at)
    .leftJoin('producer', (join) => join.onRef('producer.producer_id', '=', 'party_key.party_id').on('party_key.party_type', '=', 'producer'))
    .leftJoin('consumer', (join) => join.onRef('consumer.consumer_id', '=', 'party_key.party_id').on('party_key.party_type', '=', 'consumer'))
    .select(['party_type', 'party_id', 'roles', 'scopes', 'jwk', 'producer.state as producer_state', 'consumer.state as consumer_state'])
    .where('kid', '=', kid)
    .where(sql<boolean>`roles && ARRAY['api', 'identity', 'application']::text[]`)
    .orderBy('party_id')
    .execute();
  return rows.flatMap((row): CallingKey[] => {
    const [role] = row.roles;
    const state = row.producer_state ?? row.consumer_state;
    if (role === undefined || state === null || state === undefined) return [];
    if (row.party_type === 'producer' && role !== 'api') return [];
    if (row.party_type === 'consumer' && role === 'api') return [];
    if (row.party_type !== 'producer' && row.party_type !== 'consumer') return [];
    return [{ party_type: row.party_type, party_id: row.party_id, role, jwk: parsePublicJwk(row.jwk), state, scopes: row.scopes }];
  });
}

/** The id of a portal other than `portal_id` of which the database records key sets. */
export async function findOtherPortal(db: Db, portal_id: string): Promise<string | undefined> {
  const row = await db.selectFrom('party_key_set').select('party_id').where('party_type', '=', 'portal').where('party_id', '!=', portal_id).limit(1).executeTakeFirst();
  return row?.party_id;
}

/** Whether one of the keys already belongs to a party other than `party_id`, of the given types. */
export async function anyKeyOfOthers(db: Db, kids: readonly string[], party_types: readonly PartyType[], party_id: string): Promise<boolean> {
  const row = await db
    .selectFrom('party_key')
    .select('kid')
    .where('kid', 'in', [...kids])
    .where('party_type', 'in', [...party_types])
    .where('party_id', '!=', party_id)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The keys among `kids` that producers other than this one list, with their roles there; those of refused producers do not count. */
export async function rolesOfOtherProducers(db: Db, kids: readonly string[], producer_id: string): Promise<{ kid: string; roles: string[] }[]> {
  if (kids.length === 0) return [];
  return db
    .selectFrom('party_key')
    .innerJoin('producer', 'producer.producer_id', 'party_key.party_id')
    .select(['party_key.kid', 'party_key.roles'])
    .where('party_key.party_type', '=', 'producer')
    .where('party_key.party_id', '!=', producer_id)
    .where('party_key.kid', 'in', [...kids])
    .where('producer.state', '!=', 'refused')
    .execute();
}

/** Makes others that record key sets of producers wait until the transaction ends, so that two cannot bring one key at once. */
export async function lockKeysOfProducers(trx: Db): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('sceau keys of producers', 0))`.execute(trx);
}

/**
 * Stores one further key set of a party and makes its keys those in force; keys that it no longer names are retired at `at`.
 * A second set for the same version fails on the primary key, so that of two racing successors one stands.
 */
export async function insertKeySet(
  trx: Db,
  o: { party_type: PartyType; set: VerifiedKeySet; statement: Statement; act_id: string | null; at: Date },
): Promise<void> {
  const { party_type, set, at } = o;
  const party_id = set.party_id;
  await trx
    .insertInto('party_key_set')
    .values({ party_type, party_id, version: set.version, digest: set.digest, statement: JSON.stringify(o.statement), act_id: o.act_id, created_at: at })
    .execute();
  for (const key of set.keys) {
    const times = {
      roles: [...key.roles],
      not_before: key.not_before ?? null,
      // A key never outlives the set that names it.
      not_after: key.not_after !== undefined && Date.parse(key.not_after) < Date.parse(set.expires_at) ? key.not_after : set.expires_at,
      retired_at: null,
      name: key.name ?? '',
      scopes: [...(key.scopes ?? [])],
    };
    await trx
      .insertInto('party_key')
      .values({ party_type, party_id, kid: key.kid, jwk: JSON.stringify(key.jwk), ...times })
      .onConflict((conflict) => conflict.columns(['party_type', 'party_id', 'kid']).doUpdateSet(times))
      .execute();
  }
  await trx
    .updateTable('party_key')
    .set({ retired_at: at })
    .where('party_type', '=', party_type)
    .where('party_id', '=', party_id)
    .where('retired_at', 'is', null)
    .where('kid', 'not in', set.keys.map((key) => key.kid))
    .execute();
}

function inForce(db: Db, at: Date) {
  return db
    .selectFrom('party_key')
    .where('party_key.retired_at', 'is', null)
    .where('party_key.stopped_at', 'is', null)
    .where((eb) => eb.or([eb('party_key.not_before', 'is', null), eb('party_key.not_before', '<=', at)]))
    .where((eb) => eb.or([eb('party_key.not_after', 'is', null), eb('party_key.not_after', '>', at)]));
}
