import { type Kysely, sql } from 'kysely';

/** A table of the database; `name` and `schema` unquoted. */
export interface DumpedTable {
  schema: string;
  name: string;
  columns: readonly { name: string; type: string }[];
}

/** A sequence behind a column, and where it stands; `last_value` null when it never gave a number. */
export interface DumpedSequence {
  schema: string;
  name: string;
  last_value: string | null;
}

/** In a transaction: every value's text means the same on another server. */
export async function fixTextForms<T>(trx: Kysely<T>): Promise<void> {
  for (const setting of [`datestyle = 'ISO, YMD'`, `timezone = 'UTC'`, `bytea_output = 'hex'`, `intervalstyle = 'iso_8601'`, 'extra_float_digits = 1']) {
    await sql`SET LOCAL ${sql.raw(setting)}`.execute(trx);
  }
}

/** Every table that is not PostgreSQL's own, so that one comes after those it refers to. Generated columns are left out: they make themselves. */
export async function listTables<T>(db: Kysely<T>): Promise<DumpedTable[]> {
  const { rows } = await sql<{ oid: string; schema: string; name: string; columns: { name: string; type: string }[] }>`
    SELECT c.oid::text, n.nspname AS schema, c.relname AS name,
      (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
         FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    ORDER BY n.nspname, c.relname`.execute(db);
  const references = await sql<{ from_oid: string; to_oid: string }>`
    SELECT conrelid::text AS from_oid, confrelid::text AS to_oid FROM pg_constraint WHERE contype = 'f' AND conrelid <> confrelid`.execute(db);
  const ordered = new Set<string>();
  const visit = (oid: string): void => {
    if (ordered.has(oid)) return;
    for (const edge of references.rows) if (edge.from_oid === oid) visit(edge.to_oid);
    ordered.add(oid);
  };
  for (const row of rows) visit(row.oid);
  const known = new Map(rows.map((row) => [row.oid, row]));
  return [...ordered].flatMap((oid) => known.get(oid) ?? []).map(({ schema, name, columns }) => ({ schema, name, columns: columns ?? [] }));
}

/** Every sequence that is not PostgreSQL's own. */
export async function listSequences<T>(db: Kysely<T>): Promise<DumpedSequence[]> {
  const { rows } = await sql<DumpedSequence>`SELECT schemaname AS schema, sequencename AS name, last_value::text FROM pg_sequences WHERE schemaname !~ '^pg_' ORDER BY 1, 2`.execute(db);
  return rows;
}

/** In a transaction: opens the one cursor of a dump on all rows of a table, each as a JSON array of its columns' texts. */
export async function openRows<T>(trx: Kysely<T>, table: DumpedTable): Promise<void> {
  const texts = sql.join(table.columns.map((column) => sql`${sql.id(column.name)}::text`));
  await sql`DECLARE sceau_dump NO SCROLL CURSOR FOR SELECT to_json(ARRAY[${texts}]::text[])::text AS line FROM ${sql.id(table.schema, table.name)}`.execute(trx);
}

/** The next rows of the cursor, at most `count`; none at its end. */
export async function fetchRows<T>(trx: Kysely<T>, count: number): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`FETCH ${sql.raw(String(count))} FROM sceau_dump`.execute(trx);
  return rows.map((row) => row.line);
}

/** Closes the cursor of `openRows`. */
export async function closeRows<T>(trx: Kysely<T>): Promise<void> {
  await sql`CLOSE sceau_dump`.execute(trx);
}

/** Inserts rows given as JSON arrays of texts, in the order of `columns`, identities as they were. Types are the table's own. */
export async function insertRows<T>(trx: Kysely<T>, table: DumpedTable, lines: readonly string[]): Promise<void> {
  const names = sql.join(table.columns.map((column) => sql.id(column.name)));
  // Names of types come from this server's own catalogue, positions from us.
  const values = sql.join(table.columns.map((column, index) => sql`(line ->> ${sql.raw(String(index))})::${sql.raw(column.type)}`));
  await sql`INSERT INTO ${sql.id(table.schema, table.name)} (${names}) OVERRIDING SYSTEM VALUE
    SELECT ${values} FROM json_array_elements(${`[${lines.join(',')}]`}::json) AS line`.execute(trx);
}

/** Lets a sequence go on after its last value. */
export async function setSequence<T>(trx: Kysely<T>, sequence: { schema: string; name: string; last_value: string }): Promise<void> {
  await sql`SELECT setval(format('%I.%I', ${sequence.schema}::text, ${sequence.name}::text)::regclass, ${sequence.last_value}::bigint)`.execute(trx);
}
