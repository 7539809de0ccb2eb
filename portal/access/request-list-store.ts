import { sql } from 'kysely';
import type { Statement } from '#crypto';
import type { Db } from '../portal.ts';
import { FIRST_PAGE, LIST_MAX, type Listed, type ListPage, type ListPlace, pageOf } from './list-page.ts';
import { noRequest, type RequestState } from './request-store.ts';

/** A request as whoever made it sees it. */
export interface OwnRequest {
  request_id: string;
  dataset_id: string;
  title: string;
  producer_id: string;
  /** Who holds the content key, so who decides: the portal's officers, or the producer's node. */
  custody: 'none' | 'portal' | 'producer';
  state: RequestState;
  purpose: string;
  fingerprint: string | null;
  created_at: string;
  decided_at: string | null;
  decision_note: string | null;
}

/** A proposal of an officer, as officers and nodes see it. */
export interface Proposal {
  decision: 'approve' | 'refuse';
  ends_at: string | null;
  note: string | null;
  /** The digits that stood on the page. */
  fingerprint: string | null;
  /** Name or address of the officer. */
  by: string;
  at: string;
}

/** A request as officers and nodes of its producer see it. */
export interface ReceivedRequest extends OwnRequest {
  contact: { name: string; email: string; organisation: string };
  language: string;
  consumer_id: string | null;
  /** Until when it was approved in principle. */
  approved_ends_at: string | null;
  /** Who decided, by name or address. */
  decided_by: string | null;
  /** What an officer clicked on the portal for data in custody `producer`; only the node decides. */
  proposal: Proposal | null;
  /** The signed request, as long as there is one. */
  request: Statement | null;
  grant_id: string | null;
}

/** A page of a consumer's requests: open ones first, then newest first. */
export async function listAccessRequestsForConsumer(db: Db, consumer_id: string, page: ListPage = FIRST_PAGE): Promise<Listed<OwnRequest>> {
  const rows = await requests(db, page).where('access_request.consumer_id', '=', consumer_id).execute();
  return pageOf(rows, page.limit, placeOf, (shown) => shown.map(ownRequest));
}

/** A member's requests, open ones first, then newest first, at most 500: those made signed in, and confirmed ones with their address. */
export async function listAccessRequestsForMember(db: Db, member: { member_id: string; email: string }): Promise<OwnRequest[]> {
  const rows = await requests(db)
    .where((eb) =>
      eb.or([
        eb('access_request.member_id', '=', member.member_id),
        eb.and([eb('access_request.contact_email', '=', member.email), eb('access_request.confirmed_at', 'is not', null)]),
      ]),
    )
    .execute();
  return pageOf(rows, LIST_MAX, placeOf, (shown) => shown.map(ownRequest)).entries;
}

/** The consumers whose keys signed a member's requests: those made signed in, and confirmed ones with their address; at most 50, by name. */
export async function listConsumersOfMember(db: Db, member: { member_id: string; email: string }): Promise<{ consumer_id: string; name: string; fingerprint: string }[]> {
  return db
    .selectFrom('access_request')
    .innerJoin('consumer', 'consumer.consumer_id', 'access_request.consumer_id')
    .select(['consumer.consumer_id', 'consumer.name', 'consumer.fingerprint'])
    .distinct()
    .where((eb) =>
      eb.or([
        eb('access_request.member_id', '=', member.member_id),
        eb.and([eb('access_request.contact_email', '=', member.email), eb('access_request.confirmed_at', 'is not', null)]),
      ]),
    )
    .orderBy('consumer.name')
    .orderBy('consumer.consumer_id')
    .limit(50)
    .execute();
}

/** A page of the confirmed requests to producers: open ones first, then newest first; of the given states only, if any are given. */
export async function listAccessRequestsForProducers(db: Db, producer_ids: readonly string[], states: readonly RequestState[] = [], page: ListPage = FIRST_PAGE): Promise<Listed<ReceivedRequest>> {
  if (producer_ids.length === 0) return { entries: [], next: null };
  const rows = await requests(db, page)
    .where('access_request.producer_id', 'in', [...producer_ids])
    .where('access_request.confirmed_at', 'is not', null)
    .$if(states.length > 0, (found) => found.where('access_request.state', 'in', [...states]))
    .execute();
  return pageOf(rows, page.limit, placeOf, (shown) => shown.map(receivedRequest));
}

/** One confirmed request to one of these producers; throws `not_found`, for others' requests too. */
export async function getAccessRequestForProducers(db: Db, producer_ids: readonly string[], request_id: string): Promise<ReceivedRequest> {
  const row =
    producer_ids.length === 0
      ? undefined
      : await requests(db)
          .where('access_request.request_id', '=', request_id)
          .where('access_request.producer_id', 'in', [...producer_ids])
          .where('access_request.confirmed_at', 'is not', null)
          .executeTakeFirst();
  if (row === undefined) throw noRequest();
  return receivedRequest(row);
}

function requests(db: Db, { after, limit }: ListPage = FIRST_PAGE) {
  return db
    .selectFrom('access_request')
    .innerJoin('dataset', 'dataset.dataset_id', 'access_request.dataset_id')
    .leftJoin('member', 'member.member_id', 'access_request.decided_by')
    .leftJoin('access_grant', 'access_grant.request_id', 'access_request.request_id')
    .leftJoin('access_proposal', 'access_proposal.request_id', 'access_request.request_id')
    .leftJoin('member as proposer', 'proposer.member_id', 'access_proposal.member_id')
    .select(['access_request.request_id', 'access_request.dataset_id', 'dataset.title', 'access_request.state', 'access_request.purpose', 'access_request.fingerprint'])
    .select(['access_request.created_at', 'access_request.decided_at', 'access_request.decision_note', 'access_request.producer_id', 'access_request.consumer_id'])
    .select(['access_request.contact_name', 'access_request.contact_email', 'access_request.organisation', 'access_request.language'])
    .select(['access_request.approved_ends_at', 'access_request.statement', 'member.name as decider_name', 'member.email as decider_email', 'access_grant.grant_id'])
    .select(['access_proposal.decision as proposed', 'access_proposal.ends_at as proposed_ends_at', 'access_proposal.note as proposed_note', 'access_proposal.fingerprint as proposed_fingerprint'])
    .select(['access_proposal.created_at as proposed_at', 'proposer.name as proposer_name', 'proposer.email as proposer_email', 'dataset.custody'])
    .select(open.as('open'))
    .$if(after !== null, (found) => found.where(sql<boolean>`(${open}, access_request.created_at, access_request.request_id) < (${after?.open}::boolean, ${after?.created_at}::timestamptz, ${after?.id}::uuid)`))
    .orderBy('open', 'desc')
    .orderBy('access_request.created_at', 'desc')
    .orderBy('access_request.request_id', 'desc')
    .limit(limit + 1);
}

const open = sql<boolean>`(access_request.state IN ('draft', 'submitted', 'awaiting_key', 'approved'))`;

type RequestRow = Awaited<ReturnType<ReturnType<typeof requests>['execute']>>[number];

function placeOf({ open, created_at, request_id }: RequestRow): ListPlace {
  return { open, created_at, id: request_id };
}

function ownRequest(row: RequestRow): OwnRequest {
  const { request_id, dataset_id, title, producer_id, custody, state, purpose, fingerprint, decision_note } = row;
  return { request_id, dataset_id, title, producer_id, custody, state, purpose, fingerprint, created_at: row.created_at.toISOString(), decided_at: row.decided_at?.toISOString() ?? null, decision_note };
}

function receivedRequest(row: RequestRow): ReceivedRequest {
  const { consumer_id, language, grant_id } = row;
  return {
    ...ownRequest(row),
    consumer_id,
    contact: { name: row.contact_name, email: row.contact_email, organisation: row.organisation },
    language,
    approved_ends_at: row.approved_ends_at?.toISOString() ?? null,
    decided_by: row.decider_name || row.decider_email,
    proposal: proposalOf(row),
    request: row.statement === null ? null : (JSON.parse(row.statement) as Statement),
    grant_id,
  };
}

function proposalOf(row: RequestRow): Proposal | null {
  if (row.proposed === null || row.proposed_at === null) return null;
  return {
    decision: row.proposed,
    ends_at: row.proposed_ends_at?.toISOString() ?? null,
    note: row.proposed_note,
    fingerprint: row.proposed_fingerprint,
    by: row.proposer_name || (row.proposer_email ?? ''),
    at: row.proposed_at.toISOString(),
  };
}
