import type { BigInteger, Bytes, NullableTimestamp, Timestamp } from './columns.ts';

export interface PasskeyTable {
  /** base64url, as the authenticator chose it. */
  credential_id: string;
  member_id: string;
  name: string;
  /** COSE_Key (RFC 9052 §7). */
  public_key: Bytes;
  counter: BigInteger;
  transports: string[];
  created_at: Timestamp;
  last_used_at: NullableTimestamp;
}

export interface PasskeyChallengeTable {
  challenge: string;
  purpose: 'register' | 'confirm' | 'sign_in';
  /** Hash of the session, or of the mark of a browser that signs in. */
  bound_to: string;
  expires_at: Timestamp;
}

export interface DecisionAlarmTable {
  token_hash: string;
  request_id: string;
  /** The officer to whom this link was mailed. */
  member_id: string;
  decision: 'approved' | 'in_principle' | 'refused' | 'revoked' | 'proposed_approval' | 'proposed_refusal';
  /** Name of who decided, as the mail says it. */
  decided_by: string;
  decided_at: Timestamp;
  expires_at: Timestamp;
  used_at: NullableTimestamp;
}
