import type { ColumnType, Generated } from 'kysely';
import type { BigInteger, Bytes, Nullable, NullableBigInteger, NullableTimestamp, Timestamp } from './columns.ts';

/** How it was made sure whose key signed a request: a person compared the digits, their organisation vouched, or a rule took it unseen. */
export type KeyConfirmation = 'person' | 'organisation' | 'first_use';

export interface AccessRequestTable {
  request_id: string;
  dataset_id: string;
  producer_id: string;
  consumer_id: Nullable<string>;
  member_id: Nullable<string>;
  statement: Nullable<string>;
  request_digest: Nullable<string>;
  fingerprint: Nullable<string>;
  state: 'draft' | 'submitted' | 'awaiting_key' | 'approved' | 'active' | 'refused' | 'withdrawn' | 'expired';
  purpose: string;
  contact_name: string;
  contact_email: string;
  organisation: Generated<string>;
  language: Generated<string>;
  confirm_token_hash: Nullable<string>;
  confirm_code_hash: Nullable<string>;
  confirm_attempts: Generated<number>;
  confirm_expires_at: NullableTimestamp;
  /** When the asker's address was known to be theirs; null for drafts, and for them only. */
  confirmed_at: NullableTimestamp;
  decided_at: NullableTimestamp;
  decided_by: Nullable<string>;
  decision_note: Nullable<string>;
  key_confirmation: ColumnType<KeyConfirmation | null, (KeyConfirmation | null) | undefined, KeyConfirmation | null>;
  approved_ends_at: NullableTimestamp;
  act_id: NullableBigInteger;
  /** When name, address, organisation and purpose were erased; the row stays for the grant that rests on it. */
  erased_at: NullableTimestamp;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface AccessProposalTable {
  request_id: string;
  decision: 'approve' | 'refuse';
  ends_at: NullableTimestamp;
  note: Nullable<string>;
  /** The digits that stood on the page when the officer clicked. */
  fingerprint: Nullable<string>;
  member_id: string;
  created_at: Timestamp;
}

export interface AccessGrantTable {
  grant_id: string;
  request_id: string;
  dataset_id: string;
  producer_id: string;
  consumer_id: string;
  statement: string;
  digest: string;
  starts_at: Timestamp;
  ends_at: Timestamp;
  epoch_from: number;
  epoch_to: Nullable<number>;
  history: boolean;
  state: 'active' | 'suspended' | 'revoked' | 'expired';
  /** Set exactly while it is suspended. */
  suspended_at: NullableTimestamp;
  revoked_at: NullableTimestamp;
  revocation: Nullable<string>;
  act_id: BigInteger;
  end_act_id: NullableBigInteger;
  created_at: Timestamp;
}

export interface ReleaseJobTable {
  grant_id: string;
  epoch: number;
  state: 'waiting' | 'done' | 'refused';
  attempts: Generated<number>;
  next_attempt_at: Timestamp;
  last_error: Nullable<string>;
  /** Goes up when the same is asked again for other delivery keys. */
  round: Generated<number>;
  created_at: Timestamp;
}

export interface BrokerSealedPackageTable {
  grant_id: string;
  epoch: number;
  delivery_fingerprint: string;
  form: string;
  package: Bytes;
  statement: Nullable<string>;
  act_id: NullableBigInteger;
  created_at: Timestamp;
}

export interface BrokerCheckpointSeenTable {
  one: Generated<boolean>;
  size: BigInteger;
  root: Bytes;
  note: string;
}

export interface KeyPackageTable {
  grant_id: string;
  epoch: number;
  delivery_fingerprint: string;
  form: 'age' | 'openpgp' | 'jwe';
  package: Bytes;
  statement: string;
  act_id: BigInteger;
  released_at: Timestamp;
}

export interface NodePackageTable extends KeyPackageTable {
  /** Digest of the release statement. */
  digest: string;
}
