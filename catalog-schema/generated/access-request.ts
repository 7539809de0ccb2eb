// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { ConsumerId, DatasetId, ProducerId, RequestId } from '../ids.ts';
import type { ArmoredKey } from './consumer-keys.ts';
import type { AgeRecipient, DeliveryJwk, Digest, Fingerprint, Instant } from './primitives.ts';

/**
 * an age recipient, with the fingerprint a person compares
 */
export interface RequestedAgeDelivery {
  form: 'age';
  key: AgeRecipient;
  fingerprint: Fingerprint;
}

/**
 * an OpenPGP public key, with the fingerprint a person compares
 */
export interface RequestedOpenpgpDelivery {
  form: 'openpgp';
  key: ArmoredKey;
  fingerprint: Fingerprint;
}

/**
 * a public key for JWE, with the fingerprint a person compares
 */
export interface RequestedJweDelivery {
  form: 'jwe';
  key: DeliveryJwk;
  fingerprint: Fingerprint;
}

/**
 * a delivery key of this request: form age, openpgp or jwe
 */
export type RequestedDelivery = RequestedAgeDelivery | RequestedOpenpgpDelivery | RequestedJweDelivery;

/**
 * the digest of the offer the consumer saw, or null when the dataset has none
 */
export type OfferDigest = null | Digest;

/**
 * Who wants which dataset for which purpose: payload of an access-request+jws statement.
 */
export interface AccessRequestPayload {
  /**
   * the number 1
   */
  v: 1;
  request_id: RequestId;
  /**
   * the origin of the portal the request was made on, like https://data.example.org
   */
  origin: string;
  producer_id: ProducerId;
  dataset_id: DatasetId;
  consumer_id: ConsumerId;
  /**
   * the delivery keys of this request, 1 to 50
   *
   * @minItems 1
   * @maxItems 50
   */
  delivery: RequestedDelivery[];
  purpose_sha256: Digest;
  offer_sha256: OfferDigest;
  iat: Instant;
  exp: Instant;
}
