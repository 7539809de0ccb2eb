import { sql } from 'kysely';
import type { TestPortal } from '../support/portal.ts';

/** Everything that the database holds, table by table, as text. */
export async function dumpDatabase({ owner_db }: Pick<TestPortal, 'owner_db'>): Promise<string> {
  const { rows } = await sql<{ name: string }>`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'broker')`.execute(owner_db);
  const texts: string[] = [];
  for (const { name } of rows) {
    const held = await sql<{ text: string | null }>`SELECT string_agg(t::text, E'\n') AS text FROM ${sql.raw(name)} t`.execute(owner_db);
    texts.push(`${name}: ${held.rows[0]?.text ?? ''}`);
  }
  return texts.join('\n');
}
