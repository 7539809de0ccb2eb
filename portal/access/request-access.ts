import { isUniqueViolation } from '../db/database.ts';
import { PortalError } from '../errors.ts';
import { parseEmail } from '../parties/email-address.ts';
import { hashCode, hashSecret, newCode, newToken, showCode } from '../parties/one-time-secret.ts';
import { takeFromRateLimit } from '../parties/take-from-rate-limit.ts';
import { requireMay } from '../policy.ts';
import type { Caller, Db, Portal } from '../portal.ts';
import { confirmRequestMail } from './access-mails.ts';
import { getAskableDataset, type AskableDataset } from './askable-dataset-store.ts';
import { checkRequestFits, readRequestStatement, type SignedRequest } from './read-request-statement.ts';
import { findRequest, getConsumerFingerprint, getRequest, hasOpenRequestByEmail, insertRequest, setConfirmation, deleteDrafts, type NewRequest, type RequestState } from './request-store.ts';
import { announceRequest } from './announce-request.ts';
import { tellAsker } from './tell-people.ts';

/** Who asks, so that the producer can answer. */
export interface RequestContact {
  name: string;
  /** Ignored for a signed-in member, whose address is known. */
  email: string;
  organisation?: string;
}

/**
 * A request as its asker words it: signed (by a consumer's call), or for a dataset only, to be signed once approved in principle.
 * `address`: where the call came from, shortened, for the limits.
 */
export type RequestToMake = { purpose: string; contact: RequestContact; language: string; address?: string } & ({ request: unknown } | { dataset_id: string });

/** A request as made. `fingerprint` is null as long as it has no key. */
export interface MadeRequest {
  request_id: string;
  dataset_id: string;
  state: RequestState;
  fingerprint: string | null;
}

/** How long the link and the code of the confirmation mail work. */
export const CONFIRM_MINUTES = 15;
const CODE_LENGTH = 8;
const HOUR = 3600;

/**
 * Asks for access to a restricted dataset: with a signed request as a consumer, without a key as a member or as nobody in particular.
 * It is a draft of which the producer hears nothing until the address is confirmed by mail; a member's is known, so theirs is
 * submitted at once. A signed draft sent again gets a fresh mail. Refuses with `not_found`, `conflict` (`dataset_open`, `offer_changed`,
 * `request_pending`, `request_id_taken`…), `bad_evidence`, `schema`, `too_many_requests`.
 */
export async function requestAccess(portal: Portal, caller: Caller, input: RequestToMake): Promise<MadeRequest> {
  requireMay(caller, 'ask_access');
  const email = caller.kind === 'member' ? caller.email : parseEmail(input.contact.email, '/contact/email');
  if ('request' in input) {
    if (caller.kind !== 'consumer') throw new PortalError('unauthenticated', 'Sign this call with an identity key of a registered consumer.');
    return requestSigned(portal, caller.consumer_id, await readRequestStatement(portal, caller.consumer_id, input.request), { ...input, email });
  }
  if (caller.kind === 'consumer') throw new PortalError('bad_request', 'Send the signed request.', { reason: 'request_missing' });
  return requestUnsigned(portal, caller, input.dataset_id, { ...input, email });
}

type Asker = { purpose: string; contact: RequestContact; language: string; email: string; address?: string };

async function requestSigned(portal: Portal, consumer_id: string, signed: SignedRequest, asker: Asker): Promise<MadeRequest> {
  const { request_id, dataset_id } = signed.payload;
  const dataset = await getAskableDataset(portal.db, dataset_id);
  const known = await findRequest(portal.db, request_id);
  if (known !== undefined) {
    if (known.consumer_id !== consumer_id || known.request_digest !== signed.digest) throw new PortalError('conflict', 'Another request has this id. Make a new one.', { reason: 'request_id_taken' });
    if (known.state === 'draft') {
      await limitMails(portal, { ...asker, email: known.contact_email, consumer_id });
      await portal.db.transaction().execute((trx) => sendConfirmation(trx, portal, request_id, dataset));
    }
    return { request_id, dataset_id, state: known.state, fingerprint: known.fingerprint };
  }
  await checkRequestFits(portal, signed, { dataset, purpose: asker.purpose });
  await limitMails(portal, { ...asker, consumer_id });
  const fingerprint = await getConsumerFingerprint(portal.db, consumer_id);
  const request = { ...newRequest(dataset, asker), request_id, consumer_id, statement: JSON.stringify(signed.statement), request_digest: signed.digest, fingerprint };
  await portal.db
    .transaction()
    .execute(async (trx) => {
      await deleteDrafts(trx, { consumer_id, dataset_id });
      await insertRequest(trx, request, portal.clock.now());
      await sendConfirmation(trx, portal, request_id, dataset);
    })
    .catch((cause: unknown) => {
      if (isUniqueViolation(cause, 'access_request_live')) throw requestPending(cause);
      if (isUniqueViolation(cause)) throw new PortalError('conflict', 'Another request has this id. Make a new one.', { reason: 'request_id_taken', cause });
      throw cause;
    });
  return { request_id, dataset_id, state: 'draft', fingerprint };
}

async function requestUnsigned(portal: Portal, caller: Caller, dataset_id: string, asker: Asker): Promise<MadeRequest> {
  const dataset = await getAskableDataset(portal.db, dataset_id);
  const request_id = portal.newUuid();
  const member_id = caller.kind === 'member' ? caller.member_id : null;
  // A stranger is not told whether an address has asked before: their draft just gets its mail.
  if (member_id !== null && (await hasOpenRequestByEmail(portal.db, { dataset_id, email: asker.email }))) throw requestPending();
  const state = member_id === null ? ('draft' as const) : ('submitted' as const);
  if (member_id === null) await limitMails(portal, asker);
  else await takeFromRateLimit(portal, { bucket: `access-request-member:${member_id}`, limit: 10, window_seconds: HOUR });
  await portal.db.transaction().execute(async (trx) => {
    await insertRequest(trx, { ...newRequest(dataset, asker), request_id, member_id, state }, portal.clock.now());
    if (state === 'draft') await sendConfirmation(trx, portal, request_id, dataset);
    else await announceRequest(trx, portal, await getRequest(trx, request_id));
  });
  return { request_id, dataset_id, state, fingerprint: null };
}

// Anybody may have a mail sent to any address by asking in its name: so many by one consumer, from one place and to one address. A
// member's address is known, nothing is mailed to it, and no stranger can use up what a member may ask.
async function limitMails(portal: Portal, o: { email: string; consumer_id?: string; address?: string }): Promise<void> {
  if (o.address !== undefined) await takeFromRateLimit(portal, { bucket: `access-request-address:${o.address}`, limit: 60, window_seconds: HOUR });
  if (o.consumer_id !== undefined) await takeFromRateLimit(portal, { bucket: `access-request-consumer:${o.consumer_id}`, limit: 10, window_seconds: HOUR });
  const to = hashSecret('limit', o.email);
  await takeFromRateLimit(portal, { bucket: `access-request-to:${to}`, limit: 10, window_seconds: HOUR });
  await takeFromRateLimit(portal, { bucket: `access-request-to-a-day:${to}`, limit: 20, window_seconds: 24 * HOUR });
}

function newRequest(dataset: AskableDataset, asker: Asker): Omit<NewRequest, 'request_id'> {
  return {
    dataset_id: dataset.dataset_id,
    producer_id: dataset.producer_id,
    consumer_id: null,
    member_id: null,
    statement: null,
    request_digest: null,
    fingerprint: null,
    state: 'draft',
    purpose: asker.purpose,
    contact_name: asker.contact.name,
    contact_email: asker.email,
    organisation: asker.contact.organisation ?? '',
    language: asker.language,
  };
}

async function sendConfirmation(trx: Db, portal: Portal, request_id: string, dataset: AskableDataset): Promise<void> {
  const token = newToken(portal.random);
  const code = newCode(portal.random, CODE_LENGTH);
  await setConfirmation(trx, request_id, {
    confirm_token_hash: hashSecret('access-request-token', token),
    confirm_code_hash: hashCode(portal.keys.code_key, { purpose: 'access-request-code', row: request_id, code }),
    confirm_expires_at: new Date(portal.clock.now().getTime() + CONFIRM_MINUTES * 60_000),
  });
  await tellAsker(trx, portal, await getRequest(trx, request_id), dataset, (subject) => confirmRequestMail(portal, { ...subject, token, code: showCode(code), minutes: CONFIRM_MINUTES }));
}

function requestPending(cause?: unknown): PortalError {
  return new PortalError('conflict', 'You have asked for this dataset already. Wait for the answer, or withdraw that request.', { reason: 'request_pending', cause });
}
