import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { countRows, csvShape } from '../../producer-node/datasets/csv-table.ts';
import { type DescribedFile, describeFile, titleOfName } from '../../producer-node/datasets/describe-file.ts';
import { periodOfText, readPeriod } from '../../producer-node/datasets/find-period.ts';
import { boundingBox } from '../../producer-node/datasets/json-shape.ts';
import { NodeError } from '../../producer-node/errors.ts';

async function described(name: string, content: string | Uint8Array): Promise<DescribedFile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sceau-describe-'));
  try {
    const file = path.join(folder, name);
    await writeFile(file, content);
    return await describeFile(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');

test('a French spreadsheet in latin1 with semicolons is a table, and said to be latin1', async (t) => {
  const file = await described('budget-2024.csv', latin1('libellé;montant\nÉcole;1 200,50\nVoirie;300\n'));
  t.like(file, { media_type: 'text/csv', encoding: 'ISO-8859-1', delimiter: ';', columns: ['libellé', 'montant'], records: 2 });
  t.deepEqual(file.period, { start_at: '2024-01-01T00:00:00Z', end_at: '2024-12-31T23:59:59Z' });
});

test('characters that only Windows has make it Windows-1252', async (t) => {
  t.is((await described('a.csv', new Uint8Array([...latin1('nom;prix\nchâteau;5'), 0x80, ...latin1('\nforêt;6\n')]))).encoding, 'Windows-1252');
});

test('a byte order mark is seen and is no part of the first column’s name', async (t) => {
  const file = await described('a.csv', '\uFEFFnom,commune\nGare,Rennes\nSud,Bruz\n');
  t.like(file, { encoding: 'UTF-8 (BOM)', delimiter: ',', columns: ['nom', 'commune'], records: 2 });
});

test('UTF-16 is recognised, and its lines are not counted as bytes', async (t) => {
  const file = await described('a.csv', Buffer.from('\uFEFFnom;commune\nGare;Rennes\n', 'utf16le'));
  t.like(file, { encoding: 'UTF-16', media_type: 'text/csv', columns: ['nom', 'commune'] });
  t.is(file.records, undefined);
});

test('the first line of a table of numbers is no line of names', async (t) => {
  t.like(await described('a.csv', '1;2;3\n4;5;6\n'), { columns: [], records: 2 });
});

test('a table without its ending is recognised, a sentence with commas is not one', async (t) => {
  t.is((await described('stations', 'nom;places\nGare;2\nSud;3\n')).media_type, 'text/csv');
  t.is((await described('lisez-moi.txt', 'Bonjour, voici les données.\n')).media_type, 'text/plain');
  t.is((await described('table.tsv', 'nom\tplaces\nGare\t2\n')).delimiter, '\t');
});

test('line ends and quotes inside quotes are no rows', (t) => {
  const rows = (text: string, delimiter = ';'): number => {
    const count = countRows(delimiter);
    for (const byte of Buffer.from(text)) count.update(new Uint8Array([byte]));
    return count.finish();
  };
  t.is(rows('a;b\n1;2\n'), 2);
  t.is(rows('a;b\r\n1;2'), 2);
  t.is(rows('a;b\n"x\ny";2\n'), 2);
  t.is(rows('a;b\n"il dit ""oui\nnon""";2\n\n\n'), 2);
  t.is(rows('a;b\ntuyau 5" long;2\nx;3\n'), 3);
  t.is(rows(''), 0);
});

test('rows are counted alike whatever the pieces a file comes in', (t) => {
  const texts = ['a;b\r\n1;2\r\n\r\n3;4', 'a\n\n\nb\n', 'a;b\r1;2\r3;4\r', '"x";1\n2;3\n"y\n";4\n5;6', ';\n;\n', '\r\n\r\n'];
  for (const text of texts) {
    const bytes = Buffer.from(text);
    const counts = [1, 2, 3, 5, bytes.length].map((size) => {
      const count = countRows(';');
      for (let start = 0; start < bytes.length; start += size) count.update(bytes.subarray(start, start + size));
      return count.finish();
    });
    t.is(new Set(counts).size, 1, `${JSON.stringify(text)}: ${counts.join(' ')}`);
  }
});

test('the delimiter is the one that all lines agree on', (t) => {
  t.is(csvShape('nom;adresse\nA;"1, rue X"\nB;"2, rue Y"\n', true)?.delimiter, ';');
  t.is(csvShape('a|b|c\n1|2|3\n', true)?.delimiter, '|');
  t.deepEqual(csvShape('seule\n1\n2\n', true)?.columns, ['seule']);
  t.is(csvShape('seule\n1\n2\n', false), undefined);
});

test('the period is that of the columns of dates, whichever way they are written', async (t) => {
  t.deepEqual((await described('a.csv', 'date;n\n31/12/2023;1\n01/02/2024;2\n')).period, { start_at: '2023-12-31T00:00:00Z', end_at: '2024-02-01T23:59:59Z' });
  t.deepEqual((await described('a.csv', 'mois,n\n2024-02,1\n2024-01,2\n')).period, { start_at: '2024-01-01T00:00:00Z', end_at: '2024-02-29T23:59:59Z' });
  t.deepEqual((await described('a.csv', 'annee;n\n2021;1\n2019;2\n')).period, { start_at: '2019-01-01T00:00:00Z', end_at: '2021-12-31T23:59:59Z' });
  t.deepEqual((await described('a.csv', 'horodatage;n\n2024-05-01T10:00:00Z;1\n2024-05-03 08:00:00;2\n')).period, { start_at: '2024-05-01T00:00:00Z', end_at: '2024-05-03T23:59:59Z' });
});

test('a birth date, a mere number or an impossible day make no period', async (t) => {
  t.is((await described('a.csv', 'date_naissance;date_creation\n1980-01-02;2020-01-01\n')).period, undefined);
  t.is((await described('a.csv', 'code;n\n2024;1\n2023;2\n')).period, undefined);
  t.is((await described('a.csv', 'date;n\n31/02/2024;1\n32/01/2024;2\n')).period, undefined);
});

test('a period can be said, or stand in a name', (t) => {
  t.deepEqual(readPeriod('2024'), { start_at: '2024-01-01T00:00:00Z', end_at: '2024-12-31T23:59:59Z' });
  t.deepEqual(readPeriod('2024-02/2024-03-10'), { start_at: '2024-02-01T00:00:00Z', end_at: '2024-03-10T23:59:59Z' });
  t.is(readPeriod('2024/2023'), undefined);
  t.is(readPeriod('jamais'), undefined);
  t.deepEqual(periodOfText('budget_2019-2021.csv')?.end_at, '2021-12-31T23:59:59Z');
  t.is(periodOfText('codes-35000.csv'), undefined);
});

const RENNES = { type: 'Feature', properties: { nom: 'Gare' }, geometry: { type: 'Point', coordinates: [-1.67, 48.1, 30] } };

test('GeoJSON is known by its content; its box is around everything', async (t) => {
  const square = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [[[-1.8, 48], [-1.5, 48], [-1.5, 48.2], [-1.8, 48]]] } };
  const file = await described('carte.json', JSON.stringify({ type: 'FeatureCollection', features: [RENNES, square, { type: 'Feature', properties: null, geometry: null }] }));
  t.like(file, { media_type: 'application/geo+json', records: 3, columns: ['nom'] });
  t.deepEqual(file.bbox, [-1.8, 48, -1.5, 48.2]);
});

test('coordinates of a projection give no box, and depth exhausts nothing', (t) => {
  t.is(boundingBox({ ...RENNES, geometry: { type: 'Point', coordinates: [351_000, 6_789_000] } }), undefined);
  let deep: unknown = [1, 2];
  for (let i = 0; i < 200_000; i += 1) deep = [deep];
  t.deepEqual(boundingBox({ type: 'Point', coordinates: deep }), [1, 2, 1, 2]);
});

test('a list of objects has as many records as members; JSON that is none is refused', async (t) => {
  t.like(await described('a.json', '[{"nom":"x","annee":2020},{"nom":"y","annee":2022}]'), { media_type: 'application/json', records: 2, columns: ['nom', 'annee'] });
  const error = await t.throwsAsync(described('a.json', '{"nom": '), { instanceOf: NodeError });
  t.is(error?.code, 'not_json');
});

test('the bytes decide when the name lies', async (t) => {
  t.is((await described('a.csv', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0]))).media_type, 'application/zip');
  t.is((await described('a.xlsx', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0]))).media_type, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
  t.is((await described('a.csv', new Uint8Array([0, 1, 2, 3]))).media_type, 'application/octet-stream');
  t.is((await described('a.gpkg', Buffer.from('SQLite format 3\0xxxx'))).media_type, 'application/geopackage+sqlite3');
});

test('missing, empty and strange files are refused, each with its own word', async (t) => {
  const code = async (file: string): Promise<string | undefined> => (await t.throwsAsync(describeFile(file), { instanceOf: NodeError }))?.code;
  const folder = await mkdtemp(path.join(tmpdir(), 'sceau-describe-'));
  await writeFile(path.join(folder, 'vide.csv'), '');
  t.is(await code(path.join(folder, 'absent.csv')), 'file_missing');
  t.is(await code(path.join(folder, 'vide.csv')), 'file_empty');
  t.is(await code(path.join(folder, 'vide.csv', 'x')), 'file_missing');
  t.is(await code(folder), 'file_is_folder');
  t.is(await code('/dev/null'), 'file_not_regular');
  await rm(folder, { recursive: true });
});

test('a title comes from the name', (t) => {
  t.is(titleOfName('communes_rennes-metropole.v2.csv'), 'Communes rennes metropole v2');
  t.is(titleOfName('écoles.geojson'), 'Écoles');
});
