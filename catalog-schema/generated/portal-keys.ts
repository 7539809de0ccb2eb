// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { AgeRecipient, Digest, Instant, Line, SigningJwk } from './primitives.ts';

/**
 * the digest of the payload of the version before, or null at version 1
 */
export type PreviousKeySet = null | Digest;

/**
 * one signing key of a portal with its one role
 */
export interface PortalKey {
  jwk: SigningJwk;
  /**
   * exactly one role out of root, log, decision, broker
   *
   * @minItems 1
   * @maxItems 1
   *
   * Items: one of root, log, decision, broker
   */
  roles: ('root' | 'log' | 'decision' | 'broker')[];
  not_before?: Instant;
  not_after?: Instant;
}

/**
 * The keys of a portal at one version: payload of a portal-keys+jws statement, pinned by every node.
 */
export interface PortalKeySet {
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
   * the origin of the portal's log, like data.example.org/log: no scheme, no space
   */
  origin: string;
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
  keys: PortalKey[];
  broker_recipient: AgeRecipient;
  /**
   * the verifier keys of the witnesses, at most 100
   *
   * @maxItems 100
   *
   * Items: a signed-note verifier key: name+hash+key
   */
  witnesses: string[];
}
