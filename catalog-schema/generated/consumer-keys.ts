// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { AgeRecipient, DeliveryJwk, Digest, Instant, Kid, Line, SigningJwk } from './primitives.ts';

/**
 * the digest of the payload of the version before, or null at version 1
 */
export type PreviousKeySet = null | Digest;

/**
 * one signing key of a consumer with its one role; `name` and `scopes` are for applications only
 */
export interface ConsumerKey {
  jwk: SigningJwk;
  /**
   * exactly one role out of identity, application
   *
   * @minItems 1
   * @maxItems 1
   *
   * Items: one of identity, application
   */
  roles: ('identity' | 'application')[];
  not_before?: Instant;
  not_after?: Instant;
  name?: Line;
  /**
   * what an application may do, each once
   *
   * @minItems 1
   * @maxItems 16
   */
  scopes?: Scope[];
}

/**
 * something that an application or a token may do: read the catalogue and open data, read what was asked and granted, fetch what opens granted data
 */
export type Scope = 'catalogue:read' | 'grants:read' | 'packages:read';

/**
 * an age recipient; `name` is what its owner calls it, `device` the identity key of the device that holds it, `not_after` its end
 */
export interface AgeDelivery {
  form: 'age';
  key: AgeRecipient;
  name?: Line;
  device?: Kid;
  not_after?: Instant;
}

/**
 * a bare OpenPGP public key, without user ids; `not_after` is the end that its owner gave it
 */
export interface OpenpgpDelivery {
  form: 'openpgp';
  key: ArmoredKey;
  name?: Line;
  device?: Kid;
  not_after?: Instant;
}

/**
 * a public key for JWE
 */
export interface JweDelivery {
  form: 'jwe';
  key: DeliveryJwk;
  name?: Line;
  device?: Kid;
  not_after?: Instant;
}

/**
 * an armored OpenPGP public key, at most 65536 characters
 */
export type ArmoredKey = string;

/**
 * a key that key packages may be sealed to: form age, openpgp or jwe
 */
export type Delivery = AgeDelivery | OpenpgpDelivery | JweDelivery;

/**
 * The keys of a consumer at one version: payload of a consumer-keys+jws statement; version 1 names the consumer for ever.
 */
export interface ConsumerKeySet {
  /**
   * the number 1
   */
  v: 1;
  /**
   * the version of the key set: a whole number from 1
   */
  version: number;
  prev: PreviousKeySet;
  name: Line;
  /**
   * the number 1
   */
  threshold: 1;
  expires_at: Instant;
  /**
   * the keys, 1 to 100
   *
   * @minItems 1
   * @maxItems 100
   */
  keys: ConsumerKey[];
  /**
   * the delivery keys, 1 to 50
   *
   * @minItems 1
   * @maxItems 50
   */
  delivery: Delivery[];
}
