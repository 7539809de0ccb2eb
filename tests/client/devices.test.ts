import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { openText, randomBytes } from '#crypto';
import { createClient } from '#client';
import { type TestPortal, testPortal } from '../support/portal.ts';
import { approve, confirmationOf } from '../portal/access/asking.ts';
import { releaseAll, testBroker } from '../portal/broker/test-broker.ts';
import { publishSealed } from '../portal/catalog/publishing.ts';
import { at, type Ran, runSceau, temporaryFolder, textAt } from './run-sceau.ts';

type Sceau = (home: string, args: string[], input?: string) => Promise<Ran>;

async function scene(t: Parameters<typeof temporaryFolder>[0] & Parameters<typeof testPortal>[0]): Promise<{ portal: TestPortal; folder: string; sceau: Sceau }> {
  const portal = await testPortal(t);
  const folder = await temporaryFolder(t);
  const sceau: Sceau = (home, args, input) => runSceau(args, { env: { SCEAU_HOME: join(folder, home), SCEAU_PORTAL: portal.origin }, cwd: folder, ...(input === undefined ? {} : { input }) });
  return { portal, folder, sceau };
}

test('a second computer joins by a code, opens what was granted before, and gets nothing once it is retired', async (t) => {
  t.timeout(120_000);
  const { portal, folder, sceau } = await scene(t);
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const plaintext = randomBytes(70_000);
  const { dataset_id } = await publishSealed(portal, rennes, { plaintext });
  await portal.logged();

  const made = await sceau('one', ['keygen', '--name', 'Bureau', '--json']);
  const id = textAt(made, 'consumer_id');
  const asked = await sceau('one', ['ask', dataset_id, '--purpose', 'Étude', '--name', 'Anne', '--email', 'anne@labo.example', '--json', '--no-wait']);
  t.is((await sceau('one', ['confirm', textAt(asked, 'request_id')], `${(await confirmationOf(portal, 'anne@labo.example')).code}\n`)).status, 0);
  await approve(portal, rennes, textAt(asked, 'request_id'));
  await releaseAll(portal, broker);

  // the new one shows a code, again the same, and is nobody yet
  const waiting = await sceau('two', ['devices', 'add', '--consumer', id, '--json']);
  t.is(waiting.status, 0, waiting.stderr);
  t.is(at(waiting, 'state'), 'waiting');
  const code = textAt(waiting, 'code');
  t.is(textAt(await sceau('two', ['devices', 'add', '--consumer', id, '--json']), 'code'), code);
  t.is((await sceau('two', ['grants'])).status, 1, 'no keys yet');

  // the old one approves; a code that was cut is refused in words
  const cut = await sceau('one', ['devices', 'approve', code.slice(0, -1), '--lang', 'fr']);
  t.is(cut.status, 1);
  t.regex(cut.stderr, /code entier/);
  const approved = await sceau('one', ['devices', 'approve', code, '--name', 'Portable', '--json']);
  t.is(approved.status, 0, approved.stderr);
  t.like(approved.json, { state: 'approved', name: 'Portable', version: 2 });
  t.like((await sceau('one', ['devices', 'approve', code, '--json'])).json, { name: 'Portable', version: 2 }, 'again changes nothing');
  const joined = await sceau('two', ['devices', 'add', '--consumer', id, '--json']);
  t.like(joined.json, { state: 'joined', consumer_id: id, fingerprint: textAt(made, 'fingerprint') }, joined.stderr);

  // it opens what was granted to the consumer before it was there
  await releaseAll(portal, broker);
  const opened = await sceau('two', ['open', dataset_id, '-o', 'two.csv']);
  t.is(opened.status, 0, opened.stderr);
  t.true((await readFile(join(folder, 'two.csv'))).equals(plaintext));
  t.is((await sceau('one', ['open', dataset_id, '-o', 'one.csv'])).status, 0, 'the first one still does');
  const statements = async () => (await portal.portal.db.selectFrom('log_act').select('act_id').where('type', '=', 'key.release').execute()).length;
  t.is(await statements(), 2, 'one release for each delivery key');
  await releaseAll(portal, broker);
  t.is(await statements(), 2);

  // retired: at once, at every gate
  t.is((await sceau('two', ['devices', 'retire', 'Portable'])).status, 2, 'not by itself');
  const retired = await sceau('one', ['devices', 'retire', 'Portable', '--json']);
  t.is(retired.status, 0, retired.stderr);
  for (const args of [['grants'], ['open', dataset_id, '-o', 'late.csv'], ['get', dataset_id, '-o', 'late.csv'], ['devices', 'approve', code]]) {
    t.is((await sceau('two', args)).status === 0, false, args.join(' '));
  }
  t.is((await sceau('two', ['open', dataset_id, '-o', 'late.csv'])).status, 3);
  t.is(at(await sceau('one', ['devices', '--json']), 'devices', 'length'), 1);
  const packages = (await createClient({ portal_url: portal.origin, home: join(folder, 'one') }).grants())[0];
  t.is(packages?.state, 'active');
  t.is((await sceau('one', ['open', dataset_id, '-o', 'again.csv'])).status, 0);
});

test('a printed backup lets a new computer in when the only one is lost, and serves as an age identity', async (t) => {
  const { portal, folder, sceau } = await scene(t);
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const rennes = await portal.enrolProducer();
  const plaintext = randomBytes(1000);
  const { dataset_id, content_key } = await publishSealed(portal, rennes, { plaintext });
  await portal.logged();
  const made = await sceau('one', ['keygen', '--name', 'Bureau', '--backup', 'backup.txt', '--json']);
  t.is(made.status, 0, made.stderr);
  t.is((await stat(join(folder, 'backup.txt'))).mode & 0o777, 0o600);
  const unknown = await sceau('early', ['devices', 'add', '--backup', 'backup.txt']);
  t.is(unknown.status, 3, 'the portal has not met this consumer');
  const asked = await sceau('one', ['ask', dataset_id, '--purpose', 'Étude', '--name', 'Anne', '--email', 'anne@labo.example', '--json', '--no-wait']);
  t.is((await sceau('one', ['confirm', textAt(asked, 'request_id')], `${(await confirmationOf(portal, 'anne@labo.example')).code}\n`)).status, 0);
  await approve(portal, rennes, textAt(asked, 'request_id'));
  await releaseAll(portal, broker);

  // what the backup alone opens, with stock age
  const kept = await sceau('one', ['packages', dataset_id, '-o', 'saved', '--json']);
  t.is(at(kept, 'packages', 'length'), 2, kept.stderr);
  const identity = /^AGE-SECRET-KEY-.*$/m.exec(await readFile(join(folder, 'backup.txt'), 'utf8'))?.[0] ?? '';
  t.is(Buffer.from(await openText(new Uint8Array(await readFile(join(folder, 'saved.package-2.age'))), [identity])).toString(), content_key.text);

  // the computer burns
  await rm(join(folder, 'one'), { recursive: true });
  const joined = await sceau('new', ['devices', 'add', '--backup', 'backup.txt', '--name', 'Nouveau', '--json']);
  t.like(joined.json, { state: 'joined', fingerprint: textAt(made, 'fingerprint') }, joined.stderr);
  await releaseAll(portal, broker);
  t.is((await sceau('new', ['open', dataset_id, '-o', 'new.csv'])).status, 0);
  t.true((await readFile(join(folder, 'new.csv'))).equals(plaintext));
  t.is((await sceau('new', ['devices', 'retire', 'Bureau'])).status, 0);

  // a new backup takes the place of the old one
  const again = await sceau('new', ['devices', 'backup', 'second.txt', '--json']);
  t.is(again.status, 0, again.stderr);
  t.is((await sceau('thief', ['devices', 'add', '--backup', 'backup.txt'])).status, 3, 'the old one is worth nothing any more');
  t.is((await sceau('heir', ['devices', 'add', '--backup', 'second.txt', '--json'])).status, 0);
  await writeFile(join(folder, 'torn.txt'), (await readFile(join(folder, 'second.txt'), 'utf8')).slice(0, -20));
  const torn = await sceau('torn', ['devices', 'add', '--backup', 'torn.txt', '--lang', 'fr']);
  t.is(torn.status, 1);
  t.regex(torn.stderr, /entière/);
});

test('two computers that change the keys at once both get their way, and none is lost', async (t) => {
  const { sceau } = await scene(t);
  const id = textAt(await sceau('one', ['keygen', '--name', 'Bureau', '--json']), 'consumer_id');
  const codes = await Promise.all(['two', 'three'].map(async (home) => textAt(await sceau(home, ['devices', 'add', '--consumer', id, '--json']), 'code')));
  t.is((await sceau('one', ['devices', 'approve', codes[0] ?? '', '--name', 'Deux'])).status, 0);
  t.is((await sceau('two', ['devices', 'add', '--consumer', id])).status, 0);
  const four = textAt(await sceau('four', ['devices', 'add', '--consumer', id, '--json']), 'code');
  const both = await Promise.all([sceau('one', ['devices', 'approve', codes[1] ?? '', '--name', 'Trois', '--json']), sceau('two', ['devices', 'approve', four, '--name', 'Quatre', '--json'])]);
  for (const ran of both) t.is(ran.status, 0, ran.stderr);
  const listed = await sceau('one', ['devices', '--json']);
  t.deepEqual((at(listed, 'devices') as { name: string }[]).map(({ name }) => name).toSorted(), ['Bureau', 'Deux', 'Quatre', 'Trois']);
  t.is(at(listed, 'version'), 4);
  const before = Date.parse(textAt(listed, 'expires_at'));
  const renewed = await sceau('two', ['devices', 'renew', '--json']);
  t.true(Date.parse(textAt(renewed, 'expires_at')) >= before);
  t.is(at(renewed, 'version'), 5);
});

test('a portal that shows another history of one’s keys is a hard stop', async (t) => {
  const { portal, folder, sceau } = await scene(t);
  const id = textAt(await sceau('one', ['keygen', '--name', 'Bureau', '--json']), 'consumer_id');
  t.is((await sceau('one', ['devices', 'renew'])).status, 0);
  const key_sets = JSON.parse(await readFile(join(folder, 'one', 'key-sets.json'), 'utf8')) as unknown[];
  // The same device in a former life: another second version by the same key.
  await writeFile(join(folder, 'one', 'key-sets.json'), JSON.stringify(key_sets.slice(0, 1)), { mode: 0o600 });
  await portal.owner_db.updateTable('party_key_set').set({ statement: JSON.stringify(key_sets[0]) }).where('party_id', '=', id).where('version', '=', 2).execute();
  const stopped = await sceau('one', ['devices']);
  t.is(stopped.status, 5, stopped.stderr);
  t.regex(stopped.stderr, /STOP/);
  const stranger = await sceau('two', ['devices', 'add', '--consumer', 'A'.repeat(42), '--json']);
  t.is(stranger.status, 2);
});
