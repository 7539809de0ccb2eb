// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { ProducerId } from '../ids.ts';
import type { Digest, Instant } from './primitives.ts';

/**
 * The newest versions of all datasets of a producer: payload of a producer-heads+jws statement, renewed every day.
 */
export interface Heads {
  /**
   * the number 1
   */
  v: 1;
  producer_id: ProducerId;
  /**
   * the number of this statement: a whole number from 1
   */
  seq: number;
  issued_at: Instant;
  expires_at: Instant;
  /**
   * how many datasets the tree holds: a whole number from 0
   */
  count: number;
  root: Digest;
}
