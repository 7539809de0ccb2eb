// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { DatasetId, ProducerId } from '../ids.ts';
import type { AgeRecipient, Digest, Epoch } from './primitives.ts';

/**
 * A content key was sealed to the broker: payload of a key-deposit+jws statement.
 */
export interface KeyDeposit {
  /**
   * the number 1
   */
  v: 1;
  producer_id: ProducerId;
  dataset_id: DatasetId;
  epoch: Epoch;
  recipient: AgeRecipient;
  deposit_sha256: Digest;
}
