// Generated from the JSON Schemas by generate-types; change the schema and run it again.
import type { DatasetId } from '../ids.ts';
import type { Digest, Instant } from './primitives.ts';

/**
 * One entry of the portal's public log; its canonical JSON is the leaf. `subject` is the digest of a public statement, or a blinded digest (HMAC-SHA-256 under a fresh key) of anything else; `actor` is always blinded.
 */
export interface Act {
  /**
   * the number 1
   */
  v: 1;
  /**
   * the type of the act, like manifest.publish
   */
  type:
    | 'producer.keys'
    | 'producer.succeeds'
    | 'producer.objects'
    | 'portal.keys'
    | 'consumer.keys'
    | 'manifest.publish'
    | 'manifest.withdraw'
    | 'manifest.erase'
    | 'heads'
    | 'request'
    | 'grant'
    | 'refusal'
    | 'revocation'
    | 'expiry'
    | 'key.deposit'
    | 'key.release'
    | 'operator.act'
    | 'ui.release';
  at: Instant;
  dataset_id?: DatasetId;
  /**
   * the version of the dataset: a whole number from 1
   */
  version?: number;
  subject: Digest;
  actor?: Digest;
}
