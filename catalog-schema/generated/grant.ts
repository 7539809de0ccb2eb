// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { ConsumerId, DatasetId, GrantId, ProducerId } from '../ids.ts';
import type { Digest, Epoch, Instant } from './primitives.ts';

/**
 * the last epoch the grant opens, or null for no limit
 */
export type EpochTo = null | Epoch;

/**
 * The outcome of an approval: payload of a grant+jws statement.
 */
export interface Grant {
  /**
   * the number 1
   */
  v: 1;
  grant_id: GrantId;
  request_sha256: Digest;
  producer_id: ProducerId;
  dataset_id: DatasetId;
  consumer_id: ConsumerId;
  starts_at: Instant;
  ends_at: Instant;
  epoch_from: Epoch;
  epoch_to: EpochTo;
  /**
   * true when older epochs may be opened too, else false
   */
  history: boolean;
  iat: Instant;
}
