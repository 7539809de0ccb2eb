import test from 'ava';
import { importViolations } from './import-rules.ts';
import { layerViolations } from './layer-rules.ts';
import { report, sourceFile } from './source-tree.ts';
import type { SourceFile, Violation } from './source-tree.ts';
import { treeViolations } from './tree-rules.ts';
import { writingViolations } from './writing-rules.ts';

type Rules = (files: readonly SourceFile[]) => Violation[];

function files(texts: Record<string, string>): SourceFile[] {
  return Object.entries(texts).map(([path, text]) => sourceFile(path, text));
}

function broken(rules: Rules, texts: Record<string, string>): string {
  return report(rules(files(texts)));
}

const indexes = { 'crypto/index.ts': '', 'catalog-schema/index.ts': '', 'portal/client/index.ts': '' };

test('an import the house allows passes', (t) => {
  const texts = {
    ...indexes,
    'portal/catalog/a.ts': `import { x } from '#crypto';\nimport type { B } from './b.ts';\nimport {\n  y,\n} from '#client';\n`,
    'portal/catalog/b.ts': `// import { z } from '../../producer-node/n.ts';\nconst s = "import { z } from '../a.ts'";\n`,
    'tests/portal/a.test.ts': `import { a } from '../../portal/catalog/a.ts';\n`,
  };
  t.is(broken(importViolations, texts), '');
});

test('each forbidden import is reported with its line', (t) => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ 'portal/a.ts': `\nimport { x } from '../producer-node/n.ts';`, 'producer-node/n.ts': '' }, /^portal\/a\.ts:2 portal must not import producer-node/],
    [{ 'producer-node/n.ts': `import type { x } from '../portal/a.ts';`, 'portal/a.ts': '' }, /producer-node must not import portal/],
    [{ 'portal/client/c.ts': `export { x } from '../a.ts';`, 'portal/a.ts': '' }, /client must not import portal/],
    [{ 'crypto/c.ts': `import { x } from '#catalog-schema';` }, /crypto must not import catalog-schema/],
    [{ 'catalog-schema/c.ts': `import Koa from 'koa';` }, /catalog-schema is a leaf/],
    [{ 'portal/a.ts': `import { x } from '../crypto/c.ts';`, 'crypto/c.ts': '' }, /imported as #crypto/],
    [{ 'portal/a.ts': `import { x } from './client/c.ts';`, 'portal/client/c.ts': '' }, /imported as #client/],
    [{ 'crypto/c.ts': `import { x } from '#crypto';` }, /inside crypto imports are relative/],
    [{ 'portal/a.ts': `const m = await import('../tests/x.ts');`, 'tests/x.ts': '' }, /portal must not import tests/],
    [{ 'portal/a.ts': `import './b.js';` }, /names the file as it is/],
    [{ 'portal/a.ts': `import { x } from './gone.ts';` }, /does not exist/],
    [{ 'portal/a.ts': `import { x } from '#portal';` }, /no subpath/],
    [{ 'scripts/a.ts': `import { x } from 'pg';` }, /known top folders/],
  ];
  for (const [texts, expected] of cases) t.regex(broken(importViolations, { ...indexes, ...texts }), expected);
});

test('a circle of imports is named once, and one of types alone is none', (t) => {
  const circle = { 'crypto/a.ts': `import { b } from './b.ts';`, 'crypto/b.ts': `import { c } from './c.ts';`, 'crypto/c.ts': `\nimport { a } from './a.ts';` };
  t.is(broken(importViolations, circle), 'crypto/a.ts:1 these files import each other in a circle: crypto/a.ts, crypto/b.ts, crypto/c.ts');
  t.is(broken(importViolations, { ...circle, 'crypto/c.ts': `import type { a } from './a.ts';` }), '');
});

test('each broken layer is reported', (t) => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ 'portal/catalog/publish.ts': `await db.selectFrom('dataset')` }, /publish\.ts:1 SQL is written only/],
    [{ 'producer-node/x.ts': 'await sql<{ n: number }>`SELECT 1`.execute(db)' }, /SQL is written only/],
    [{ 'portal/catalog/dataset-store.ts': `await db.transaction().execute(f)` }, /a store begins no transaction/],
    [{ 'portal/catalog/routes.ts': `await db.transaction().execute(f)` }, /routes and pages begin no transaction/],
    [{ ...indexes, 'portal/log/log-store.ts': `import { leafHash } from '#crypto';` }, /a store does not sign, seal, hash or verify, commands do: leafHash/],
    [{ 'portal/x.ts': `import { main } from './main.ts';`, 'portal/main.ts': '' }, /nothing imports a main/],
    [{ 'portal/catalog/x.ts': `import { page } from '../web/page.tsx';`, 'portal/web/page.tsx': '' }, /only app\.ts and http\/ import portal\/web/],
    [{ 'portal/catalog/x.ts': `const a = process.env['HOME'];` }, /process\.env is read only in config/],
    [{ 'crypto/x.ts': `import { env } from 'node:process';` }, /process\.env is read only in config/],
  ];
  for (const [texts, expected] of cases) t.regex(broken(layerViolations, texts), expected);
});

test('the layers as they should be pass', (t) => {
  const texts = {
    ...indexes,
    'portal/config.ts': `process.env['PORT']`,
    'portal/catalog/dataset-store.ts': `import { type Digest, digestBytes, parseStatement } from '#crypto';\nawait db.selectFrom('dataset'); await sql\`SELECT 1\`.execute(db);`,
    'portal/catalog/publish.ts': `import { digestOf } from '#crypto';\nawait db.transaction().execute(f); // sql\`x\` and process.env`,
    'portal/db/migrations/0001-first.ts': `await sql\`CREATE TABLE x ()\`.execute(db)`,
    'portal/app.ts': `import { page } from './web/page.tsx';`,
    'portal/web/page.tsx': `import { findDataset } from '../catalog/dataset-store.ts';`,
  };
  t.is(broken(layerViolations, texts), '');
});

test('each broken rule of names, length and writing is reported', (t) => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ 'portal/utils.ts': '' }, /utils\.ts says nothing/],
    [{ 'portal/key-helpers/a.ts': '' }, /key-helpers says nothing/],
    [{ 'crypto/key-manager.ts': '' }, /key-manager\.ts says nothing/],
    [{ 'portal/mail-service.ts': '' }, /not …-service/],
    [{ 'portal/mailBox.ts': '' }, /lower case with hyphens/],
    [{ 'portal/a.ts': 'x\n'.repeat(401) }, /a\.ts:401 401 lines; at most 400/],
    [{ 'portal/a.ts': 'export default 1' }, /exports are named/],
    [{ 'portal/a.ts': '\nconst a = b as any;' }, /a\.ts:2 no any/],
    [{ 'portal/a.ts': 'function f(a: any): void {}' }, /no any/],
    [{ 'portal/a.ts': `// ${'TO'}DO later` }, /no notes to oneself/],
  ];
  for (const [texts, expected] of cases) t.regex(broken(writingViolations, texts), expected);
});

test('names and lengths the house allows pass', (t) => {
  const texts = {
    'portal/web/islands/service-worker.ts': '',
    'catalog-schema/service-resource.ts': '',
    'portal/manage-common-ground.ts': '// any word may stand in a comment: any',
    'portal/a.ts': 'x\n'.repeat(400),
    'portal/db/migrations/0001-first.ts': 'x\n'.repeat(900),
    'catalog-schema/generated/manifest.ts': 'x\n'.repeat(900),
  };
  t.is(broken(writingViolations, texts), '');
});

test('keys, machine paths and registry addresses are found', (t) => {
  const d = 'x'.repeat(43);
  const cases: [string, string, RegExp][] = [
    ['deploy/key.pem', `-----BEGIN ${'PRIVATE'} KEY-----\nMC4CAQAwBQYDK2VwBCIEIA\n`, /private key \(PEM\)/],
    ['docs/a.md', `${'AGE-SECRET'}-KEY-1${'Q'.repeat(58)}`, /age identity/],
    ['tests/a.json', `{"kty":"OKP","crv":"Ed25519","${'d'}":"${d}"}`, /private key \(JWK\)/],
    ['README.md', `see ${'/wo'}rk/notes`, /path of one machine/],
    ['package-lock.json', `"${'reso'}lved": "https://mirror.example/x.tgz"`, /package registry/],
    ['.npmrc', '', /settings of npm/],
  ];
  for (const [path, text, expected] of cases) t.regex(broken(treeViolations, { [path]: text }), expected);
});

test('public keys, words about keys and relative folders are no findings', (t) => {
  const texts = {
    'a.md': `{"kty":"OKP","crv":"Ed25519","x":"${'x'.repeat(43)}"} an identity begins with ${'AGE-SECRET'}-KEY-1 and https://example.org${'/wo'}rk/a`,
    'b.ts': `if (text.startsWith('-----BEGIN ${'PRIVATE'} KEY-----')) { kty; d }`,
  };
  t.is(broken(treeViolations, texts), '');
});
