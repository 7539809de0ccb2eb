import { type Kysely, sql } from 'kysely';

/** What this node has seen of its portal's log: the newest checkpoint that it verified, and whether the log stopped continuing it. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`CREATE TABLE portal_log (
     portal_id text PRIMARY KEY REFERENCES portal ON DELETE CASCADE,
     size bigint NOT NULL,
     root text NOT NULL,
     note text NOT NULL,
     problem text CHECK (problem IN ('shorter','forked')),
     seen_at timestamptz NOT NULL)`.execute(db);
}
