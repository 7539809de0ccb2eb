// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { AgeRecipient, Digest, Instant, Line, SigningJwk } from './primitives.ts';

/**
 * the digest of the payload of the version before, or null at version 1
 */
export type PreviousKeySet = null | Digest;

/**
 * one signing key of a producer with its one role
 */
export interface ProducerKey {
  jwk: SigningJwk;
  /**
   * exactly one role out of root, recovery, manifest, decide, release, api
   *
   * @minItems 1
   * @maxItems 1
   *
   * Items: one of root, recovery, manifest, decide, release, api
   */
  roles: ('root' | 'recovery' | 'manifest' | 'decide' | 'release' | 'api')[];
  not_before?: Instant;
  not_after?: Instant;
}

/**
 * The keys of a producer at one version: payload of a producer-keys+jws statement; version 1 names the producer for ever.
 */
export interface ProducerKeySet {
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
   * a domain name in lower case that publishes the producer's identifier
   */
  domain?: string;
  /**
   * how many root keys must sign: a whole number from 1 to 20
   */
  threshold: number;
  expires_at: Instant;
  /**
   * the keys, 1 to 100
   *
   * @minItems 1
   * @maxItems 100
   */
  keys: ProducerKey[];
  recovery_recipient: AgeRecipient;
  intake_recipient: AgeRecipient;
}
