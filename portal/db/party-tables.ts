import type { Generated } from 'kysely';
import type { Json, Nullable, NullableBigInteger, NullableTimestamp, Timestamp } from './columns.ts';

export interface InvitationTable {
  invitation_id: string;
  name: string;
  officer_email: string;
  officer_name: Generated<string>;
  producer_id: Nullable<string>;
  code_locator: Nullable<string>;
  code_hash: Nullable<string>;
  code_expires_at: NullableTimestamp;
  attempts: Generated<number>;
  used_at: NullableTimestamp;
  created_at: Timestamp;
}

export interface ProducerTable {
  producer_id: string;
  name: string;
  domain: Nullable<string>;
  state: 'pending' | 'active' | 'suspended' | 'refused';
  created_at: Timestamp;
}

export interface EnrolmentTable {
  enrolment_id: string;
  invitation_id: string;
  producer_id: string;
  node_kid: string;
  fingerprint: string;
  state: 'pending' | 'active' | 'refused';
  created_at: Timestamp;
  decided_at: NullableTimestamp;
  decided_by: Nullable<string>;
}

export interface PartyKeySetTable {
  party_type: 'producer' | 'consumer' | 'portal';
  party_id: string;
  version: number;
  digest: string;
  statement: string;
  act_id: NullableBigInteger;
  created_at: Timestamp;
}

export interface PartyKeyTable {
  party_type: string;
  party_id: string;
  kid: string;
  roles: string[];
  jwk: Json;
  not_before: NullableTimestamp;
  not_after: NullableTimestamp;
  retired_at: NullableTimestamp;
  /** Of an application: what its owner calls it, what it may do, and when its owner stopped it from a page. */
  name: Generated<string>;
  scopes: Generated<string[]>;
  stopped_at: NullableTimestamp;
}

export interface ApplicationUseTable {
  kid: string;
  day: string;
  calls: number;
  last_call_at: Timestamp;
}

export interface NodeTable {
  kid: string;
  last_seen_at: Timestamp;
  version: Nullable<string>;
}

export interface ConsumerTable {
  consumer_id: string;
  name: string;
  member_id: Nullable<string>;
  fingerprint: string;
  state: 'active' | 'suspended';
  created_at: Timestamp;
}

export interface MemberTable {
  member_id: string;
  email: string;
  name: Generated<string>;
  language: Generated<string>;
  created_at: Timestamp;
}

export interface MemberRoleTable {
  member_id: string;
  role: 'operator' | 'officer';
  producer_id: Generated<string>;
  created_at: Timestamp;
}

export interface SignInTable {
  token_hash: string;
  email: string;
  code_hash: string;
  browser_hash: string;
  language: string;
  next_path: Generated<string>;
  attempts: Generated<number>;
  expires_at: Timestamp;
  used_at: NullableTimestamp;
}

export interface SessionTable {
  session_hash: string;
  member_id: string;
  csrf_token: string;
  created_at: Timestamp;
  seen_at: Timestamp;
  expires_at: Timestamp;
  /** When the person last answered with a passkey in this session. */
  stepped_up_at: NullableTimestamp;
}

export interface MailTable {
  mail_id: string;
  /** The request that it is about, with which it is deleted. */
  request_id: Nullable<string>;
  to_email: string;
  subject: string;
  text_body: string;
  state: 'waiting' | 'sent' | 'failed';
  attempts: Generated<number>;
  next_attempt_at: Timestamp;
  sent_at: NullableTimestamp;
  last_error: Nullable<string>;
  created_at: Timestamp;
}

export interface HttpNonceTable {
  kid: string;
  nonce: string;
  expires_at: Timestamp;
}

export interface RateLimitTable {
  bucket: string;
  window_start: Timestamp;
  count: number;
}
