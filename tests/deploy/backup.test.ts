import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { sql } from 'kysely';
import { generateAgeIdentity } from '#crypto';
import { createApp } from '../../portal/app.ts';
import { openDatabase } from '../../portal/db/database.ts';
import { runOperatorCommand } from '../../portal/operator-cli/program.ts';
import { grantAccess } from '../portal/access/asking.ts';
import { publishSealed } from '../portal/catalog/publishing.ts';
import { releaseAll, testBroker } from '../portal/broker/test-broker.ts';
import { type TestNode, testNode } from '../producer-node/node-process.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';
import { createTestDatabase } from '../support/postgres.ts';

interface Ran {
  code: number;
  out: string;
  err: string;
  json: ReturnType<typeof JSON.parse>;
}

async function sceauPortal(env: Record<string, string>, args: string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runOperatorCommand([...args, '--json'], { env: { LANG: 'en', ...env }, out: (text) => out.push(text), err: (text) => err.push(text), signal: new AbortController().signal }, createApp);
  const said = [...out, ...err].at(-1);
  return { code, out: out.join('\n'), err: err.join('\n'), json: said === undefined ? undefined : JSON.parse(said) };
}

interface Place {
  folder: string;
  env: Record<string, string>;
}

/** A place to restore into: an empty database, and folders that are not there yet. */
async function emptyPlace(clean_up: { teardown(fn: () => Promise<void>): void }): Promise<Place> {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'sceau-elsewhere-'));
  clean_up.teardown(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });
  return { folder, env: environment(database.url, folder) };
}

function environment(database_url: string, folder: string): Record<string, string> {
  return {
    SCEAU_PUBLIC_ORIGIN: 'http://127.0.0.1:8080',
    SCEAU_NAME: 'Essai',
    SCEAU_STORE: join(folder, 'store'),
    SCEAU_KEYS_DIR: join(folder, 'keys'),
    SCEAU_BROKER_KEYS_DIR: join(folder, 'broker-keys'),
    DATABASE_URL: database_url,
  };
}

let portal: TestPortal;
let env: Record<string, string>;
let folder: string;
let identity_file: string;
let recipient: string;
let taken: Ran;
let backup: string;

test.before(async () => {
  portal = await startTestPortal();
  env = environment(portal.database_url, portal.folder);
  folder = await mkdtemp(join(tmpdir(), 'sceau-backup-'));
  const operator = await generateAgeIdentity();
  identity_file = join(folder, 'operator.txt');
  await writeFile(identity_file, `# of the operator\n${operator.identity}\n`, { mode: 0o600 });
  recipient = operator.recipient;
  const rennes = await portal.enrolProducer();
  const anne = await portal.registerConsumer();
  const { broker, close } = await testBroker(portal);
  const dataset = await publishSealed(portal, rennes, { plaintext: Buffer.alloc(1_500_000, 'nom;secret\n') });
  await grantAccess(portal, anne, { dataset, producer: rennes });
  await releaseAll(portal, broker);
  await close();
  await portal.logged();
  backup = join(folder, 'backup');
  taken = await sceauPortal(env, ['backup', backup, '--recipient', recipient]);
});

test.after.always(async () => {
  await portal.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every row of every table, as text, in an order of its own. */
async function rowsOf(url: string): Promise<Map<string, string[]>> {
  const { db, close } = openDatabase(url, { max: 1 });
  try {
    const { rows } = await sql<{ schema: string; name: string }>`
      SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
      WHERE table_schema IN ('public', 'broker') AND table_type = 'BASE TABLE'`.execute(db);
    const all = new Map<string, string[]>();
    for (const { schema, name } of rows) {
      const table = await sql<{ line: string }>`SELECT t::text AS line FROM ${sql.id(schema, name)} AS t`.execute(db);
      all.set(`${schema}.${name}`, table.rows.map((row) => row.line).sort());
    }
    return all;
  } finally {
    await close();
  }
}

test.serial('a backup restored elsewhere is the same database, keys and bodies; sessions and the root key stay behind', async (t) => {
  t.is(taken.code, 0, taken.err);
  t.is(taken.json.bodies, 1);
  t.deepEqual(taken.json.damaged, []);
  const place = await emptyPlace(t);
  const restored = await sceauPortal(place.env, ['restore', backup, '--identity', identity_file, '--digest', taken.json.digest]);
  t.is(restored.code, 0, restored.err);
  t.is(restored.json.bodies, 1);
  t.is(restored.json.log_size, taken.json.log_size);

  const [before, after] = [await rowsOf(portal.database_url), await rowsOf(place.env['DATABASE_URL'] ?? '')];
  const gone = ['public.session', 'public.sign_in', 'public.rate_limit', 'public.process_seen'];
  // The lease is renewed while the portal runs; its fencing token is compared below.
  for (const [table, rows] of before) if (!table.startsWith('public.kysely') && table !== 'public.lease') t.deepEqual(after.get(table), gone.includes(table) ? [] : rows, table);
  t.is(after.get('public.lease')?.[0]?.split(',')[2], before.get('public.lease')?.[0]?.split(',')[2]);
  t.true((before.get('public.session') ?? []).length > 0, 'there were sessions to leave behind');
  t.true((after.get('broker.sealed_package') ?? []).length > 0, 'the broker’s own schema is in it');

  for (const [of, name] of [['keys', 'log.jwk'], ['keys', 'codes.key'], ['keys', 'log-checkpoint.txt'], ['broker-keys', 'broker-identity.txt']]) {
    t.deepEqual(await readFile(join(place.folder, of ?? '', name ?? '')), await readFile(join(portal.folder, of ?? '', name ?? '')));
  }
  t.is((await stat(join(place.folder, 'broker-keys', 'broker-identity.txt'))).mode & 0o777, 0o600);
  t.is((await stat(join(place.folder, 'keys'))).mode & 0o777, 0o700);
  await t.throwsAsync(stat(join(place.folder, 'keys', 'offline-root')));
  const bodies = async (store: string) => (await readdir(join(store, 'o'), { recursive: true })).sort();
  t.deepEqual(await bodies(join(place.folder, 'store')), await bodies(join(portal.folder, 'store')));

  const doctor = await sceauPortal({ ...place.env, SCEAU_MAIL_FROM: 'a@example.org' }, ['doctor']);
  const ok = new Set(doctor.json.checks.filter((check: { ok: boolean }) => check.ok).map((check: { check: string }) => check.check));
  for (const check of ['database', 'migrations', 'keys', 'store', 'log']) t.true(ok.has(check), check);
  // Identities go on where they were: the next act gets the next number.
  const { db, close } = openDatabase(place.env['DATABASE_URL'] ?? '', { max: 1 });
  const { rows } = await sql<{ next: string; highest: string }>`SELECT nextval('log_act_act_id_seq')::text AS next, (SELECT max(act_id)::text FROM log_act) AS highest`.execute(db);
  await close();
  t.is(Number(rows[0]?.next), Number(rows[0]?.highest) + 1);
});

test.serial('nothing of a backup but public digests can be read without the operator’s identity', async (t) => {
  const entries = await readdir(backup, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  t.true(files.length > 10);
  const all = Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
  const broker = await readFile(join(portal.folder, 'broker-keys', 'broker-identity.txt'), 'utf8');
  for (const secret of [broker.trim(), 'AGE-SECRET', '"d":', 'csrf_token', '@example.org']) t.false(all.includes(secret), secret);
  for (const file of files) t.is((await stat(file)).mode & 0o077, 0, file);
  const stranger = join(folder, 'stranger.txt');
  await writeFile(stranger, (await generateAgeIdentity()).identity);
  await expectRefused(t, 'backup_wrong_identity', ['restore', backup, '--identity', stranger]);
});

async function expectRefused(t: { is(a: unknown, b: unknown, message?: string): void; deepEqual(a: unknown, b: unknown): void; teardown(fn: () => Promise<void>): void }, reason: string, args: string[], prepare: (place: Place) => Promise<void> = async () => undefined): Promise<void> {
  const place = await emptyPlace(t);
  await prepare(place);
  const before = await readdir(place.folder, { recursive: true });
  const tables = (await rowsOf(place.env['DATABASE_URL'] ?? '')).size;
  const refused = await sceauPortal(place.env, args);
  t.is(refused.json.error?.reason, reason, refused.err);
  t.is(refused.code === 0, false);
  const after = (await readdir(place.folder, { recursive: true })).filter((name) => !name.startsWith('store'));
  t.deepEqual(after.sort(), before.filter((name) => !name.startsWith('store')).sort());
  t.is((await rowsOf(place.env['DATABASE_URL'] ?? '')).size, tables);
}

/** A copy of the backup in which one file was changed. */
async function altered(name: string, change: (bytes: Buffer) => Buffer | undefined): Promise<string> {
  const copy = await mkdtemp(join(folder, 'altered-'));
  await cp(backup, copy, { recursive: true });
  const found = (await readdir(copy, { recursive: true, withFileTypes: true })).find((entry) => entry.isFile() && join(entry.parentPath, entry.name).slice(copy.length + 1).startsWith(name));
  if (found === undefined) throw new Error(`${name} is not in the backup`);
  const path = join(found.parentPath, found.name);
  const bytes = change(await readFile(path));
  if (bytes === undefined) await rm(path);
  else await writeFile(path, bytes);
  return copy;
}

function flip(bytes: Buffer): Buffer {
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  return bytes;
}

test.serial('an altered, missing or cut file is refused before anything is written', async (t) => {
  const restore = (from: string, ...more: string[]) => ['restore', from, '--identity', identity_file, ...more];
  await expectRefused(t, 'backup_altered', restore(await altered('database.jsonl.age', flip)));
  await expectRefused(t, 'backup_altered', restore(await altered('broker-keys/broker.jwk.age', (bytes) => bytes.subarray(0, -1))));
  await expectRefused(t, 'backup_altered', restore(await altered('keys/log.jwk.age', () => undefined)));
  await expectRefused(t, 'backup_altered', restore(await altered('bodies.jsonl', flip)));
  await expectRefused(t, 'backup_altered', restore(await altered('bodies/', flip)));
  await expectRefused(t, 'backup_not_a_backup', restore(await altered('sceau-backup.json', () => undefined)));
  await expectRefused(t, 'backup_not_a_backup', restore(await altered('sceau-backup.json', (bytes) => Buffer.from(bytes.toString().replace('keys/log.jwk.age', '../keys/log.jwk')))));
  await expectRefused(t, 'backup_newer_backup', restore(await altered('sceau-backup.json', (bytes) => Buffer.from(bytes.toString().replace('"v": 1', '"v": 2')))));
  await expectRefused(t, 'newer_backup', restore(await altered('sceau-backup.json', (bytes) => Buffer.from(bytes.toString().replace('0001-first-path', '9999-from-the-future')))));
  // A list that fits its files, but is not the one whose digest the operator noted.
  await expectRefused(t, 'backup_other_digest', restore(await altered('sceau-backup.json', (bytes) => Buffer.concat([bytes, Buffer.from('\n')])), '--digest', taken.json.digest));
});

test.serial('nothing that is there is overwritten: neither database nor keys nor a backup', async (t) => {
  const restore = ['restore', backup, '--identity', identity_file];
  await expectRefused(t, 'backup_database_not_empty', restore, async (place) => {
    const { db, close } = openDatabase(place.env['DATABASE_URL'] ?? '', { max: 1 });
    await sql`CREATE TABLE mine (id int)`.execute(db);
    await close();
  });
  for (const name of ['keys', 'broker-keys']) {
    await expectRefused(t, 'backup_target_not_empty', restore, async (place) => {
      await mkdir(join(place.folder, name), { mode: 0o700 });
      await writeFile(join(place.folder, name, 'mine'), 'x');
    });
  }
  const again = await sceauPortal(env, ['backup', backup, '--recipient', recipient]);
  t.is(again.json.error.reason, 'backup_target_not_empty');
  const nobody = await sceauPortal(env, ['backup', join(folder, 'other'), '--recipient', 'nobody']);
  t.is(nobody.json.error.reason, 'backup_bad_recipient');
  t.is(nobody.code, 2);
});

test.serial('a restoring that died before its last step goes on when it is repeated', async (t) => {
  const place = await emptyPlace(t);
  t.is((await sceauPortal(place.env, ['restore', backup, '--identity', identity_file])).code, 0);
  // The keys have their names, the database did not commit.
  const fresh = await createTestDatabase();
  t.teardown(fresh.drop);
  const repeated = await sceauPortal({ ...place.env, DATABASE_URL: fresh.url }, ['restore', backup, '--identity', identity_file]);
  t.is(repeated.code, 0, repeated.err);
});

test.serial('a backup older than a checkpoint that somebody has seen is refused, and so is a body that the store lost', async (t) => {
  const note = await (await fetch(`${portal.origin}/log/checkpoint`)).text();
  const seen = join(folder, 'seen.txt');
  await writeFile(seen, note);
  const place = await emptyPlace(t);
  t.is((await sceauPortal(place.env, ['restore', backup, '--identity', identity_file, '--checkpoint', seen])).code, 0, 'the checkpoint of the backup itself');
  await portal.enrolProducer();
  await portal.logged();
  await writeFile(seen, await (await fetch(`${portal.origin}/log/checkpoint`)).text());
  await expectRefused(t, 'backup_log_shorter', ['restore', backup, '--identity', identity_file, '--checkpoint', seen]);
  await writeFile(seen, note.replace(/^(.*\n)\d+/, '$1999'));
  await expectRefused(t, 'backup_checkpoint', ['restore', backup, '--identity', identity_file, '--checkpoint', seen]);

  const listed = join(folder, 'listed');
  const listing = await sceauPortal(env, ['backup', listed, '--recipient', recipient, '--bodies', 'list']);
  t.is(listing.code, 0);
  const without = await emptyPlace(t);
  const restored = await sceauPortal(without.env, ['restore', listed, '--identity', identity_file]);
  t.is(restored.code, 0);
  t.is(restored.json.missing.length, 1);
  const body = (await readdir(join(portal.folder, 'store', 'o'), { recursive: true, withFileTypes: true })).find((entry) => entry.name === 'body');
  const path = join(body?.parentPath ?? '', 'body');
  const bytes = await readFile(path);
  await writeFile(path, flip(Buffer.from(bytes)));
  const damaged = await sceauPortal(env, ['backup', join(folder, 'damaged'), '--recipient', recipient]);
  await writeFile(path, bytes);
  t.is(damaged.code, 1);
  t.is(damaged.json.damaged.length, 1);
});

test.serial('a node restored elsewhere has its keys and what waits, and publishes on; its offline keys are not in the backup', async (t) => {
  const node: TestNode = await testNode(t);
  t.is((await node.json(['init', '--name', 'Ville d’essai'])).code, 0);
  const into = join(folder, 'node');
  const backed = await node.json(['backup', into, '--recipient', recipient]);
  t.is(backed.code, 0, backed.stderr);
  t.is(backed.json.offline.length, 1);
  t.regex(backed.stderr, /Not in the backup/);

  const elsewhere = await testNode(t);
  const refused = await elsewhere.json(['restore', backup, '--identity', identity_file]);
  t.is(refused.json.error.code, 'other_kind');
  const restored = await elsewhere.json(['restore', into, '--identity', identity_file, '--digest', backed.json.digest]);
  t.is(restored.code, 0, restored.stderr);
  t.deepEqual(restored.json.producers, ['Ville d’essai']);
  const [here, there] = [await node.json(['status']), await elsewhere.json(['status'])];
  t.is(there.json.node.kid, here.json.node.kid);
  t.is(there.json.producers[0].producer_id, here.json.producers[0].producer_id);
  t.is(there.json.producers[0].offline_keys_here, null);
  const again = await elsewhere.json(['restore', into, '--identity', identity_file]);
  t.is(again.json.error.code, 'database_not_empty');
});
