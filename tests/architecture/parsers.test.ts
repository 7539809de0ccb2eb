import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { elsewhere } from '../properties/elsewhere.ts';
import { groups } from '../properties/groups.ts';
import type { Parser } from '../properties/parser.ts';
import { readSourceTree } from './source-tree.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const SOURCES = ['crypto/', 'catalog-schema/', 'portal/', 'producer-node/'];
const READER = /^export (?:async )?function ((?:parse|read|decode)[A-Z]\w*)/gm;

test('every exported function called parse…, read… or decode… has a property here, or a line that says where its bytes are judged', async (t) => {
  const parsers: Parser[] = [];
  for (const make of Object.values(groups)) {
    const group = await make();
    await group.clean_up();
    parsers.push(...group.parsers);
  }
  const known = new Set([...parsers.map(({ name }) => name.replace(/ .*/, '')), ...Object.keys(elsewhere)]);
  const found = (await readSourceTree(root))
    .filter(({ path }) => SOURCES.some((folder) => path.startsWith(folder)) && /\.tsx?$/.test(path))
    .flatMap(({ path, code }) => [...code.matchAll(READER)].map(([, name]) => `${path}#${name ?? ''}`));
  t.true(found.length > 80);
  t.deepEqual(found.filter((name) => !known.has(name)), [], 'give each of these a property in tests/properties, or a line in tests/properties/elsewhere.ts that says where its bytes are judged');
  t.deepEqual(Object.keys(elsewhere).filter((name) => !found.includes(name)), [], 'these are gone from the sources');
  const tree = await readSourceTree(root);
  const missing = parsers.map(({ name }) => name.replace(/ .*/, '')).filter((name) => {
    const [path, exported] = name.split('#');
    return !tree.some((file) => file.path === path && new RegExp(`\\b${exported ?? ''}\\b`).test(file.code));
  });
  t.deepEqual(missing, []);
});
