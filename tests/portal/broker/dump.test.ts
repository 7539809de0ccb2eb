import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { sql } from 'kysely';
import { pino } from 'pino';
import { randomBytes } from '#crypto';
import { testPortal, type TestPortal } from '../../support/portal.ts';
import { grantAccess } from '../access/asking.ts';
import { publishSealed, send } from '../catalog/publishing.ts';
import { releaseAll, testBroker } from './test-broker.ts';

/** Every row of every table of the portal and the broker, as text; bytes stand there in hexadecimal. */
async function dumpTables(portal: TestPortal): Promise<Map<string, string>> {
  const { rows } = await sql<{ schema: string; name: string }>`
    SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'`.execute(portal.owner_db);
  const dump = new Map<string, string>();
  for (const { schema, name } of rows) {
    const table = await sql<{ line: string }>`SELECT t::text AS line FROM ${sql.id(schema, name)} AS t`.execute(portal.owner_db);
    dump.set(`${schema}.${name}`, table.rows.map((row) => row.line).join('\n'));
  }
  return dump;
}

/** The forms in which bytes may hide in a text: as they are, in hexadecimal, in base64 at each of its three alignments. */
function disguises(secret: Buffer): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), secret]).toString('base64');
    // Without the characters that depend on what stands before and behind.
    return shifted.slice(offset === 0 ? 0 : 4, -4);
  });
  return [secret.toString('utf8'), secret.toString('hex'), ...base64, ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}

test('a dump of database and store holds no plaintext of a sealed dataset, and no content key but under the broker’s and consumers’ keys', async (t) => {
  const lines: string[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const portal = await testPortal(t, { replace: { logger } });
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const rennes = await portal.enrolProducer();
  const anne = await portal.registerConsumer();
  const mark = `QUITTANCE-${randomBytes(12).toString()}-${Buffer.from(randomBytes(12)).toString('hex')}`;
  const plaintext = Buffer.from(`nom;secret\n${`Anne;${mark}\n`.repeat(2000)}`);
  const dataset = await publishSealed(portal, rennes, { plaintext });
  await grantAccess(portal, anne, { dataset, producer: rennes });
  await releaseAll(portal, { ...broker, logger });
  // Refusals must not tell secrets either: a call that carries the content key where a deposit belongs.
  const { deposits, ...body } = dataset.publication.body;
  await send(portal, rennes, { ...dataset.publication, version: 2, body: { ...body, deposits: [{ ...deposits[0], deposit: Buffer.from(dataset.content_key.text).toString('base64url') }] } });

  const dump = await dumpTables(portal);
  for (const table of ['public.key_deposit', 'public.key_recovery', 'public.key_package', 'broker.sealed_package', 'public.dataset_resource', 'public.mail', 'public.log_act']) {
    t.not(dump.get(table) ?? '', '', `${table} is not empty`);
  }
  const store = join(portal.folder, 'store');
  const files = (await readdir(store, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  t.true(files.length >= 2);
  const stored = Buffer.concat(await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name)))));

  const identity = dataset.content_key.identity;
  const secrets: [string, Buffer][] = [
    ['the plaintext', Buffer.from(mark.slice(-24))],
    ['the content key', Buffer.from(identity)],
    ['the content key without its prefix', Buffer.from(identity.slice(20, 60))],
    ['any age identity', Buffer.from('AGE-SECRET-KEY-')],
  ];
  for (const [what, secret] of secrets) {
    for (const form of disguises(secret)) {
      for (const [table, text] of dump) t.false(text.toLowerCase().includes(form.toLowerCase()), `${what} in ${table}`);
      t.false(stored.includes(form), `${what} in the store`);
      t.false(lines.join('\n').includes(form), `${what} in the logs`);
    }
  }
  const manifest = Buffer.from(dataset.publication.payload.resources[0].resource_id);
  t.true([...dump.values()].some((text) => text.includes(manifest.toString())), 'the search does find what is there');
  t.true(disguises(manifest).slice(2).some((form) => (dump.get('public.dataset_version') ?? '').includes(form)), 'in its disguises too');
});
