import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import pg from 'pg';
import { openText } from '#crypto';
import { loadBrokerKeys } from '../../portal/keys/load-broker-keys.ts';
import { at, runSceau, temporaryFolder, textAt } from '../client/run-sceau.ts';
import { confirmationOf } from '../portal/access/asking.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';
import { described, enrolledProducer } from './cast.ts';
import { testNode } from './node-process.ts';

const SECRET = 'commune;demandes\nRENNES-CONFIDENTIEL;120\nCesson;31\n';

let portal: TestPortal;
test.before(async () => {
  // Without a broker: nothing here may need one.
  portal = await startTestPortal();
});
test.after.always(() => portal.close());

test('only the producer holds the key: ask, approve at the node, open, verify, a new key unasked, revoke', async (t) => {
  t.timeout(180_000);
  const node = await testNode(t);
  const folder = await temporaryFolder(t);
  const producer = await enrolledProducer(t, node, portal);
  const env = { SCEAU_HOME: path.join(folder, 'home'), SCEAU_PORTAL: portal.origin };
  const sceau = (args: string[], input?: string) => runSceau(args, { env, cwd: folder, ...(input === undefined ? {} : { input }) });

  const file = await node.write('logement.csv', SECRET);
  const published = await node.json(['publish', file, ...described('restricted', 'housing'), '--custody', 'producer']);
  t.is(published.code, 0, published.stderr);
  const id: string = published.json.dataset_id;
  t.is(await portal.portal.db.selectFrom('key_deposit').select('epoch').executeTakeFirst(), undefined, 'no deposit reached the portal');
  const custody_file = path.join(node.home, 'producers', producer.producer_id, 'custody.txt');
  t.is((await stat(custody_file)).mode & 0o777, 0o600);
  t.regex(await readFile(custody_file, 'utf8'), /^AGE-SECRET-KEY-/m);
  await portal.logged();
  const page = await portal.call('GET', `/fr/datasets/${id}`);
  t.true(page.text.includes('seul le producteur, et ceux qu’il approuve, peuvent l’ouvrir'));

  const made = await sceau(['keygen', '--name', 'Anne', '--json']);
  const fingerprint = textAt(made, 'fingerprint');
  const asked = await sceau(['ask', id, '--purpose', 'Étude', '--name', 'Anne Rivière', '--email', 'anne@labo.example', '--json', '--no-wait']);
  t.is(asked.status, 0, asked.stderr);
  const request_id = textAt(asked, 'request_id');
  const { code } = await confirmationOf(portal, 'anne@labo.example');
  t.is((await sceau(['confirm', request_id], `${code}\n`)).status, 0);

  // The node computes the digits itself; nothing but the very digits lets it grant.
  const requests = await node.json(['requests', '--state', 'submitted']);
  t.like(requests.json.access_requests[0], { request_id, fingerprint, verified: true, decided_here: true, contact_name: 'Anne Rivière' });
  const unseen = await node.json(['approve', request_id, '--yes']);
  t.deepEqual([unseen.code, unseen.json.error.code], [1, 'fingerprint_needed'], '--yes never confirms digits');
  const other = await node.json(['approve', request_id, '--yes', '--fingerprint', '00000 00000 00000 00000 00000 00000']);
  t.is(other.json.error.code, 'consumer_fingerprint_differs');
  t.deepEqual((await node.json(['consumers'])).json, { consumers: [] }, 'nobody is pinned by a refusal');
  const approved = await node.json(['approve', request_id, '--yes', '--until', '30', '--fingerprint', fingerprint, '--note', 'Bonne étude.']);
  t.is(approved.code, 0, approved.stderr);
  t.like(approved.json, { state: 'granted', key_confirmation: 'person', packages: 1 });
  t.is((await node.json(['approve', request_id, '--yes', '--fingerprint', fingerprint])).json.error.code, 'request_not_open');
  const { consumers } = (await node.json(['consumers'])).json;
  t.like(consumers[0], { fingerprint, confirmation: 'person', changed: null });
  t.is(consumers[0].devices.length, 1);

  await portal.logged();
  const grants = await sceau(['grants', '--json']);
  t.like(at(grants, 'grants', 0), { grant_id: approved.json.grant_id, dataset_id: id, state: 'active', epochs: [1], verified: true });
  const opened = await sceau(['open', id, '-o', 'opened.csv']);
  t.is(opened.status, 0, opened.stderr);
  t.is(await readFile(path.join(folder, 'opened.csv'), 'utf8'), SECRET);
  const stranger = await runSceau(['verify', id, '--json'], { env: { ...env, SCEAU_HOME: path.join(folder, 'stranger') }, cwd: folder });
  t.deepEqual([at(stranger, 'authentic'), at(stranger, 'current')], [true, true], stranger.stderr);

  // Somebody else's access ends: the next change has a new key, which Anne is given unasked.
  const second = await otherGrant(id);
  t.is((await node.json(['revoke', second, '--reason', 'Fini.', '--yes'])).code, 0);
  await node.write('logement.csv', `${SECRET}Bruz;8\n`);
  const next = await node.json(['publish', file, '--yes']);
  t.like(next.json, { version: 2, state: 'published', new_epoch: 2 }, next.stderr);
  await portal.logged();
  const reopened = await sceau(['open', id, '-o', 'second.csv']);
  t.is(reopened.status, 0, reopened.stderr);
  t.is(await readFile(path.join(folder, 'second.csv'), 'utf8'), `${SECRET}Bruz;8\n`);

  const { grant_id } = approved.json;
  const revoked = await node.json(['revoke', grant_id, '--reason', 'Étude terminée.', '--yes']);
  t.like(revoked.json, { grant_id, state: 'revoked' }, revoked.stderr);
  t.is((await sceau(['get', id, '-o', 'late.csv'])).status, 3);
  await node.write('logement.csv', `${SECRET}Bruz;9\n`);
  t.like((await node.json(['publish', file, '--yes'])).json, { version: 3, new_epoch: 3 });
  t.is((await node.json(['revoke', grant_id, '--reason', 'x', '--yes'])).json.error.code, 'grant_over');

  // Portal, store and broker with all their keys: sealed texts enough, and none that opens.
  const { identity } = await loadBrokerKeys(path.join(portal.folder, 'broker-keys'));
  const sealed = await sealedTexts(portal.database_url);
  t.true(sealed.length >= 6, `${sealed.length} sealed texts: three recovery copies, three packages`);
  for (const bytes of sealed) await t.throwsAsync(openText(bytes, [identity]), { code: 'wrong_recipient' });
  for (const name of await readdir(path.join(portal.folder, 'store'), { recursive: true })) {
    const bytes = await readFile(path.join(portal.folder, 'store', name)).catch(() => Buffer.alloc(0));
    t.false(bytes.includes('CONFIDENTIEL') || bytes.includes('AGE-SECRET-KEY'), name);
  }
  for (const folder_name of ['keys', 'broker-keys']) {
    for (const name of await readdir(path.join(portal.folder, folder_name), { recursive: true })) {
      const text = await readFile(path.join(portal.folder, folder_name, name), 'utf8').catch(() => '');
      t.false(text.includes('sceau content key'), name);
    }
  }

  // Neither database holds what opens the data.
  for (const url of [portal.database_url, node.database_url]) {
    const text = await dump(url);
    t.false(/AGE-SECRET-KEY/i.test(text));
    t.false(text.includes(Buffer.from('AGE-SECRET-KEY').toString('hex')));
    t.false(text.includes('CONFIDENTIEL'));
  }

  async function otherGrant(dataset_id: string): Promise<string> {
    const bert = { SCEAU_HOME: path.join(folder, 'bert'), SCEAU_PORTAL: portal.origin };
    const digits = textAt(await runSceau(['keygen', '--name', 'Bert', '--json'], { env: bert, cwd: folder }), 'fingerprint');
    const request = textAt(await runSceau(['ask', dataset_id, '--purpose', 'Thèse', '--name', 'Bert', '--email', 'bert@labo.example', '--json', '--no-wait'], { env: bert, cwd: folder }), 'request_id');
    const mailed = await confirmationOf(portal, 'bert@labo.example');
    await runSceau(['confirm', request], { env: bert, cwd: folder, input: `${mailed.code}\n` });
    const given = await node.json(['approve', request, '--yes', '--fingerprint', digits, '--vouched-by', 'Université']);
    t.like(given.json, { state: 'granted', key_confirmation: 'organisation' }, given.stderr);
    return given.json.grant_id;
  }
});

/** Every age file in any column of bytes. */
async function sealedTexts(url: string): Promise<Uint8Array[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const columns = await client.query<{ schema: string; name: string; field: string }>("SELECT table_schema AS schema, table_name AS name, column_name AS field FROM information_schema.columns WHERE data_type = 'bytea' AND table_schema IN ('public', 'broker')");
    const found: Uint8Array[] = [];
    for (const { schema, name, field } of columns.rows) {
      const rows = await client.query<{ bytes: Buffer }>(`SELECT "${field}" AS bytes FROM "${schema}"."${name}" WHERE "${field}" IS NOT NULL`);
      found.push(...rows.rows.map((row) => new Uint8Array(row.bytes)).filter((bytes) => Buffer.from(bytes).toString('latin1').startsWith('age-encryption.org/v1') && name !== 'dataset_resource'));
    }
    return found;
  } finally {
    await client.end();
  }
}

async function dump(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ schema: string; name: string }>("SELECT table_schema AS schema, table_name AS name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')");
    let text = '';
    for (const { schema, name } of tables.rows) text += JSON.stringify((await client.query(`SELECT t::text AS row FROM "${schema}"."${name}" t`)).rows);
    return text;
  } finally {
    await client.end();
  }
}
