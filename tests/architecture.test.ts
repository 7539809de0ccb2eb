import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { importViolations } from './architecture/import-rules.ts';
import { layerViolations } from './architecture/layer-rules.ts';
import { readSourceTree, report } from './architecture/source-tree.ts';
import { treeViolations } from './architecture/tree-rules.ts';
import { writingViolations } from './architecture/writing-rules.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const tree = readSourceTree(root);

test('every part imports only what it may, and nothing imports in a circle', async (t) => {
  t.is(report(importViolations(await tree)), '');
});

test('SQL, transactions, crypto and the environment stay in their layers', async (t) => {
  t.is(report(layerViolations(await tree)), '');
});

test('files are named, sized and written as the house says', async (t) => {
  t.is(report(writingViolations(await tree)), '');
});

test('no key, machine path or registry address lies in the tree', async (t) => {
  t.is(report(treeViolations(await tree)), '');
});
