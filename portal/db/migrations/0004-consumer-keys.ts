import { type Kysely, sql } from 'kysely';

// A consumer's key set that changes asks the broker anew for what it released already. Without a count, the broker could end a job
// with the delivery keys that it read before the change.
const statements: readonly string[] = [`ALTER TABLE release_job ADD COLUMN round int NOT NULL DEFAULT 1`];

export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
