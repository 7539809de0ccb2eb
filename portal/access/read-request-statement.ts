import { type AccessRequestPayload, parseAccessRequest, parseConsumerKeySet } from '#catalog-schema';
import { deliveryFingerprint, digestOf, readUnverifiedPayload, parseStatement, type Statement, utf8, type VerifiedStatement, verifyStatement } from '#crypto';
import { PortalError } from '../errors.ts';
import { findKeysInForce, listKeySets } from '../parties/key-store.ts';
import type { Portal } from '../portal.ts';
import type { AskableDataset } from './askable-dataset-store.ts';

/** A request whose signature and shape hold. */
export interface SignedRequest {
  statement: Statement;
  payload: AccessRequestPayload;
  digest: string;
}

const CLOCK_SKEW_MS = 10 * 60 * 1000;
/** A signed request may be decided for at most this long. */
const LIFETIME_MAX_MS = 366 * 24 * 3600 * 1000;

/**
 * The signed request of a consumer: signed by one of their identity keys in force now, exactly a request, theirs. Refuses with the
 * codes of statements, `schema`, `bad_evidence` (`consumer_mismatch`).
 */
export async function readRequestStatement(portal: Portal, consumer_id: string, value: unknown): Promise<SignedRequest> {
  const statement = parseStatement(value);
  const keys = await findKeysInForce(portal.db, 'consumer', consumer_id, 'identity', portal.clock.now());
  const verified: VerifiedStatement = verifyStatement(statement, { typ: 'access-request+jws', keyFor: (kid) => keys.get(kid) });
  const payload = parseAccessRequest(verified.payload);
  if (payload.consumer_id !== consumer_id) throw mismatch('consumer_mismatch', 'This request is of another consumer than the one who sends it.');
  return { statement, payload, digest: verified.digest };
}

/**
 * Whether a signed request fits what it stands beside: this portal, this dataset as it is now, these words of purpose, delivery keys
 * of the consumer's newest key set. Refuses with `bad_evidence`: `origin_mismatch`, `dataset_mismatch`, `producer_mismatch`,
 * `purpose_mismatch`, `delivery_mismatch`, `issued_in_future`, `lifetime_too_long`; `expired`; `conflict` (`offer_changed`).
 */
export async function checkRequestFits(portal: Portal, { payload }: SignedRequest, o: { dataset: AskableDataset; purpose: string }): Promise<void> {
  const { dataset, purpose } = o;
  const now = portal.clock.now().getTime();
  if (payload.origin !== portal.config.public_origin) throw mismatch('origin_mismatch', `This request was made for ${payload.origin}.`);
  if (payload.dataset_id !== dataset.dataset_id) throw mismatch('dataset_mismatch', 'This request is for another dataset.');
  if (payload.producer_id !== dataset.producer_id) throw mismatch('producer_mismatch', 'This request names another producer than the dataset has.');
  if (payload.purpose_sha256 !== digestOf(utf8(purpose))) throw mismatch('purpose_mismatch', 'The signed purpose is another text than the one given.');
  const issued = Date.parse(payload.iat);
  const expires = Date.parse(payload.exp);
  if (issued > now + CLOCK_SKEW_MS) throw mismatch('issued_in_future', `This request was signed in the future (${payload.iat}). Check the clock.`);
  if (expires - issued > LIFETIME_MAX_MS) throw mismatch('lifetime_too_long', 'A request stands for at most a year.');
  if (expires <= now) throw new PortalError('expired', 'This request has expired. Sign a new one.', { reason: 'request_expired' });
  if (payload.offer_sha256 !== dataset.head_digest) {
    throw new PortalError('conflict', 'The dataset has changed since this request was signed. Read it again, then sign again.', { reason: 'offer_changed' });
  }
  await checkDelivery(portal, payload);
}

async function checkDelivery(portal: Portal, payload: AccessRequestPayload): Promise<void> {
  const newest = (await listKeySets(portal.db, 'consumer', payload.consumer_id)).at(-1);
  const registered = newest === undefined ? [] : parseConsumerKeySet(readUnverifiedPayload(newest.statement)).delivery.map(deliveryFingerprint);
  for (const delivery of payload.delivery) {
    if (delivery.fingerprint !== deliveryFingerprint(delivery)) throw mismatch('delivery_mismatch', 'The fingerprint of a delivery key is not that of the key.');
    if (!registered.includes(delivery.fingerprint)) throw mismatch('delivery_mismatch', 'A delivery key is not in the consumer\'s newest key set. Register it first.');
  }
}

function mismatch(reason: string, detail: string): PortalError {
  return new PortalError('bad_evidence', detail, { reason });
}
