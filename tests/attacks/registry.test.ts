import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { ATTACKS } from './attacks.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const textOf = (file: string): string => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '');
// A title as it stands in the source: quotes inside it are escaped there.
const standsIn = (file: string, title: string): boolean => textOf(file).replaceAll("\\'", "'").includes(title);

test('each of the 56 attacks has a test that plays it, or a sentence that says what does not exist to be attacked', (t) => {
  t.deepEqual(ATTACKS.map((attack) => attack.number), Array.from({ length: 56 }, (_, index) => index + 1));
  for (const { number, held_by, not_here } of ATTACKS) {
    t.true(held_by.length > 0 || (not_here ?? '').length > 20, `attack ${number}`);
    for (const [file, title] of held_by) t.true(standsIn(file, title), `attack ${number}: ${file} has no test “${title}”`);
  }
});

test('every test that is called after an attack is one of those that the list names', (t) => {
  const folder = join(root, 'tests/attacks');
  const titles = readdirSync(folder).filter((name) => name.endsWith('.test.ts')).flatMap((name) => [...textOf(`tests/attacks/${name}`).matchAll(/^test(?:\.serial)?\(["'`](attack (\d+):[^'"`]*)/gm)].map(([, title = '', number]) => ({ file: `tests/attacks/${name}`, title, number: Number(number) })));
  t.true(titles.length >= 30);
  for (const { file, title, number } of titles) {
    const named = ATTACKS.find((attack) => attack.number === number)?.held_by ?? [];
    t.true(named.some(([where, beginning]) => where === file && title.startsWith(beginning)), title);
  }
});

test('SECURITY.md names for each of the threats T1 to T17 tests that exist', (t) => {
  const rows = [...textOf('SECURITY.md').matchAll(/^\| (T\d+) \|(.*)\|$/gm)].map(([, threat = '', row = '']) => ({ threat, row }));
  t.deepEqual(rows.map(({ threat }) => threat), Array.from({ length: 17 }, (_, index) => `T${index + 1}`));
  for (const { threat, row } of rows) {
    const files = [...row.matchAll(/`(tests\/[^`]+\.test\.ts)`/g)].map(([, file = '']) => file);
    t.true(files.length > 0, `${threat} names no test`);
    for (const file of files) t.not(textOf(file), '', `${threat}: ${file} does not exist`);
    for (const [, number = ''] of row.matchAll(/attack (\d+)/g)) t.true((ATTACKS.find((attack) => attack.number === Number(number))?.held_by.length ?? 0) > 0, `${threat}: attack ${number} is not played`);
  }
});
