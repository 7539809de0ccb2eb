import { cp, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import pg from 'pg';
import { at, runSceau, temporaryFolder } from '../client/run-sceau.ts';
import { startTestPortal, type TestPortal } from '../support/portal.ts';
import { described, enrolledProducer } from './cast.ts';
import { type Ended, type TestNode, testNode } from './node-process.ts';

let portal: TestPortal;
test.before(async () => {
  portal = await startTestPortal();
});
test.after.always(() => portal.close());

const codeOf = (ended: Ended): unknown => ended.json?.error?.code;

/** A node with its producer enrolled, the folder of its keys, and its root key as on another machine. */
async function nodeWithProducer(t: ExecutionContext, name: string): Promise<{ node: TestNode; producer_id: string; folder: string; root: string }> {
  const node = await testNode(t);
  const { producer_id } = await enrolledProducer(t, node, portal, name);
  const folder = path.join(node.home, 'producers', producer_id);
  const safe = path.join(node.files, 'safe');
  await rename(path.join(folder, 'offline'), safe);
  return { node, producer_id, folder, root: path.join(safe, 'root.jwk') };
}

/** The root holder's machine: the proposal is carried there and back, and neither database nor folder of the node is in reach. */
async function signedCopy(t: ExecutionContext, node: TestNode, proposed: Ended, root: string, name = 'carried.json'): Promise<string> {
  t.is(proposed.code, 0, proposed.stderr);
  const file = path.join(node.files, name);
  await cp(proposed.json.file, file);
  const signed = await node.json(['keys', 'sign', file, '--root', root, '--fingerprint', proposed.json.fingerprint], { env: { DATABASE_URL: '', SCEAU_NODE_HOME: '/nonexistent' } });
  t.is(signed.code, 0, signed.stderr);
  return file;
}

async function inNodeDatabase(node: TestNode, text: string, values: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: node.database_url });
  await client.connect();
  await client.query(text, values).finally(() => client.end());
}

test('rotate, sign elsewhere, submit, publish: old and new versions verify, and a stolen old key publishes nothing more', async (t) => {
  t.timeout(180_000);
  const { node, producer_id, folder, root } = await nodeWithProducer(t, 'Ville de Rennes');
  const here = await temporaryFolder(t);
  const sceau = (home: string, args: string[]) => runSceau(args, { env: { SCEAU_HOME: path.join(here, home), SCEAU_PORTAL: portal.origin }, cwd: here });
  const file = await node.write('stations.csv', 'nom;velos\nGare;4\n');
  const first = await node.json(['publish', file, ...described()]);
  t.is(first.code, 0, first.stderr);
  const id: string = first.json.dataset_id;
  await portal.logged();
  t.is((await sceau('early', ['verify', id, '--save', 'v1.json'])).status, 0);
  await cp(path.join(folder, 'manifest.jwk'), path.join(here, 'stolen.jwk'));

  const proposed = await node.json(['keys', 'rotate']);
  t.like(proposed.json, { version: 2, missing_present: 1, missing_proposed: 1 }, proposed.stderr);
  t.is(codeOf(await node.json(['keys', 'rotate'])), 'key_proposal_waits');
  t.is(codeOf(await node.json(['keys', 'submit'])), 'key_proposal_unsigned');
  const { file: proposal, fingerprint } = proposed.json;
  t.is(codeOf(await node.json(['keys', 'sign', proposal, '--root', root, '--fingerprint', '00000 00000 00000 00000 00000 00000'])), 'proposal_fingerprint_differs');
  t.is(codeOf(await node.json(['keys', 'sign', proposal, '--root', path.join(folder, 'manifest.jwk'), '--fingerprint', fingerprint])), 'root_not_entitled');
  const carried = await signedCopy(t, node, proposed, root);
  const altered = await node.write('altered.json', (await readFile(carried, 'utf8')).replace('"threshold": 1', '"threshold": 2'));
  t.is(codeOf(await node.json(['keys', 'submit', altered])), 'key_proposal_damaged');

  const waiting = path.join(here, 'waiting');
  await cp(path.join(folder, 'next'), waiting, { recursive: true });
  const submitted = await node.json(['keys', 'submit', carried]);
  t.like(submitted.json, { version: 2, at_portal: true, heads_problem: null }, submitted.stderr);
  t.deepEqual((await readdir(folder)).includes('next'), false);
  const shown = await node.json(['keys']);
  t.like(shown.json, { version: 2, proposal: null });
  t.is(shown.json.keys.filter((key: { role: string }) => key.role === 'manifest').length, 1);
  t.is(codeOf(await node.json(['keys', 'submit'])), 'key_proposal_none');

  // As after a crash before the node's database knew: everything is done again, and nothing twice.
  await cp(waiting, path.join(folder, 'next'), { recursive: true });
  for (const role of ['manifest', 'decide', 'release']) await rm(path.join(folder, 'next', `${role}.jwk`));
  await inNodeDatabase(node, 'UPDATE producer SET key_sets = jsonb_build_array(key_sets->0)', []);
  const again = await node.json(['keys', 'submit', carried]);
  t.like(again.json, { version: 2, at_portal: true }, again.stderr);
  t.is((await portal.call('GET', `/api/v1/producers/${producer_id}`)).json.key_sets.length, 2);

  // The version that the replaced key signed is vouched for by heads under the new one.
  await portal.logged();
  const stranger = await sceau('stranger', ['verify', id, '--json']);
  t.deepEqual([at(stranger, 'authentic'), at(stranger, 'current')], [true, true], stranger.stderr);

  // Whoever copied the old key, and even the node's own, publishes nothing more.
  const fresh = path.join(here, 'fresh.jwk');
  await cp(path.join(folder, 'manifest.jwk'), fresh);
  await cp(path.join(here, 'stolen.jwk'), path.join(folder, 'manifest.jwk'));
  const forged = await node.json(['publish', await node.write('autre.csv', 'nom\nFaux\n'), ...described(), '--new']);
  t.is(forged.code, 3, forged.stderr);
  t.regex(forged.stderr, /key/);
  await cp(fresh, path.join(folder, 'manifest.jwk'));

  await node.write('stations.csv', 'nom;velos\nGare;5\n');
  const second = await node.json(['publish', file, '--yes']);
  t.like(second.json, { version: 2, state: 'published' }, second.stderr);
  await portal.logged();
  for (const home of ['early', 'newcomer']) {
    const verified = await sceau(home, ['verify', id, '--json']);
    t.deepEqual([at(verified, 'authentic'), at(verified, 'current'), at(verified, 'version')], [true, true, 2], verified.stderr);
  }
  for (const [home, args] of [['auditor', ['v1.json']], ['early', [id, '--version', '1']], ['newcomer', [id, '--version', '1']]] as const) {
    const old = await sceau(home, ['verify', ...args, '--json']);
    t.deepEqual([at(old, 'authentic'), at(old, 'version')], [true, 1], `${home}: ${old.stderr}${old.stdout}`);
  }
});

test('two of two roots: signatures gathered from two people, and the node\'s own key replaced', async (t) => {
  t.timeout(120_000);
  const { node, root } = await nodeWithProducer(t, 'Vitré');
  const second = path.join(node.files, 'second.jwk');
  const made = await node.json(['keys', 'root', second]);
  t.is(made.json.public_file, `${second}.pub`, made.stderr);
  t.is(codeOf(await node.json(['keys', 'root', second])), 'file_unwritable');
  t.is(codeOf(await node.json(['keys', 'rotate', '--threshold', '2'])), 'threshold_too_high');
  t.is(codeOf(await node.json(['keys', 'rotate', '--add-root', second])), 'bad_option', 'a private key is not taken');
  const two = await node.json(['keys', 'rotate', '--add-root', `${second}.pub`, '--threshold', '2', '--role', 'decide']);
  t.like(two.json, { missing_present: 1, missing_proposed: 2 }, two.stderr);
  const [by_first, by_second] = [await signedCopy(t, node, two, root, 'first.json'), await signedCopy(t, node, two, second, 'second.json')];
  t.is(codeOf(await node.json(['keys', 'submit', by_first])), 'key_proposal_unsigned');
  const submitted = await node.json(['keys', 'submit', by_first, by_second]);
  t.like(submitted.json, { version: 2 }, submitted.stderr);

  const before = await readFile(path.join(node.home, 'node.jwk'), 'utf8');
  const api = await node.json(['keys', 'rotate', '--role', 'api']);
  t.like(api.json, { version: 3, missing_present: 2, missing_proposed: 2 }, api.stderr);
  t.is(codeOf(await node.json(['keys', 'submit', by_second])), 'key_proposal_other', 'signatures for another change do not count');
  const once = await signedCopy(t, node, api, root, 'once.json');
  t.is(codeOf(await node.json(['keys', 'submit', once])), 'key_proposal_unsigned');
  const both = await node.json(['keys', 'submit', once, await signedCopy(t, node, api, second, 'twice.json')]);
  t.like(both.json, { version: 3 }, both.stderr);
  t.not(await readFile(path.join(node.home, 'node.jwk'), 'utf8'), before);
  const published = await node.json(['publish', await node.write('a.csv', 'a;b\n1;2\n'), ...described()]);
  t.like(published.json, { version: 1, state: 'published' }, published.stderr);

  // A root that is not needed any more is retired by the others; a role without a key is refused.
  const keys: { kid: string; role: string }[] = (await node.json(['keys'])).json.keys;
  const kid = (role: string): string => keys.find((key) => key.role === role)?.kid ?? '';
  t.is(codeOf(await node.json(['keys', 'retire', kid('release')])), 'key_role_missing');
  t.is(codeOf(await node.json(['keys', 'retire', kid('root')])), 'threshold_too_high');
  const retired = await node.json(['keys', 'retire', kid('root'), '--threshold', '1']);
  t.like(retired.json, { version: 4, missing_present: 2, missing_proposed: 1 }, retired.stderr);
});

test('keys that ran out publish nothing, status says so, and the renewal is taken although nothing else is', async (t) => {
  t.timeout(120_000);
  const { node, producer_id, root } = await nodeWithProducer(t, 'Fougères');
  const file = await node.write('a.csv', 'a;b\n1;2\n');
  t.is((await node.json(['publish', file, ...described()])).code, 0);
  const expiring = async (at: Date): Promise<void> => {
    await inNodeDatabase(node, 'UPDATE producer SET keys_expire_at = $1', [at]);
    await portal.owner_db.updateTable('party_key').set({ not_after: at }).where('party_id', '=', producer_id).execute();
  };
  const day = 86_400_000;
  await expiring(new Date(Date.now() + 40 * day));
  t.false((await node.run(['status'])).stderr.includes('Renew the keys'));
  await expiring(new Date(Date.now() + 29 * day));
  t.regex((await node.run(['status'])).stderr, /Renew the keys of Fougères: sceau-node keys rotate/);
  await expiring(new Date(Date.now() - day));
  t.regex((await node.run(['status'])).stdout, /ran out on/);
  await node.write('a.csv', 'a;b\n1;3\n');
  t.is(codeOf(await node.json(['publish', file, '--yes'])), 'keys_expired');
  const renewed = await node.json(['keys', 'rotate']);
  const submitted = await node.json(['keys', 'submit', await signedCopy(t, node, renewed, root)]);
  t.like(submitted.json, { version: 2, at_portal: true, heads_problem: null }, submitted.stderr);
  t.like((await node.json(['publish', file, '--yes'])).json, { version: 2, state: 'published' });
});
