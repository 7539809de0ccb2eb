import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { SCHEMAS } from '#catalog-schema';
import { generateTypes } from '../../catalog-schema/generate-types.ts';
import { linearRegExp } from '../../catalog-schema/linear-regexp.ts';
import { GATES } from './gates.ts';

const folder = 'catalog-schema/schemas';
// RUDI and RFC 9457 are not ours: fields they may have and we do not know are kept.
const FOREIGN = new Set(['rudi-metadata', 'rudi-as-specified', 'problem']);

interface Node {
  [key: string]: unknown;
  type?: unknown;
  properties?: Record<string, Node>;
  additionalProperties?: unknown;
  $defs?: Record<string, Node>;
  examples?: unknown[];
}

const schemas = Object.entries(SCHEMAS).map(([name, schema]): [string, Node] => [name, schema as Node]);

test('every schema file is registered, and says what it is and gives examples', (t) => {
  t.deepEqual(readdirSync(folder).sort(), schemas.map(([name]) => `${name}.schema.json`).sort());
  for (const [name, schema] of schemas) {
    t.is(schema['$id'], `https://w3id.org/sceau/schemas/${name}.schema.json`);
    t.is(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema');
    t.is(typeof schema['description'], 'string', name);
    if (name !== 'primitives') t.true((schema.examples ?? []).length > 0, name);
  }
});

test('the examples of every schema pass its gate, and come back as the same object', (t) => {
  let passed = 0;
  for (const [name, gate] of GATES) {
    for (const example of (SCHEMAS[name] as Node).examples ?? []) {
      const copy: unknown = structuredClone(example);
      t.is(gate(copy), copy);
      t.deepEqual(copy, example);
      passed += 1;
    }
  }
  t.is(passed, 15);
});

test('the examples of every definition fit it', (t) => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, discriminator: true, validateFormats: false, code: { regExp: linearRegExp }, schemas: Object.values(SCHEMAS) });
  let fitted = 0;
  for (const [name, schema] of schemas) {
    for (const [key, definition] of Object.entries(schema.$defs ?? {})) {
      for (const example of definition.examples ?? []) {
        const validate = ajv.getSchema(`https://w3id.org/sceau/schemas/${name}.schema.json#/$defs/${key}`);
        t.true(validate?.(example), `${name} ${key}: ${ajv.errorsText(validate?.errors)}`);
        fitted += 1;
      }
    }
  }
  t.true(fitted > 40);
});

test('our own shapes refuse unknown fields, at every level', (t) => {
  const openShapes: string[] = [];
  const walk = (node: unknown, at: string): void => {
    if (Array.isArray(node)) node.forEach((item, index) => walk(item, `${at}/${index}`));
    if (node === null || typeof node !== 'object' || Array.isArray(node)) return;
    const schema = node as Node;
    const isBranch = 'oneOf' in schema || 'then' in schema || at.endsWith('/if');
    if (schema.type === 'object' && !isBranch && schema.additionalProperties === undefined) openShapes.push(at);
    for (const [key, child] of Object.entries(schema)) if (key !== 'examples') walk(child, `${at}/${key}`);
  };
  for (const [name, schema] of schemas) if (!FOREIGN.has(name)) walk(schema, name);
  t.deepEqual(openShapes, []);
});

test('the generated types are those of the schemas', async (t) => {
  const fresh = await generateTypes(folder);
  t.deepEqual(readdirSync('catalog-schema/generated').sort(), [...fresh.keys()].sort());
  for (const [name, text] of fresh) {
    t.is(readFileSync(join('catalog-schema/generated', name), 'utf8'), text, `${name} is stale: run node dist/catalog-schema/generate-types.js`);
  }
});
