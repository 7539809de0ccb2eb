import { type Kysely, sql } from 'kysely';

const statements = [
  // Every epoch of a dataset, whoever holds its content key. Of custody `producer` nothing else of that key is ever here.
  `CREATE TABLE dataset_epoch (
     dataset_id uuid NOT NULL REFERENCES dataset,
     epoch int NOT NULL,
     producer_id text NOT NULL,
     custody text NOT NULL CHECK (custody IN ('portal','producer')),
     recipient text NOT NULL,
     created_at timestamptz NOT NULL,
     PRIMARY KEY (dataset_id, epoch))`,
  `INSERT INTO dataset_epoch (dataset_id, epoch, producer_id, custody, recipient, created_at)
     SELECT dataset_id, epoch, producer_id, 'portal', recipient, created_at FROM key_deposit`,
  // What an officer clicked for data in custody `producer`: shown to the node, and worth nothing without it.
  `CREATE TABLE access_proposal (
     request_id uuid PRIMARY KEY REFERENCES access_request ON DELETE CASCADE,
     decision text NOT NULL CHECK (decision IN ('approve','refuse')),
     ends_at timestamptz,
     note text,
     fingerprint text,
     member_id uuid NOT NULL REFERENCES member ON DELETE CASCADE,
     created_at timestamptz NOT NULL)`,
  // Key packages that a producer's node sealed. Those of the broker stand in key_package, which the web process cannot write.
  `CREATE TABLE node_package (
     grant_id uuid NOT NULL REFERENCES access_grant,
     epoch int NOT NULL,
     delivery_fingerprint text NOT NULL,
     form text NOT NULL CHECK (form IN ('age','openpgp','jwe')),
     package bytea NOT NULL,
     statement text NOT NULL,
     digest text NOT NULL,
     act_id bigint NOT NULL REFERENCES log_act,
     released_at timestamptz NOT NULL,
     PRIMARY KEY (grant_id, epoch, delivery_fingerprint))`,
  `ALTER TABLE access_request DROP CONSTRAINT access_request_key_confirmation_check`,
  `ALTER TABLE access_request ADD CONSTRAINT access_request_key_confirmation_check CHECK (key_confirmation IN ('person','organisation','first_use'))`,
  `CREATE INDEX access_request_digest ON access_request (request_digest)`,
];

/** Custody `producer`: epochs without a deposit, proposals, grants and key packages that come from a node. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
