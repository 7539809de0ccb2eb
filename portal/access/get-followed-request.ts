import type { Portal } from '../portal.ts';
import { type Asker, isAsker } from './asker.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { findGrantOfRequest, type GrantState, grantStateAt, isOver } from './grant-store.ts';
import { endsUndecided, KEPT_SECONDS } from './request-clocks.ts';
import { findRequest, noRequest, OPEN_STATES, type RequestState } from './request-store.ts';

/** A request as whoever made it follows it: what it says, where it stands, and its clocks (RFC 3339). */
export interface FollowedRequest {
  request_id: string;
  dataset_id: string;
  title: string;
  producer_name: string;
  state: RequestState;
  name: string;
  email: string;
  organisation: string;
  purpose: string;
  /** The thirty digits of the key that signed; null as long as none did. */
  fingerprint: string | null;
  note: string | null;
  asked_at: string;
  confirmed_at: string | null;
  decided_at: string | null;
  /** When it ends by itself without an answer or a key; null once it has ended. */
  ends_undecided_at: string | null;
  /** When its data are erased without anybody asking; null as long as it is open or its access lives. */
  erased_by_clock_at: string | null;
  /** Whether name, organisation and purpose can still be put right. */
  correctable: boolean;
  /** Whether it waits for its first key. */
  keyless: boolean;
  /** The access that came of it; `ends_at` is when it ended, where it ended before its time. */
  grant: { state: GrantState; ends_at: string } | null;
}

/** The request for whoever made it; `not_found` for everybody else, and once it is erased. */
export async function getFollowedRequest(portal: Portal, asker: Asker, request_id: string): Promise<FollowedRequest> {
  const request = await findRequest(portal.db, request_id);
  if (request === undefined || request.erased_at !== null || !isAsker(portal, asker, request)) throw noRequest();
  const { dataset_id, state, organisation, purpose, fingerprint } = request;
  const dataset = await getToldDataset(portal.db, dataset_id);
  const grant = await findGrantOfRequest(portal.db, request_id);
  const now = portal.clock.now();
  const grant_state = grant && grantStateAt(grant, now);
  const open = OPEN_STATES.includes(state);
  const ended_at = open || (grant !== undefined && !isOver(grant, now)) ? undefined : (grant?.revoked_at ?? grant?.ends_at ?? request.updated_at);
  return {
    request_id,
    dataset_id,
    title: dataset.title,
    producer_name: dataset.producer_name,
    state,
    name: request.contact_name,
    email: request.contact_email,
    organisation,
    purpose,
    fingerprint,
    note: request.decision_note,
    asked_at: request.created_at.toISOString(),
    confirmed_at: request.confirmed_at?.toISOString() ?? null,
    decided_at: request.decided_at?.toISOString() ?? null,
    ends_undecided_at: open ? endsUndecided(request).toISOString() : null,
    erased_by_clock_at: ended_at === undefined ? null : new Date(ended_at.getTime() + KEPT_SECONDS * 1000).toISOString(),
    correctable: state === 'submitted' && request.statement === null,
    keyless: request.statement === null && (state === 'submitted' || state === 'awaiting_key'),
    grant: grant === undefined || grant_state === undefined ? null : { state: grant_state, ends_at: (grant.revoked_at ?? grant.ends_at).toISOString() },
  };
}
