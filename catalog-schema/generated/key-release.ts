// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { DatasetId, GrantId } from '../ids.ts';
import type { AgeRecipient, Digest, Epoch, Fingerprint, Instant, Kid } from './primitives.ts';

/**
 * A key package was made: payload of a key-release+jws statement, in the log before the package leaves.
 */
export interface KeyRelease {
  /**
   * the number 1
   */
  v: 1;
  grant_id: GrantId;
  dataset_id: DatasetId;
  epoch: Epoch;
  content_recipient: AgeRecipient;
  consumer_kid: Kid;
  delivery_fingerprint: Fingerprint;
  package_sha256: Digest;
  iat: Instant;
}
