import type { Kysely } from 'kysely';
import { utf8 } from '#crypto';
import { closeRows, type DumpedTable, fetchRows, fixTextForms, listSequences, listTables, openRows } from './dump-store.ts';

/** What a dump leaves out: tables of the migrator itself, made anew by it. */
export const MIGRATOR_TABLES: readonly string[] = ['public.kysely_migration', 'public.kysely_migration_lock'];

const FETCH_BYTES = 4 * 1024 * 1024;
const FETCH_MAX = 5000;

/**
 * The rows of a whole database as of one moment, as lines of JSON: `{"table","columns"}` before the rows of a table, each an array of
 * its columns' texts; `{"sequence","value"}`; `{"end":true,"rows":n}` last. One REPEATABLE READ snapshot, which writers do not notice.
 * Tables of `without` ("schema.name") appear without rows. Text forms rather than COPY: they pass through poolers and need no program.
 */
export async function* dumpDatabase<T>(db: Kysely<T>, o: { without?: readonly string[] } = {}): AsyncGenerator<Uint8Array> {
  const trx = await db.startTransaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute();
  let whole = false;
  try {
    await fixTextForms(trx);
    let rows = 0;
    for (const table of await listTables(trx)) {
      const name = nameOf(table);
      if (MIGRATOR_TABLES.includes(name)) continue;
      yield line({ table: name, columns: table.columns.map((column) => column.name) });
      if (o.without?.includes(name) === true) continue;
      await openRows(trx, table);
      // Rows may have a hundred bytes or some megabytes: so many at once as make about four megabytes.
      for (let count = 10; ; ) {
        const lines = await fetchRows(trx, count);
        if (lines.length === 0) break;
        const bytes = utf8(`${lines.join('\n')}\n`);
        yield bytes;
        rows += lines.length;
        count = Math.max(1, Math.min(FETCH_MAX, Math.floor(FETCH_BYTES / (bytes.length / lines.length))));
      }
      await closeRows(trx);
    }
    for (const { schema, name, last_value } of await listSequences(trx)) yield line({ sequence: `${schema}.${name}`, value: last_value });
    yield line({ end: true, rows });
    await trx.commit().execute();
    whole = true;
  } finally {
    if (!whole) await trx.rollback().execute().catch(() => undefined);
  }
}

/** "schema.name" of a table. */
export function nameOf(table: Pick<DumpedTable, 'schema' | 'name'>): string {
  return `${table.schema}.${table.name}`;
}

function line(value: unknown): Uint8Array {
  return utf8(`${JSON.stringify(value)}\n`);
}
