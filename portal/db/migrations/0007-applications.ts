import { type Kysely, sql } from 'kysely';

/** What an application may do, that its owner stopped it from a page, and how much it calls. */
const statements = [
  `ALTER TABLE party_key ADD COLUMN name text NOT NULL DEFAULT ''`,
  `ALTER TABLE party_key ADD COLUMN scopes text[] NOT NULL DEFAULT '{}'`,
  // Beside retired_at, which a new key set writes: no key set starts again what its owner stopped here.
  `ALTER TABLE party_key ADD COLUMN stopped_at timestamptz`,
  `CREATE TABLE application_use (
     kid text NOT NULL,
     day date NOT NULL,
     calls integer NOT NULL,
     last_call_at timestamptz NOT NULL,
     PRIMARY KEY (kid, day))`,
];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
