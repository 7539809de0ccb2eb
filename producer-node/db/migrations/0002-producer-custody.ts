import { type Kysely, sql } from 'kysely';

const statements = [
  // In custody producer there is no deposit: the second copy is sealed to the node itself, whose identity is a file and in no column.
  `ALTER TABLE content_key
     ADD COLUMN custody text NOT NULL DEFAULT 'portal' CHECK (custody IN ('portal','producer')),
     ADD COLUMN sealed_here bytea,
     ALTER COLUMN deposit DROP NOT NULL,
     ALTER COLUMN deposit_statement DROP NOT NULL`,
  `ALTER TABLE content_key ADD CONSTRAINT content_key_copies CHECK (
     CASE custody WHEN 'portal' THEN deposit IS NOT NULL AND deposit_statement IS NOT NULL AND sealed_here IS NULL
                  ELSE deposit IS NULL AND deposit_statement IS NULL AND sealed_here IS NOT NULL END)`,
  // Whose keys this node seals to. changed_key_sets: a chain that is not the pinned one with devices added, until somebody confirms it.
  `CREATE TABLE consumer (
     producer_id text NOT NULL REFERENCES producer,
     consumer_id text NOT NULL,
     name text NOT NULL,
     key_sets jsonb NOT NULL,
     confirmation text NOT NULL CHECK (confirmation IN ('person','organisation','first_use')),
     vouched_by text,
     changed_key_sets jsonb,
     changed_why text,
     pinned_at timestamptz NOT NULL,
     confirmed_at timestamptz NOT NULL,
     PRIMARY KEY (producer_id, consumer_id))`,
  `CREATE TABLE access_rule (
     rule_id uuid PRIMARY KEY,
     producer_id text NOT NULL REFERENCES producer,
     dataset_id uuid,
     mail_domain text,
     days int NOT NULL,
     first_use boolean NOT NULL,
     created_at timestamptz NOT NULL,
     removed_at timestamptz)`,
  `CREATE TABLE access_decision (
     request_id uuid NOT NULL,
     decision text NOT NULL CHECK (decision IN ('approve','refuse','agree')),
     producer_id text NOT NULL REFERENCES producer,
     dataset_id uuid NOT NULL,
     request_sha256 text,
     key_confirmation text CHECK (key_confirmation IN ('person','organisation','first_use')),
     rule_id uuid REFERENCES access_rule,
     ends_at timestamptz,
     note text,
     decided_at timestamptz NOT NULL,
     PRIMARY KEY (request_id, decision))`,
  // One word ends a request, whichever id somebody shows the same signed words under.
  `CREATE UNIQUE INDEX access_decision_final ON access_decision (request_id) WHERE decision <> 'agree'`,
  `CREATE UNIQUE INDEX access_decision_signed ON access_decision (producer_id, request_sha256) WHERE decision <> 'agree' AND request_sha256 IS NOT NULL`,
  // The grants that this node signed: it seals under these and no others.
  `CREATE TABLE access_grant (
     grant_id uuid PRIMARY KEY,
     request_id uuid NOT NULL UNIQUE,
     producer_id text NOT NULL REFERENCES producer,
     dataset_id uuid NOT NULL,
     consumer_id text NOT NULL,
     statement text NOT NULL,
     digest text NOT NULL,
     request_statement text NOT NULL,
     contact text NOT NULL,
     starts_at timestamptz NOT NULL,
     ends_at timestamptz NOT NULL,
     epoch_from int NOT NULL,
     epoch_to int,
     history boolean NOT NULL,
     key_confirmation text NOT NULL CHECK (key_confirmation IN ('person','organisation','first_use')),
     note text,
     state text NOT NULL CHECK (state IN ('active','revoked','refused')),
     ended_at timestamptz,
     created_at timestamptz NOT NULL)`,
  `CREATE INDEX access_grant_dataset ON access_grant (dataset_id, state)`,
  `CREATE TABLE key_package (
     grant_id uuid NOT NULL REFERENCES access_grant,
     epoch int NOT NULL,
     delivery_fingerprint text NOT NULL,
     form text NOT NULL,
     package bytea NOT NULL,
     statement text NOT NULL,
     digest text NOT NULL,
     created_at timestamptz NOT NULL,
     PRIMARY KEY (grant_id, epoch, delivery_fingerprint))`,
  `ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check`,
  `ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check CHECK (kind IN ('version','revocation','grant','package','decision'))`,
];

/** Custody producer: content keys that stay here, consumers and their pinned keys, rules, decisions, grants and key packages. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
