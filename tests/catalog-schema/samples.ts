import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { SchemaError, SCHEMAS, type SchemaIssue, type SchemaName } from '#catalog-schema';

const folder = join(process.env['SCEAU_SHARED'] ?? '../shared', 'samples', 'rudi');

/** Declares a test over the published RUDI samples; without them it counts as skipped, and its title says why. */
export function withSamples(title: string, run: (t: ExecutionContext) => void): void {
  if (existsSync(folder)) test(title, run);
  else {
    const declare = test.skip;
    declare(`${title} (not run: ${folder} is absent)`, (t) => t.pass());
  }
}

/** The JSON of a sample by its file name without `.json`; Postman placeholders for a UUID are filled in when asked. */
export function sample(name: string, o: { fill?: boolean } = {}): unknown {
  let uuids = 0;
  const text = readFileSync(join(folder, `${name}.json`), 'utf8');
  const filled = o.fill === true ? text.replaceAll('{{$guid}}', () => `00000000-0000-4000-8000-${String((uuids += 1)).padStart(12, '0')}`) : text;
  return JSON.parse(filled);
}

/** A fresh copy of the first example of a schema, open to changes. */
export function example(name: SchemaName, index = 0): Draft {
  const schema = SCHEMAS[name] as { examples?: readonly unknown[] };
  return structuredClone(schema.examples?.[index]) as Draft;
}

/** A JSON value under construction: as untyped as what JSON.parse gives, because tests build what a type would forbid. */
export type Draft = ReturnType<typeof JSON.parse>;

/** What a gate refuses a value with; fails when it lets it pass or throws anything else. */
export function issuesOf(t: ExecutionContext, gate: (value: unknown) => unknown, value: unknown): readonly SchemaIssue[] {
  return refusalOf(t, gate, value)?.issues ?? [];
}

/** The SchemaError a gate throws. */
export function refusalOf(t: ExecutionContext, gate: (value: unknown) => unknown, value: unknown): SchemaError | undefined {
  return t.throws(() => gate(value), { instanceOf: SchemaError }) as SchemaError | undefined;
}
