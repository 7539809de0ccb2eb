// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { GrantId, ProducerId } from '../ids.ts';
import type { Digest, Instant } from './primitives.ts';

/**
 * The end of a grant before its time: payload of a revocation+jws statement.
 */
export interface Revocation {
  /**
   * the number 1
   */
  v: 1;
  grant_id: GrantId;
  grant_sha256: Digest;
  producer_id: ProducerId;
  /**
   * why, in 1 to 2000 characters, without naming a person
   */
  reason: string;
  at: Instant;
}
