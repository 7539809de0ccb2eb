import { type AccessRequestPayload, deliveryInForce, parseAccessRequest, parseDatasetId, parseRequestId } from '#catalog-schema';
import { deliveryFingerprint, digestOf, signStatement, type Statement, utf8 } from '#crypto';
import type { ConsumerKeys } from '../home/consumer-keys.ts';
import type { VerifiedVersion } from '../evidence/fetch-evidence.ts';
import { ClientError } from '../errors.ts';
import { readId, readObject, readOptionalText, readText, readWord } from '../wire/answer.ts';

/** The states of a request, in the order in which they come. */
export const REQUEST_STATES = ['draft', 'submitted', 'awaiting_key', 'approved', 'active', 'refused', 'withdrawn', 'expired'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** A request as the portal lists it. */
export interface AccessRequest {
  request_id: string;
  dataset_id: string;
  title: string;
  state: RequestState;
  created_at: string;
  decided_at: string | null;
  decision_note: string | null;
}

/** Days during which a signed request may be approved. */
const LIFETIME_DAYS = 180;

/** The gate for a request of the portal's list. */
export function readAccessRequest(value: unknown): AccessRequest {
  const object = readObject(value, 'an access request');
  return {
    request_id: readId(object, 'request_id', parseRequestId),
    dataset_id: readId(object, 'dataset_id', parseDatasetId),
    title: readText(object, 'title'),
    state: readWord(object, 'state', REQUEST_STATES),
    created_at: readText(object, 'created_at'),
    decided_at: readOptionalText(object, 'decided_at'),
    decision_note: readOptionalText(object, 'decision_note'),
  };
}

/** Signs the consumer's request for a verified version of a restricted dataset; refuses an open one with `bad_input`. */
export function signAccessRequest(o: { request_id: string; purpose: string; dataset: VerifiedVersion; keys: ConsumerKeys; now: Date }): Statement {
  const { manifest, digest } = o.dataset.verdict;
  if (manifest.access !== 'restricted') {
    throw new ClientError('bad_input', 'This dataset is open: there is nothing to ask for, get it.', { reason: 'open_dataset', facts: { value: manifest.dataset_id } });
  }
  const payload: AccessRequestPayload = parseAccessRequest({
    v: 1,
    request_id: o.request_id,
    origin: o.dataset.portal.public_origin,
    producer_id: manifest.producer_id,
    dataset_id: manifest.dataset_id,
    consumer_id: o.keys.consumer_id,
    delivery: deliveryInForce(o.keys.newest, o.now).map((delivery) => ({ form: delivery.form, key: delivery.key, fingerprint: deliveryFingerprint(delivery) })),
    purpose_sha256: digestOf(utf8(o.purpose)),
    offer_sha256: digest,
    iat: o.now.toISOString(),
    exp: new Date(o.now.getTime() + LIFETIME_DAYS * 86_400_000).toISOString(),
  });
  return signStatement('access-request+jws', payload, [o.keys.signing_key]);
}
