import { sql } from 'kysely';
import type { InclusionProof, Statement } from '#crypto';
import { proofForAct } from '../log/prove-act.ts';
import type { Db } from '../portal.ts';
import { type GrantState, grantStateAt, noGrant } from './grant-store.ts';
import { FIRST_PAGE, LIST_MAX, type Listed, type ListPage, type ListPlace, pageOf } from './list-page.ts';

/** An act given to its parties, with the key that shows what it is about. */
export interface PartyAct {
  leaf: string;
  proof: InclusionProof;
  blind_key: string;
}

/** A grant without its evidence, as pages list it. */
export interface GrantSummary {
  grant_id: string;
  request_id: string;
  dataset_id: string;
  title: string;
  /** Who holds the content key. */
  custody: 'none' | 'portal' | 'producer';
  producer_id: string;
  consumer_id: string;
  contact: { name: string; email: string; organisation: string };
  /** By the dates, at the time of asking. */
  state: GrantState;
  starts_at: string;
  ends_at: string;
  revoked_at: string | null;
  /** Epochs whose key packages are ready, ascending. */
  epochs: number[];
  /** Why the broker refused an epoch, if it did. */
  refused: string | null;
}

/** A grant with its statement and its act, null as long as the log has not integrated it. */
export interface GrantWithEvidence extends GrantSummary {
  grant: Statement;
  act: PartyAct | null;
  revocation: Statement | null;
}

/** Whose grants: a consumer's own, or those on the datasets of producers. */
export type GrantParty = { consumer_id: string } | { producer_ids: readonly string[] };

/** A page of the grants of a consumer, or on producers' datasets, with their evidence: live ones first, then newest first. */
export async function listGrantsFor(db: Db, party: GrantParty, now: Date, page: ListPage = FIRST_PAGE): Promise<Listed<GrantWithEvidence>> {
  const rows = await ofParty(grants(db, now), party).$call(onPage(page, now)).execute();
  const { entries, next } = pageOf(rows, page.limit, placeOf, (shown) => [...shown]);
  return { entries: await withEvidence(db, entries, now), next };
}

/** One grant of a party, live or not, with its evidence; `not_found` for everybody else's. */
export async function getGrantFor(db: Db, party: GrantParty, grant_id: string, now: Date): Promise<GrantWithEvidence> {
  const [found] = await withEvidence(db, await ofParty(grants(db, now), party).where('access_grant.grant_id', '=', grant_id).execute(), now);
  if (found === undefined) throw noGrant();
  return found;
}

/** One grant on these producers' datasets, live or not, as officers see it; undefined for others'. */
export async function findGrantForProducers(db: Db, producer_ids: readonly string[], grant_id: string, now: Date): Promise<GrantSummary | undefined> {
  const row = await ofParty(grants(db, now), { producer_ids }).where('access_grant.grant_id', '=', grant_id).executeTakeFirst();
  return row === undefined ? undefined : grantSummary(row, now);
}

/** The grants for these producers' datasets as officers see them: live ones first, then newest first, at most 500. */
export async function listGrantsForProducers(db: Db, producer_ids: readonly string[], now: Date): Promise<GrantSummary[]> {
  const rows = await ofParty(grants(db, now), { producer_ids }).limit(LIST_MAX).execute();
  return rows.map((row) => grantSummary(row, now));
}

/** The grants that came of a member's requests (made signed in, or confirmed with their address): live ones first, at most 500. */
export async function listGrantsForMember(db: Db, member: { member_id: string; email: string }, now: Date): Promise<GrantSummary[]> {
  const rows = await grants(db, now)
    .where((eb) => eb.or([eb('access_request.member_id', '=', member.member_id), eb('access_request.contact_email', '=', member.email)]))
    .limit(LIST_MAX)
    .execute();
  return rows.map((row) => grantSummary(row, now));
}

/** An act with its proof for its parties; null as long as the log has not integrated it. */
export async function partyAct(db: Db, act_id: string): Promise<PartyAct | null> {
  const proved = await proofForAct(db, act_id);
  return proved === undefined || proved.blind_key === undefined ? null : { leaf: proved.leaf, proof: proved.proof, blind_key: proved.blind_key };
}

function grants(db: Db, now: Date) {
  return db
    .selectFrom('access_grant')
    .innerJoin('dataset', 'dataset.dataset_id', 'access_grant.dataset_id')
    .innerJoin('access_request', 'access_request.request_id', 'access_grant.request_id')
    .selectAll('access_grant')
    .select(['dataset.title', 'dataset.custody', 'access_request.contact_name', 'access_request.contact_email', 'access_request.organisation'])
    .select([
      live(now).as('live'),
      sql<number[]>`ARRAY(SELECT epoch FROM key_package WHERE key_package.grant_id = access_grant.grant_id UNION SELECT epoch FROM node_package WHERE node_package.grant_id = access_grant.grant_id ORDER BY epoch)`.as('epochs'),
      sql<string | null>`(SELECT min(last_error) FROM release_job WHERE release_job.grant_id = access_grant.grant_id AND release_job.state = 'refused')`.as('refused'),
    ])
    .orderBy('live', 'desc')
    .orderBy('access_grant.created_at', 'desc')
    .orderBy('access_grant.grant_id', 'desc');
}

type GrantQuery = ReturnType<typeof grants>;

function live(now: Date) {
  return sql<boolean>`(access_grant.state IN ('active','suspended') AND access_grant.ends_at > ${now}::timestamptz)`;
}

function ofParty(query: GrantQuery, party: GrantParty): GrantQuery {
  if ('consumer_id' in party) return query.where('access_grant.consumer_id', '=', party.consumer_id);
  return query.where('access_grant.producer_id', '=', sql<string>`ANY(${[...party.producer_ids]}::text[])`);
}

// A grant that ends between two pages moves behind the live ones: it may be read twice, and is never passed over.
function onPage({ after, limit }: ListPage, now: Date): (query: GrantQuery) => GrantQuery {
  return (query) => {
    const rest = after === null ? query : query.where(sql<boolean>`(${live(now)}, access_grant.created_at, access_grant.grant_id) < (${after.open}::boolean, ${after.created_at}::timestamptz, ${after.id}::uuid)`);
    return rest.limit(limit + 1);
  };
}

function placeOf({ live: open, created_at, grant_id }: GrantRow): ListPlace {
  return { open, created_at, id: grant_id };
}

type GrantRow = Awaited<ReturnType<GrantQuery['execute']>>[number];

function grantSummary(row: GrantRow, now: Date): GrantSummary {
  const { grant_id, request_id, dataset_id, title, custody, producer_id, consumer_id, epochs, refused } = row;
  return {
    grant_id,
    request_id,
    dataset_id,
    title,
    custody,
    producer_id,
    consumer_id,
    contact: { name: row.contact_name, email: row.contact_email, organisation: row.organisation },
    state: grantStateAt(row, now),
    starts_at: row.starts_at.toISOString(),
    ends_at: row.ends_at.toISOString(),
    revoked_at: row.revoked_at?.toISOString() ?? null,
    epochs,
    refused,
  };
}

async function withEvidence(db: Db, rows: readonly GrantRow[], now: Date): Promise<GrantWithEvidence[]> {
  return Promise.all(
    rows.map(async (row) => ({
      ...grantSummary(row, now),
      grant: JSON.parse(row.statement) as Statement,
      act: await partyAct(db, row.act_id),
      revocation: row.revocation === null ? null : (JSON.parse(row.revocation) as Statement),
    })),
  );
}
