import { type Kysely, sql } from 'kysely';

/** Tables of a node: producers, portal, datasets and their versions, content keys' sealed copies, what waits to be sent. */
const statements = [
  `CREATE TABLE producer (
     producer_id text PRIMARY KEY,
     name text NOT NULL UNIQUE,
     key_sets jsonb NOT NULL,
     key_set_digest text NOT NULL,
     keys_expire_at timestamptz NOT NULL,
     created_at timestamptz NOT NULL)`,
  // What this node believes about a portal. The key sets were compared by a person and only follow their own chain since.
  `CREATE TABLE portal (
     portal_id text PRIMARY KEY,
     url text NOT NULL UNIQUE,
     name text NOT NULL,
     key_sets jsonb NOT NULL,
     key_set_digest text NOT NULL,
     broker_recipient text NOT NULL,
     last_contact_at timestamptz,
     clock_ahead_seconds int NOT NULL DEFAULT 0)`,
  // trust: whether a person compared the fingerprint (compared), chose not to (unchecked), or has yet to (none).
  `CREATE TABLE enrolment (
     producer_id text PRIMARY KEY REFERENCES producer,
     portal_id text NOT NULL REFERENCES portal,
     enrolment_id uuid NOT NULL,
     fingerprint text NOT NULL,
     trust text NOT NULL CHECK (trust IN ('none','compared','unchecked')),
     state text NOT NULL CHECK (state IN ('pending','active','refused')),
     created_at timestamptz NOT NULL,
     confirmed_at timestamptz)`,
  // head_*: the newest version that this node signed and the portal has not refused.
  `CREATE TABLE dataset (
     dataset_id uuid PRIMARY KEY,
     producer_id text NOT NULL REFERENCES producer,
     title text NOT NULL,
     head_version int NOT NULL,
     head_digest text NOT NULL,
     status text NOT NULL CHECK (status IN ('active','withdrawn','erased')),
     access text NOT NULL CHECK (access IN ('open','restricted')),
     custody text NOT NULL CHECK (custody IN ('none','portal','producer')),
     updated_at timestamptz NOT NULL)`,
  `CREATE INDEX dataset_producer ON dataset (producer_id)`,
  // content_digest: what was given to publish (bytes of the files, description), so that giving it again is noticed.
  `CREATE TABLE publication (
     dataset_id uuid NOT NULL,
     version int NOT NULL,
     producer_id text NOT NULL,
     digest text NOT NULL,
     manifest text NOT NULL,
     content_digest text NOT NULL,
     contacts jsonb NOT NULL,
     state text NOT NULL CHECK (state IN ('waiting','published','refused')),
     warnings jsonb NOT NULL DEFAULT '[]',
     issued_at timestamptz NOT NULL,
     published_at timestamptz,
     PRIMARY KEY (dataset_id, version, digest))`,
  `CREATE UNIQUE INDEX publication_live ON publication (dataset_id, version) WHERE state <> 'refused'`,
  `CREATE INDEX publication_producer ON publication (producer_id, state)`,
  // source_sha256: digest of the file before sealing. It stays on this machine: a plaintext digest can be guessed from.
  `CREATE TABLE publication_file (
     dataset_id uuid NOT NULL,
     version int NOT NULL,
     digest text NOT NULL,
     resource_id uuid NOT NULL,
     name text NOT NULL,
     root text NOT NULL,
     body_size bigint NOT NULL,
     epoch int,
     header bytea,
     source_sha256 text NOT NULL,
     spool_name text,
     PRIMARY KEY (dataset_id, version, digest, resource_id),
     FOREIGN KEY (dataset_id, version, digest) REFERENCES publication ON DELETE CASCADE)`,
  `CREATE INDEX publication_file_spool ON publication_file (spool_name)`,
  `CREATE TABLE source_file (
     producer_id text NOT NULL REFERENCES producer,
     path text NOT NULL,
     dataset_id uuid NOT NULL REFERENCES dataset,
     PRIMARY KEY (producer_id, path))`,
  // The identity of a content key is in no column: only sealed copies of it, for the recovery holders and for the broker.
  `CREATE TABLE content_key (
     dataset_id uuid NOT NULL,
     epoch int NOT NULL,
     producer_id text NOT NULL,
     recipient text NOT NULL,
     recovery bytea NOT NULL,
     deposit bytea NOT NULL,
     deposit_statement text NOT NULL,
     created_at timestamptz NOT NULL,
     spent_at timestamptz,
     delivered_at timestamptz,
     PRIMARY KEY (dataset_id, epoch))`,
  `CREATE TABLE revocation (
     grant_id uuid PRIMARY KEY,
     producer_id text NOT NULL REFERENCES producer,
     dataset_id uuid NOT NULL,
     statement text NOT NULL,
     created_at timestamptz NOT NULL)`,
  `CREATE TABLE heads (
     producer_id text NOT NULL REFERENCES producer,
     seq bigint NOT NULL,
     root text NOT NULL,
     statement text NOT NULL,
     entries jsonb NOT NULL,
     issued_at timestamptz NOT NULL,
     expires_at timestamptz NOT NULL,
     delivered_at timestamptz,
     PRIMARY KEY (producer_id, seq))`,
  // What must reach the portal. A row is leased while it is being sent; the token tells a late sender that its lease went to another.
  `CREATE TABLE outbox (
     outbox_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     producer_id text NOT NULL REFERENCES producer,
     kind text NOT NULL CHECK (kind IN ('version','revocation')),
     subject_id uuid NOT NULL,
     version int NOT NULL DEFAULT 0,
     digest text NOT NULL,
     state text NOT NULL CHECK (state IN ('waiting','done','refused')),
     attempts int NOT NULL DEFAULT 0,
     next_attempt_at timestamptz NOT NULL,
     last_code text,
     last_error text,
     lease_holder text,
     lease_token bigint NOT NULL DEFAULT 0,
     lease_until timestamptz,
     created_at timestamptz NOT NULL,
     UNIQUE (kind, subject_id, version, digest))`,
  `CREATE INDEX outbox_waiting ON outbox (next_attempt_at) WHERE state = 'waiting'`,
  `CREATE TABLE lease (name text PRIMARY KEY, holder text NOT NULL, token bigint NOT NULL, expires_at timestamptz NOT NULL)`,
];

/** Creates the tables of the first path. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
