import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import fc from 'fast-check';
import { readSourceTree } from '../architecture/source-tree.ts';
import { clientParsers } from './client-parsers.ts';
import { cryptoParsers } from './crypto-parsers.ts';
import { elsewhere } from './elsewhere.ts';
import { nodeParsers } from './node-parsers.ts';
import { portalParsers } from './portal-parsers.ts';
import type { Parser } from './parser.ts';
import { schemaParsers } from './schema-parsers.ts';

/** The parsers of each folder, and what removes the files that they needed. */
const groups: Readonly<Record<string, () => Promise<{ parsers: Parser[]; clean_up: () => Promise<void> }>>> = {
  'crypto/': async () => ({ parsers: await cryptoParsers(), clean_up: nothing }),
  'catalog-schema/': async () => ({ parsers: schemaParsers(), clean_up: nothing }),
  'portal/': async () => ({ parsers: portalParsers(), clean_up: nothing }),
  'portal/client/': clientParsers,
  'producer-node/': nodeParsers,
};

for (const [folder, make] of Object.entries(groups)) {
  test(`every reader of foreign bytes in ${folder} accepts only what it gives back, refuses by its own class, and keeps nobody waiting`, async (t) => {
    const { parsers, clean_up } = await make();
    t.teardown(clean_up);
    for (const one of parsers) await t.notThrowsAsync(check(one), one.name);
  });
}

async function check(one: Parser): Promise<void> {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(one.inputs, async (input) => {
      const outcome = await outcomeOf(one, input);
      if (!outcome.refused) accepted += 1;
      return outcome.refused || one.holds(outcome.answer as never, input as never);
    }),
    { numRuns: one.runs ?? 150 },
  );
  if (accepted === 0) throw new Error('nothing was accepted: the property said nothing');
  for (const bait of one.baits ?? []) {
    const started = performance.now();
    await outcomeOf(one, bait);
    // A second is a hundred times what the slowest needs here: what backtracks or is quadratic needs minutes.
    if (performance.now() - started > 1000) throw new Error(`${bait.length} characters of ${JSON.stringify(bait.slice(0, 12))} took over a second`);
  }
}

async function outcomeOf(one: Parser, input: unknown): Promise<{ refused: true } | { refused: false; answer: unknown }> {
  try {
    return { refused: false, answer: await one.run(input as never) };
  } catch (error) {
    if (one.refuses !== null && error instanceof one.refuses) return { refused: true };
    throw error;
  }
}

function nothing(): Promise<void> {
  return Promise.resolve();
}

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
  t.deepEqual(found.filter((name) => !known.has(name)), [], 'give each of these a property, or a line in elsewhere.ts');
  t.deepEqual(Object.keys(elsewhere).filter((name) => !found.includes(name)), [], 'these are gone from the sources');
  const tree = await readSourceTree(root);
  const missing = parsers.map(({ name }) => name.replace(/ .*/, '')).filter((name) => {
    const [path, exported] = name.split('#');
    return !tree.some((file) => file.path === path && new RegExp(`\\b${exported ?? ''}\\b`).test(file.code));
  });
  t.deepEqual(missing, []);
});
