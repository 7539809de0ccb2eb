import type { Kysely, Transaction } from 'kysely';
import pg from 'pg';
import type { ByteSink } from '#crypto';
import { MIGRATOR_TABLES, nameOf } from './dump-database.ts';
import { type DumpedTable, fixTextForms, insertRows, listSequences, listTables, setSequence } from './dump-store.ts';
import { BackupError } from './errors.ts';

const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH_ROWS = 5000;

/**
 * Loads what `dumpDatabase` gave into an empty database, all in one transaction: `prepare` makes the tables as they were, rows and
 * sequences follow, `check` looks at the result before anything is committed, and may throw. Refuses `database_not_empty`,
 * `database_differs` (tables or columns that the dump does not fit), `altered` (a dump without its end).
 */
export async function loadDatabase<T>(
  db: Kysely<T>,
  o: { read: (sink: ByteSink) => Promise<void>; prepare: (trx: Transaction<T>) => Promise<void>; check: (trx: Transaction<T>) => Promise<void> },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const there = await listTables(trx);
    if (there.length > 0) throw new BackupError('database_not_empty', there.map(nameOf).slice(0, 3).join(', '));
    await o.prepare(trx);
    await fixTextForms(trx);
    const loader = await createLoader(trx);
    try {
      await eachLine(o.read, (text) => loader.take(text));
      await loader.finish();
    } catch (cause) {
      if (cause instanceof pg.DatabaseError) throw new BackupError('database_differs', `${cause.table ?? ''} ${cause.code ?? ''}`.trim(), cause);
      throw cause;
    }
    await o.check(trx);
  });
}

interface Loader {
  take(text: string): Promise<void>;
  finish(): Promise<void>;
}

async function createLoader<T>(trx: Transaction<T>): Promise<Loader> {
  const tables = new Map((await listTables(trx)).map((table) => [nameOf(table), table]));
  const sequences = new Map((await listSequences(trx)).map((sequence) => [`${sequence.schema}.${sequence.name}`, sequence]));
  const missing = new Set([...tables.keys()].filter((name) => !MIGRATOR_TABLES.includes(name)));
  let table: DumpedTable | undefined;
  let lines: string[] = [];
  let bytes = 0;
  let rows = 0;
  let ended = false;

  const flush = async (): Promise<void> => {
    if (table !== undefined && lines.length > 0) await insertRows(trx, table, lines);
    lines = [];
    bytes = 0;
  };
  const begin = (name: string, columns: unknown): DumpedTable => {
    const known = tables.get(name);
    missing.delete(name);
    const wanted = Array.isArray(columns) ? columns : [];
    const found = wanted.map((column) => known?.columns.find((one) => one.name === column));
    if (known === undefined || known.columns.length !== wanted.length || found.includes(undefined)) throw new BackupError('database_differs', name);
    return { ...known, columns: found.flatMap((column) => column ?? []) };
  };
  return {
    async take(text) {
      if (ended) throw new BackupError('altered', 'database.jsonl.age');
      if (text.startsWith('[')) {
        if (table === undefined) throw new BackupError('altered', 'database.jsonl.age');
        lines.push(text);
        bytes += text.length;
        rows += 1;
        if (lines.length >= BATCH_ROWS || bytes >= BATCH_BYTES) await flush();
        return;
      }
      await flush();
      const said: { table?: string; columns?: unknown; sequence?: string; value?: string | null; end?: boolean; rows?: number } = JSON.parse(text);
      if (said.table !== undefined) table = begin(said.table, said.columns);
      if (said.sequence !== undefined) {
        const sequence = sequences.get(said.sequence);
        if (sequence === undefined) throw new BackupError('database_differs', said.sequence);
        if (typeof said.value === 'string') await setSequence(trx, { ...sequence, last_value: said.value });
      }
      if (said.end === true) {
        if (said.rows !== rows) throw new BackupError('altered', 'database.jsonl.age');
        ended = true;
      }
    },
    async finish() {
      if (!ended) throw new BackupError('altered', 'database.jsonl.age');
      const [lost] = missing;
      if (lost !== undefined) throw new BackupError('database_differs', lost);
    },
  };
}

// Lines come in pieces of any size; a piece may end within a letter.
async function eachLine(read: (sink: ByteSink) => Promise<void>, take: (text: string) => Promise<void>): Promise<void> {
  let held: Buffer[] = [];
  await read(async (piece) => {
    const bytes = Buffer.from(piece);
    let start = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      await take(Buffer.concat([...held, bytes.subarray(start, end)]).toString('utf8'));
      held = [];
      start = end + 1;
    }
    if (start < bytes.length) held.push(bytes.subarray(start));
  });
  if (held.length > 0) throw new BackupError('altered', 'database.jsonl.age');
}
