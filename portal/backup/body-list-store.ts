import type { Db } from '../portal.ts';

/** A body that the portal acknowledged. */
export interface ListedBody {
  /** "sha256:…" */
  root: string;
  body_size: number;
}

/** Bodies in the order of their roots, behind `after`, at most `limit`. */
export async function listBodies(db: Db, after: string, limit: number): Promise<ListedBody[]> {
  const rows = await db.selectFrom('body').select(['root', 'body_size']).where('root', '>', after).orderBy('root').limit(limit).execute();
  return rows.map((row) => ({ root: row.root, body_size: Number(row.body_size) }));
}
