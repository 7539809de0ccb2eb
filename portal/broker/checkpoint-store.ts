import { sql } from 'kysely';
import type { Db } from '../portal.ts';

/** The newest state of the log that the broker has verified. */
export interface SeenCheckpoint {
  size: number;
  root: Uint8Array;
}

/** The newest verified checkpoint, or undefined before the first. */
export async function findCheckpointSeen(db: Db): Promise<SeenCheckpoint | undefined> {
  const row = await db.selectFrom('broker.checkpoint_seen').select(['size', 'root']).executeTakeFirst();
  return row && { size: Number(row.size), root: new Uint8Array(row.root) };
}

/** Remembers a verified checkpoint unless a longer one is remembered already: one row, moved only forward. */
export async function rememberCheckpoint(db: Db, o: SeenCheckpoint & { note: string }): Promise<void> {
  const { size, root, note } = o;
  await sql`
    INSERT INTO broker.checkpoint_seen AS seen (size, root, note) VALUES (${size}::bigint, ${Buffer.from(root)}::bytea, ${note})
    ON CONFLICT (one) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note WHERE seen.size < excluded.size`.execute(db);
}
