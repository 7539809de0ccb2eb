import { type Kysely, sql } from 'kysely';

/** Passkeys of members, their challenges, the last step-up of a session, and links that suspend what a decision opened. */
const statements = [
  `CREATE TABLE passkey (
     credential_id text PRIMARY KEY,
     member_id uuid NOT NULL REFERENCES member ON DELETE CASCADE,
     name text NOT NULL,
     public_key bytea NOT NULL,
     counter bigint NOT NULL,
     transports text[] NOT NULL,
     created_at timestamptz NOT NULL,
     last_used_at timestamptz)`,
  `CREATE INDEX passkey_member ON passkey (member_id)`,
  // Spent by deleting the row: of two answers to one challenge, one finds it.
  `CREATE TABLE passkey_challenge (
     challenge text PRIMARY KEY,
     purpose text NOT NULL CHECK (purpose IN ('register','confirm','sign_in')),
     bound_to text NOT NULL,
     expires_at timestamptz NOT NULL)`,
  `CREATE INDEX passkey_challenge_expiry ON passkey_challenge (expires_at)`,
  `ALTER TABLE session ADD COLUMN stepped_up_at timestamptz`,

  `CREATE TABLE decision_alarm (
     token_hash text PRIMARY KEY,
     request_id uuid NOT NULL REFERENCES access_request ON DELETE CASCADE,
     member_id uuid NOT NULL REFERENCES member ON DELETE CASCADE,
     decision text NOT NULL CHECK (decision IN ('approved','in_principle','refused','revoked','proposed_approval','proposed_refusal')),
     decided_by text NOT NULL,
     decided_at timestamptz NOT NULL,
     expires_at timestamptz NOT NULL,
     used_at timestamptz)`,
  `CREATE INDEX decision_alarm_request ON decision_alarm (request_id)`,
  `ALTER TABLE access_grant DROP CONSTRAINT access_grant_state_check`,
  `ALTER TABLE access_grant ADD CONSTRAINT access_grant_state_check CHECK (state IN ('active','suspended','revoked','expired'))`,
  `ALTER TABLE access_grant ADD COLUMN suspended_at timestamptz`,
  `ALTER TABLE access_grant ADD CONSTRAINT access_grant_suspended_check CHECK ((state = 'suspended') = (suspended_at IS NOT NULL))`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
