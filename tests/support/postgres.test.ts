import test from 'ava';
import pg from 'pg';
import { createTestDatabase, templateDatabase, testDatabase } from './postgres.ts';

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('every test has a database of its own on a durable PostgreSQL', async (t) => {
  const [first, second] = await Promise.all([testDatabase(t), testDatabase(t)]);
  await rows(first.url, 'CREATE TABLE dataset (dataset_id text)');
  t.deepEqual(await rows(second.url, `SELECT to_regclass('dataset') AS found`), [{ found: null }]);
  t.deepEqual(await rows(first.url, 'SHOW server_encoding'), [{ server_encoding: 'UTF8' }]);
});

test('a template is prepared once, however many ask, and copied', async (t) => {
  let prepared = 0;
  const prepare = async (url: string): Promise<void> => {
    prepared += 1;
    await rows(url, `CREATE TABLE word AS SELECT 'seal' AS text`);
  };
  const names = await Promise.all([1, 2, 3].map(() => templateDatabase('once', prepare)));
  t.is(new Set(names).size, 1);
  t.is(prepared, 1);
  const copies = await Promise.all([1, 2, 3].map(() => testDatabase(t, { template: names[0] ?? '' })));
  for (const copy of copies) t.deepEqual(await rows(copy.url, 'SELECT text FROM word'), [{ text: 'seal' }]);
});

test('a dropped database is gone', async (t) => {
  const database = await createTestDatabase();
  await rows(database.url, 'SELECT 1');
  await database.drop();
  await t.throwsAsync(rows(database.url, 'SELECT 1'), { code: '3D000' });
});
