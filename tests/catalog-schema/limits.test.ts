import test from 'ava';
import fc from 'fast-check';
import { normaliseRudi, parseAct, parseManifest, parseRudiConnector, parseRudiMetadata, resourcesFromRudi, SchemaError } from '#catalog-schema';
import { linearRegExp } from '../../catalog-schema/linear-regexp.ts';
import { GATES } from './gates.ts';
import { type Draft, example, issuesOf, refusalOf } from './samples.ts';

function nested(levels: number): Draft {
  let value: Draft = {};
  for (let level = 1; level < levels; level += 1) value = { a: value };
  return value;
}

test('32 levels are accepted and 33 are not, before anything looks at them', (t) => {
  const at = (levels: number): Draft => ({ ...example('rudi-metadata'), ext_metadata: nested(levels - 1) });
  t.notThrows(() => parseRudiMetadata(at(32)));
  t.is(refusalOf(t, parseRudiMetadata, at(33))?.code, 'too_deep');
  t.is(refusalOf(t, parseRudiMetadata, nested(100_000))?.code, 'too_deep');
});

test('a metadata record of 1 MiB is refused, a manifest of 1.5 MiB too', (t) => {
  const filled = (bytes: number): Draft => ({ ...example('rudi-metadata'), ext_metadata: { filling: 'x'.repeat(bytes) } });
  t.notThrows(() => parseRudiMetadata(filled(1_000_000)));
  t.is(refusalOf(t, parseRudiMetadata, filled(1_048_576))?.code, 'too_large');
  const manifest = (bytes: number): Draft => ({ ...example('manifest'), metadata: { ...example('manifest').metadata, ext_metadata: { filling: 'é'.repeat(bytes / 2) } } });
  t.notThrows(() => parseManifest(manifest(1_500_000)));
  t.is(refusalOf(t, parseManifest, manifest(1_572_864))?.code, 'too_large');
});

test('more than 200 000 values are refused', (t) => {
  const record = { ...example('rudi-metadata'), ext_metadata: { values: Array.from({ length: 200_001 }, () => 0) } };
  t.is(refusalOf(t, parseRudiMetadata, record)?.code, 'too_large');
});

test('a value that refers to itself is refused, not followed', (t) => {
  const loop: Draft = {};
  loop.self = loop;
  t.is(refusalOf(t, parseAct, loop)?.code, 'too_deep');
});

test('keys that JavaScript gives a meaning of its own are refused at any depth', (t) => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    const draft = JSON.parse(JSON.stringify(example('rudi-metadata')).replace('"projection"', `"${key}":{"polluted":true},"projection"`)) as Draft;
    const refusal = refusalOf(t, parseRudiMetadata, draft);
    t.is(refusal?.code, 'not_json');
    t.deepEqual(refusal?.issues, [
      { pointer: `/geography/${key}`, message: `Remove the field "${key}": JavaScript gives it a meaning of its own.` },
    ]);
  }
  t.false('polluted' in {});
});

test('fields inherited from a prototype do not count as given', (t) => {
  const inherited = Object.create(example('act')) as unknown;
  t.is(refusalOf(t, parseAct, inherited)?.code, 'not_json');
});

test('what JSON cannot say is refused', (t) => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, Symbol('s'), 1n, new Date(), new Map(), new Uint8Array(2)]) {
    t.is(refusalOf(t, parseRudiMetadata, { ...example('rudi-metadata'), x: value })?.code, 'not_json');
  }
});

test('a schema keeps its patterns apart', (t) => {
  const draft = example('act');
  draft.subject = draft.dataset_id;
  t.deepEqual(issuesOf(t, parseAct, draft).map(({ pointer }) => pointer), ['/subject']);
  t.not(String(linearRegExp('a')), String(linearRegExp('b')));
});

test('patterns see the whole text, also behind a line break', (t) => {
  t.false(linearRegExp('^[a-z]+$').test('abc\n'));
  t.false(linearRegExp('^[a-z]+$').test('abc\n<script>'));
  t.true(linearRegExp('b').test('abc'));
});

test('texts made to keep a backtracking pattern busy are refused in no time', (t) => {
  const started = performance.now();
  t.false(linearRegExp('^(a+)+$').test(`${'a'.repeat(50_000)}!`));
  t.is(issuesOf(t, parseRudiConnector, { url: '' })[0]?.pointer, '/url');
  const bait = `${'a-'.repeat(20_000)}!`;
  for (const change of [
    (d: Draft) => { d.resources[0].media_type = bait; },
    (d: Draft) => { d.resources[0].name = bait; },
    (d: Draft) => { d.schema.id = `https://${'a.'.repeat(20_000)} `; },
  ]) {
    const draft = example('manifest');
    change(draft);
    t.throws(() => parseManifest(draft), { instanceOf: SchemaError });
  }
  const record = example('rudi-metadata');
  record.available_formats[0].connector.url = 'a.'.repeat(2000);
  record.available_formats[0].file_type = bait.slice(0, 200);
  record.contacts[0].email = `${'a.'.repeat(120)}@`;
  t.throws(() => parseRudiMetadata(record), { instanceOf: SchemaError });
  record.contacts[0].email = 'contact@example.org';
  record.access_condition.licence = { licence_type: 'CUSTOM', custom_licence_label: [{ text: ' '.repeat(50_000) }], custom_licence_uri: 'a.'.repeat(1000) };
  normaliseRudi(parseRudiMetadata(record));
  t.true(performance.now() - started < 1500);
});

test('whatever JSON comes, a gate gives the value or a SchemaError', (t) => {
  for (const [name, gate] of GATES) {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        t.true(givesOrRefuses(gate, value), name);
      }),
      { numRuns: 60 },
    );
  }
});

test('whatever one field becomes, a gate gives the value or a SchemaError', (t) => {
  for (const [name, gate] of GATES) {
    const paths = pathsOf(example(name));
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: 'grapheme' }), fc.constant('__proto__')), (path, value) => {
        const draft = example(name);
        setAt(draft, path, value);
        t.true(givesOrRefuses(gate, draft), `${name} ${path.join('/')}`);
      }),
      { numRuns: 120 },
    );
  }
});

test('whatever passes the gate of RUDI metadata can be read, and its resources fit a manifest', (t) => {
  const paths = pathsOf(example('rudi-metadata'));
  let read = 0;
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.string({ unit: 'grapheme' }), fc.webUrl()), (path, value) => {
      const draft = example('rudi-metadata');
      setAt(draft, path, value);
      let record;
      try {
        record = parseRudiMetadata(draft);
      } catch {
        return;
      }
      read += 1;
      const { view } = normaliseRudi(record);
      t.is(typeof view.title, 'string');
      const manifest = example('manifest');
      manifest.resources = resourcesFromRudi(record);
      manifest.access = view.restricted ? 'restricted' : 'open';
      t.notThrows(() => parseManifest(manifest));
    }),
    { numRuns: 800 },
  );
  t.true(read > 100);
});

function givesOrRefuses(gate: (value: unknown) => unknown, value: unknown): boolean {
  try {
    return gate(value) === value;
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return error.issues.length >= 1 && error.issues.length <= 20 && error.issues.every(({ message }) => /^[A-Z].*[.]$/s.test(message));
  }
}

type Path = (string | number)[];

function pathsOf(value: Draft, at: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [at];
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [...(at.length === 0 ? [] : [at]), ...keys.flatMap((key) => pathsOf(value[key], [...at, key]))];
}

function setAt(draft: Draft, path: Path, value: unknown): void {
  let node = draft;
  for (const key of path.slice(0, -1)) node = node[key];
  node[path.at(-1) ?? ''] = value;
}
