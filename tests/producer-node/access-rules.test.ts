import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { generateAgeIdentity, generateSigningKey, signKeySet, statementDigest } from '#crypto';
import { askAndConfirm } from '../portal/access/asking.ts';
import type { SealedDataset } from '../portal/catalog/publishing.ts';
import { startTestPortal, type TestConsumer, type TestPortal, type TestProducer } from '../support/portal.ts';
import { described, enrolledProducer } from './cast.ts';
import { ending, type TestNode, testNode } from './node-process.ts';

let portal: TestPortal;
let node: TestNode;
let producer: TestProducer;
const closing: (() => Promise<void>)[] = [];
test.before(async (t) => {
  portal = await startTestPortal();
  closing.push(portal.close);
  node = await testNode({ teardown: (close) => void closing.push(close) });
  producer = { ...(await enrolledProducer(t, node, portal)), name: 'Ville de Rennes' } as unknown as TestProducer;
});
test.after.always(async () => {
  for (const close of closing) await close();
});

async function publish(name: string, custody = 'producer'): Promise<SealedDataset> {
  const published = await node.json(['publish', await node.write(`${name}.csv`, `nom;valeur\n${name};1\n`), ...described('restricted', 'housing'), '--custody', custody]);
  if (published.code !== 0) throw new Error(published.stderr);
  return { dataset_id: published.json.dataset_id, publication: { digest: published.json.digest } } as unknown as SealedDataset;
}
const ask = (consumer: TestConsumer, dataset: SealedDataset): Promise<string> => askAndConfirm(portal, consumer, { dataset, producer });
const stateOf = async (request_id: string) => (await portal.portal.db.selectFrom('access_request').select(['state', 'key_confirmation']).where('request_id', '=', request_id).executeTakeFirstOrThrow());
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error('it did not happen in time');
}

/** Runs the daemon until something holds, then ends it; gives what it logged. */
async function runUntil(holds: (said: string) => Promise<boolean>): Promise<string> {
  const daemon = node.start(['run']);
  const ended = ending(daemon);
  let said = '';
  daemon.stderr?.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
  try {
    await until(() => holds(said));
  } finally {
    daemon.kill('SIGTERM');
    await ended;
  }
  return said;
}

test.serial('the daemon grants what a rule covers, to known keys or at first use as the rule says, and leaves the rest to people', async (t) => {
  const [first, second] = [await publish('eau'), await publish('gaz')];
  const [known, unseen, stranger] = [await portal.registerConsumer({ name: 'Connue' }), await portal.registerConsumer({ name: 'Nouvelle' }), await portal.registerConsumer({ name: 'Inconnue' })];
  const approved = await node.json(['approve', await ask(known, first), '--yes', '--fingerprint', known.fingerprint]);
  t.is(approved.json.state, 'granted', approved.stderr);

  t.is((await node.json(['rules'])).json.rules.length, 0);
  t.is((await node.json(['rules', 'add', '--days', '90', '--first-use', 'refuse'])).json.error.code, 'missing_option', 'a rule says for whom');
  t.is((await node.json(['rules', 'add', '--anyone', '--days', '90', '--first-use', 'perhaps'])).json.error.code, 'bad_option');
  const careful = await node.json(['rules', 'add', '--domain', '@Labo.example', '--days', '90', '--first-use', 'refuse']);
  t.like(careful.json.rule, { mail_domain: 'labo.example', dataset_id: null, first_use: false });
  const open = await node.json(['rules', 'add', '--dataset', first.dataset_id, '--anyone', '--days', '7', '--first-use', 'accept']);
  t.is(open.code, 0, open.stderr);
  t.regex(open.stderr, /believes the portal about who asks/);

  const [again, fresh, waits] = [await ask(known, second), await ask(unseen, first), await ask(stranger, second)];
  const said = await runUntil(async (log) => (await stateOf(again)).state === 'active' && (await stateOf(fresh)).state === 'active' && log.includes(waits));
  t.deepEqual(await stateOf(again), { state: 'active', key_confirmation: 'person' });
  t.deepEqual(await stateOf(fresh), { state: 'active', key_confirmation: 'first_use' });
  t.is((await stateOf(waits)).state, 'submitted');
  t.is(said.split(waits).length, 2, 'what waits is told once');
  const grants = await portal.portal.db.selectFrom('access_grant').select(['starts_at', 'ends_at']).where('request_id', '=', fresh).executeTakeFirstOrThrow();
  t.is(Math.round((grants.ends_at.getTime() - grants.starts_at.getTime()) / 86_400_000), 7);

  // Keys that only a rule took are compared before a person lets them into more.
  const more = await ask(unseen, second);
  t.is((await node.json(['approve', more, '--yes'])).json.error.code, 'fingerprint_needed');
  t.is((await node.json(['approve', more, '--yes', '--fingerprint', unseen.fingerprint])).json.key_confirmation, 'person');

  t.is((await node.json(['rules', 'remove', open.json.rule.rule_id])).code, 0);
  t.is((await node.json(['rules', 'remove', open.json.rule.rule_id])).json.error.code, 'rule_unknown');
  t.deepEqual((await node.json(['rules', 'list'])).json.rules, [careful.json.rule]);
});

test.serial('of two who approve at once one does; a refusal ends a request with its reason; the portal decides where it helps', async (t) => {
  const dataset = await publish('bruit');
  const anne = await portal.registerConsumer({ name: 'Anne' });
  const request_id = await ask(anne, dataset);
  const args = ['approve', request_id, '--yes', '--fingerprint', anne.fingerprint];
  const raced = await Promise.all([node.json(args), node.json(args), node.json(args)]);
  t.is(raced.filter((one) => one.json.state === 'granted').length, 1, raced.map((one) => one.stderr).join('\n'));
  t.true(raced.every((one) => one.json.state === 'granted' || ['request_decided', 'request_not_open'].includes(one.json.error.code)));
  const packages = await portal.portal.db.selectFrom('node_package').innerJoin('access_grant', 'access_grant.grant_id', 'node_package.grant_id').select('epoch').where('access_grant.request_id', '=', request_id).execute();
  t.is(packages.length, 1);

  const bert = await portal.registerConsumer({ name: 'Bert' });
  const other = await ask(bert, dataset);
  const refused = await node.json(['refuse', other, '--reason', 'Hors de la convention.', '--yes']);
  t.is(refused.json.state, 'refused', refused.stderr);
  const row = await portal.portal.db.selectFrom('access_request').select(['state', 'decision_note', 'contact_email']).where('request_id', '=', other).executeTakeFirstOrThrow();
  t.like(row, { state: 'refused', decision_note: 'Hors de la convention.' });
  t.true((await portal.mails(row.contact_email)).some((mail) => mail.text_body.includes('Hors de la convention.')));

  const helped = await publish('air', 'portal');
  const carl = await portal.registerConsumer({ name: 'Carl' });
  t.is((await node.json(['approve', await ask(carl, helped), '--yes', '--fingerprint', carl.fingerprint])).json.error.code, 'decided_on_portal');
  t.is((await node.json(['publish', await node.write('x.csv', 'a;b\n1;2\n'), ...described('open'), '--custody', 'producer'])).json.error.code, 'bad_option');
});

test.serial('the daemon gives a device that was added later what was granted before; an end clicked on the portal ends it here too', async (t) => {
  const dataset = await publish('bois');
  const anne = await portal.registerConsumer({ name: 'Anne' });
  const granted = await node.json(['approve', await ask(anne, dataset), '--yes', '--fingerprint', anne.fingerprint]);
  t.is(granted.json.packages, 1, granted.stderr);
  const { recipient } = await generateAgeIdentity();
  const keys = [anne.identity_key, anne.application_key, generateSigningKey()].map((key, index) => ({ jwk: key.public_jwk, roles: [index === 1 ? 'application' : 'identity'] }));
  const next = signKeySet('consumer-keys+jws', {
    v: 1, version: 2, prev: statementDigest(anne.key_set), name: anne.name, threshold: 1, expires_at: '2035-01-01T00:00:00Z', keys, delivery: [anne.delivery.recipient, recipient].map((key) => ({ form: 'age', key })),
  }, [anne.identity_key]);
  t.is((await portal.call('PUT', `/api/v1/consumers/${anne.consumer_id}`, { json: { key_sets: [anne.key_set, next] } })).status, 200);
  const count = async () => (await portal.portal.db.selectFrom('node_package').select('epoch').where('grant_id', '=', granted.json.grant_id).execute()).length;
  await runUntil(async () => (await count()) === 2);
  t.is((await node.json(['consumers'])).json.consumers.find((one: { consumer_id: string }) => one.consumer_id === anne.consumer_id).devices.length, 3);

  await portal.owner_db.updateTable('access_grant').set({ state: 'revoked', revoked_at: new Date() }).where('grant_id', '=', granted.json.grant_id).execute();
  t.is((await node.json(['grants'])).json.grants.find((one: { grant_id: string }) => one.grant_id === granted.json.grant_id).state, 'revoked');
  const file = await node.write('bois.csv', 'nom;valeur\nbois;2\n');
  t.like((await node.json(['publish', file, '--yes'])).json, { version: 2, state: 'published', new_epoch: 2 });
  t.is(await count(), 2, 'nothing more is sealed for an access that ended');
});
