import { readdir, readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { compile } from 'json-schema-to-typescript';

// Types that TypeScript can say more exactly than a JSON Schema: identifiers are branded, a digest is a template type.
const BRANDED = new Set(['DatasetId', 'ResourceId', 'GrantId', 'RequestId', 'ProducerId', 'ConsumerId']);
const WRITTEN: Record<string, string> = { Digest: '`sha256:${string}`' };
const MARK = '// Generated from the JSON Schemas by generate-types; change the schema and run it again.\n';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/**
 * The generated files by name (`manifest.ts` …), from the schemas in `schemasFolder`: every schema and every `$defs`
 * entry becomes one exported type called after its `title`; a `$ref` becomes that name, imported where it lives elsewhere.
 * Pure but for reading the folder: the test compares its result with what is on disk.
 */
export async function generateTypes(schemasFolder: string): Promise<Map<string, string>> {
  const names = (await readdir(schemasFolder)).filter((name) => name.endsWith('.schema.json')).sort();
  const schemas = new Map<string, JsonObject>();
  for (const name of names) {
    schemas.set(name, JSON.parse(await readFile(`${schemasFolder}/${name}`, 'utf8')) as JsonObject);
  }
  const files = new Map<string, string>();
  for (const [name, schema] of schemas) {
    // A schema without a title only narrows another one: its values have the other one's type.
    if (schema['title'] !== undefined) files.set(moduleOf(name), await generateModule(name, schema, schemas));
  }
  files.set('schema-digests.ts', digestModule(schemas));
  return files;
}

async function generateModule(name: string, schema: JsonObject, schemas: Map<string, JsonObject>): Promise<string> {
  const imports = new Map<string, string>();
  const parts: string[] = [];
  const { $defs, ...root } = schema;
  const declared = Object.values(objectOf($defs ?? {})).map(objectOf);
  if ('type' in root) declared.push(root);
  for (const definition of declared) {
    const title = titleOf(definition, name);
    if (BRANDED.has(title)) {
      parts.push(`export type { ${title} } from '../ids.ts';\n`);
      continue;
    }
    const written = WRITTEN[title];
    if (written !== undefined) {
      parts.push(`/** ${String(definition['description'])} */\nexport type ${title} = ${written};\n`);
      continue;
    }
    const typed = objectOf(withTypeNames(definition, name, schemas, imports));
    // The compiler takes a bare reference at the root for the whole type, so it is written down by hand.
    if (typeof typed['tsType'] === 'string') {
      parts.push(`export type ${title} = ${typed['tsType']};\n`);
      continue;
    }
    parts.push(
      await compile(typed, title, {
        bannerComment: '',
        additionalProperties: true,
        ignoreMinAndMaxItems: true,
        unknownAny: true,
        style: { singleQuote: true, printWidth: 140 },
      }),
    );
  }
  const importLines = [...new Set(imports.values())].sort().map((from) => {
    const types = [...imports.keys()].filter((type) => imports.get(type) === from).sort();
    return `import type { ${types.join(', ')} } from '${from}';\n`;
  });
  return MARK + importLines.join('') + '\n' + parts.join('\n');
}

/** `if … then A else B` chooses between two shapes: as a type it is `A | B`; every `$ref` becomes the name it points to. */
function withTypeNames(node: Json, file: string, schemas: Map<string, JsonObject>, imports: Map<string, string>): Json {
  if (Array.isArray(node)) return node.map((item) => withTypeNames(item, file, schemas, imports));
  if (node === null || typeof node !== 'object') return node;
  const { examples: _examples, discriminator: _discriminator, $schema: _dialect, $id: _id, ...kept } = node;
  if (typeof kept['$ref'] === 'string') return { tsType: referencedType(kept['$ref'], file, schemas, imports) };
  if ('if' in kept && 'then' in kept && 'else' in kept) {
    const { title, description } = kept;
    const oneOf = withTypeNames([kept['then'] ?? {}, kept['else'] ?? {}], file, schemas, imports);
    return { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }), oneOf };
  }
  if ('oneOf' in kept) {
    const { title, description, oneOf } = kept;
    return {
      ...(title === undefined ? {} : { title }),
      ...(description === undefined ? {} : { description }),
      oneOf: withTypeNames(oneOf ?? [], file, schemas, imports),
    };
  }
  return Object.fromEntries(Object.entries(kept).map(([key, value]) => [key, withTypeNames(value, file, schemas, imports)]));
}

function referencedType(ref: string, file: string, schemas: Map<string, JsonObject>, imports: Map<string, string>): string {
  const [path = '', fragment = ''] = ref.split('#');
  const target = path === '' ? file : path;
  const schema = schemas.get(target);
  if (schema === undefined) throw new Error(`${file}: ${ref} points to a schema that does not exist`);
  const key = fragment.replace('/$defs/', '');
  const definition = fragment === '' ? schema : objectOf(objectOf(schema['$defs'] ?? {})[key] ?? {});
  const title = titleOf(definition, `${file}: ${ref}`);
  // A branded re-export is not in scope inside its own module, so it is imported there as well.
  if (BRANDED.has(title)) imports.set(title, '../ids.ts');
  else if (target !== file) imports.set(title, `./${moduleOf(target)}`);
  return title;
}

function digestModule(schemas: Map<string, JsonObject>): string {
  const rows = [...schemas].map(([name, schema]) => {
    const sha256 = createHash('sha256').update(canonicalize(schema) ?? '', 'utf8').digest('base64url');
    return `  '${name.replace('.schema.json', '')}': { id: '${String(schema['$id'])}', sha256: 'sha256:${sha256}' },\n`;
  });
  return `${MARK}
/** Address of each schema and the digest of its canonical JSON (RFC 8785): what \`schema\` in a manifest names. */
export const SCHEMA_DIGESTS = {
${rows.join('')}} as const;
`;
}

function moduleOf(schemaName: string): string {
  return schemaName.replace('.schema.json', '.ts');
}

function titleOf(definition: JsonObject, where: string): string {
  const title = definition['title'];
  if (typeof title !== 'string') throw new Error(`${where}: a schema that becomes a type needs a title`);
  return title;
}

function objectOf(value: Json): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('expected a JSON object');
  return value;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const files = await generateTypes('catalog-schema/schemas');
  for (const [name, text] of files) await writeFile(`catalog-schema/generated/${name}`, text);
  process.stdout.write(`${files.size} files written to catalog-schema/generated\n`);
}
