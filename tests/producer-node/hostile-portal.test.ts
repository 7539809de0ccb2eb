import test from 'ava';
import { randomUUID } from 'node:crypto';
import { fingerprintOf, generateAgeIdentity, generateSigningKey, signKeySet, signStatement, type SigningKey, statementDigest } from '#crypto';
import { openDatabase } from '../../producer-node/db/database.ts';
import { askAndConfirm } from '../portal/access/asking.ts';
import type { SealedDataset } from '../portal/catalog/publishing.ts';
import { startTestPortal, type TestConsumer, type TestPortal, type TestProducer } from '../support/portal.ts';
import { described, enrolledProducer } from './cast.ts';
import { type Ended, type TestNode, testNode } from './node-process.ts';

// The operator of this portal has its database and its keys, and uses them against the producer.
let portal: TestPortal;
let node: TestNode;
let producer: TestProducer;
let dataset: SealedDataset;
const closing: (() => Promise<void>)[] = [];
test.before(async (t) => {
  portal = await startTestPortal();
  closing.push(portal.close);
  node = await testNode({ teardown: (close) => void closing.push(close) });
  const enrolled = await enrolledProducer(t, node, portal);
  producer = { ...enrolled, name: 'Ville de Rennes' } as unknown as TestProducer;
  const published = await node.json(['publish', await node.write('logement.csv', 'commune;demandes\nRennes;120\n'), ...described('restricted', 'housing'), '--custody', 'producer']);
  t.is(published.code, 0, published.stderr);
  dataset = { dataset_id: published.json.dataset_id, publication: { digest: published.json.digest } } as unknown as SealedDataset;
});

test.after.always(async () => {
  for (const close of closing) await close();
});

const newConsumer = (name = 'Anne'): Promise<TestConsumer> => portal.registerConsumer({ name });
const ask = (consumer: TestConsumer): Promise<string> => askAndConfirm(portal, consumer, { dataset, producer });
const approve = (request_id: string, fingerprint: string): Promise<Ended> => node.json(['approve', request_id, '--yes', '--fingerprint', fingerprint]);
const codeOf = (ended: Ended): string => `${ended.json?.error?.code ?? ended.json?.state}`;
const packages = async (): Promise<number> => (await portal.owner_db.selectFrom('node_package').select('epoch').execute()).length;

/** The next key set of a consumer, signed by a key in the one before. */
function nextKeySet(consumer: TestConsumer, o: { keys: { jwk: SigningKey['public_jwk']; roles: string[] }[]; delivery: string[]; signers: SigningKey[]; name?: string }) {
  return signKeySet('consumer-keys+jws', {
    v: 1, version: 2, prev: statementDigest(consumer.key_set), name: o.name ?? consumer.name, threshold: 1, expires_at: '2035-01-01T00:00:00Z',
    keys: o.keys, delivery: o.delivery.map((key) => ({ form: 'age', key })),
  }, o.signers);
}

async function register(consumer: TestConsumer, next: unknown): Promise<void> {
  const answer = await portal.call('PUT', `/api/v1/consumers/${consumer.consumer_id}`, { json: { key_sets: [consumer.key_set, next] } });
  if (answer.status !== 200) throw new Error(answer.text);
}

test.serial('a portal that swaps the consumer’s keys is refused: the keys are followed from the consumer’s id', async (t) => {
  const [anne, mallory] = [await newConsumer(), await newConsumer('Mallory')];
  const request_id = await ask(anne);
  await portal.owner_db.updateTable('party_key_set').set({ statement: JSON.stringify(mallory.key_set) }).where('party_id', '=', anne.consumer_id).execute();
  t.is(codeOf(await approve(request_id, anne.fingerprint)), 'consumer_chain_refused');
  const shown = (await node.json(['requests'])).json.access_requests.find((one: { request_id: string }) => one.request_id === request_id);
  t.like(shown, { verified: false, code: 'consumer_chain_refused', fingerprint: '' }, 'no digits are shown that somebody could take for hers');
  await portal.owner_db.updateTable('party_key_set').set({ statement: JSON.stringify(anne.key_set) }).where('party_id', '=', anne.consumer_id).execute();

  // A whole person in her place: everything verifies but the digits that she reads out.
  const theirs = await ask(mallory);
  await portal.owner_db.updateTable('access_request').set({ contact_name: 'Anne Rivière', fingerprint: anne.fingerprint }).where('request_id', '=', theirs).execute();
  t.is(codeOf(await approve(theirs, anne.fingerprint)), 'consumer_fingerprint_differs');
  t.is(await packages(), 0);
});

test.serial('a portal that shows a request otherwise than it was signed is refused', async (t) => {
  const anne = await newConsumer();
  const request_id = await ask(anne);
  const row = await portal.owner_db.selectFrom('access_request').selectAll().where('request_id', '=', request_id).executeTakeFirstOrThrow();
  await portal.owner_db.updateTable('access_request').set({ purpose: 'Autre chose' }).where('request_id', '=', request_id).execute();
  const other = await approve(request_id, anne.fingerprint);
  t.is(codeOf(other), 'request_mismatch');
  t.regex(other.stderr, /purpose/);
  const statement = JSON.parse(row.statement ?? '');
  const forged = { ...statement, signatures: [{ ...statement.signatures[0], signature: statement.signatures[0].signature.replace(/^./, (first: string) => (first === 'A' ? 'B' : 'A')) }] };
  await portal.owner_db.updateTable('access_request').set({ purpose: row.purpose, statement: JSON.stringify(forged) }).where('request_id', '=', request_id).execute();
  t.is(codeOf(await approve(request_id, anne.fingerprint)), 'request_refused');
  await portal.owner_db.updateTable('access_request').set({ statement: row.statement }).where('request_id', '=', request_id).execute();
  t.is(codeOf(await node.json(['approve', randomUUID(), '--yes'])), 'request_unknown');
  t.is(await packages(), 0);
});

test.serial('a proposal that the portal invents opens nothing, and --yes does not make it more', async (t) => {
  const anne = await newConsumer();
  const request_id = await ask(anne);
  const { member } = await portal.signIn('officier@invente.example');
  await portal.owner_db.insertInto('access_proposal').values({ request_id, decision: 'approve', ends_at: '2030-01-01T00:00:00Z', note: null, fingerprint: anne.fingerprint, member_id: member.member_id, created_at: new Date() }).execute();
  const shown = (await node.json(['requests'])).json.access_requests.find((one: { request_id: string }) => one.request_id === request_id);
  t.like(shown, { state: 'submitted', proposal: { decision: 'approve' } });
  t.is(codeOf(await node.json(['approve', request_id, '--yes'])), 'fingerprint_needed');
  t.is(await packages(), 0);
});

test.serial('an approval that the portal replays is refused: once is all', async (t) => {
  const anne = await newConsumer();
  const request_id = await ask(anne);
  const granted = await approve(request_id, anne.fingerprint);
  t.is(codeOf(granted), 'granted', granted.stderr);
  t.is(await packages(), 1);
  t.is((await node.json(['revoke', granted.json.grant_id, '--reason', 'Fini.', '--yes'])).code, 0);
  await portal.owner_db.updateTable('access_request').set({ state: 'submitted' }).where('request_id', '=', request_id).execute();
  t.is(codeOf(await approve(request_id, anne.fingerprint)), 'request_decided');
  // Under another id it is another request than the one signed.
  const again = randomUUID();
  await portal.owner_db.updateTable('access_grant').set({ state: 'revoked' }).where('request_id', '=', request_id).execute();
  const row = await portal.owner_db.selectFrom('access_request').selectAll().where('request_id', '=', request_id).executeTakeFirstOrThrow();
  await portal.owner_db.updateTable('access_request').set({ state: 'refused' }).where('request_id', '=', request_id).execute();
  await portal.owner_db.insertInto('access_request').values({ ...row, request_id: again }).execute();
  t.is(codeOf(await approve(again, anne.fingerprint)), 'request_mismatch');
  await portal.owner_db.deleteFrom('access_request').where('request_id', '=', again).execute();
});

test.serial('a grant that the portal invents is told, and nothing is sealed under it', async (t) => {
  const mallory = await newConsumer('Mallory');
  const request_id = await ask(mallory);
  const request = await portal.owner_db.selectFrom('access_request').select('request_digest').where('request_id', '=', request_id).executeTakeFirstOrThrow();
  const grant_id = randomUUID();
  const [starts_at, ends_at] = ['2026-01-01T00:00:00Z', '2030-01-01T00:00:00Z'];
  const payload = { v: 1, grant_id, request_sha256: request.request_digest, producer_id: producer.producer_id, dataset_id: dataset.dataset_id, consumer_id: mallory.consumer_id, starts_at, ends_at, epoch_from: 1, epoch_to: null, history: true, iat: starts_at };
  const statement = signStatement('grant+jws', payload, [portal.portal.keys.decision_key]);
  const { act_id } = await portal.owner_db.selectFrom('log_act').select('act_id').where('type', '=', 'request').executeTakeFirstOrThrow();
  await portal.owner_db
    .insertInto('access_grant')
    .values({ grant_id, request_id, dataset_id: dataset.dataset_id, producer_id: producer.producer_id, consumer_id: mallory.consumer_id, statement: JSON.stringify(statement), digest: statementDigest(statement), starts_at, ends_at, epoch_from: 1, epoch_to: null, history: true, state: 'active', act_id, created_at: new Date() })
    .execute();
  const before = await packages();
  const { grants } = (await node.json(['grants'])).json;
  t.like(grants.find((one: { grant_id: string }) => one.grant_id === grant_id), { ours: false, state: 'active' });
  await node.write('logement.csv', `commune;demandes\nRennes;${Date.now()}\n`);
  const next = await node.json(['publish', `${node.files}/logement.csv`, '--yes']);
  t.is(next.code, 0, next.stderr);
  dataset = { ...dataset, publication: { ...dataset.publication, digest: next.json.digest } };
  t.is(await packages(), before, 'a new key goes to those whom this node let in, and to nobody else');
  t.is(codeOf(await node.json(['revoke', grant_id, '--reason', 'x', '--yes'])), 'grant_not_ours');
});

test.serial('an end that the portal hides is noticed by the node’s own calendar: the next change has a new key', async (t) => {
  const dora = await newConsumer('Dora');
  const granted = await approve(await ask(dora), dora.fingerprint);
  t.is(codeOf(granted), 'granted', granted.stderr);
  const republish = async (): Promise<Ended> => {
    await node.write('logement.csv', `commune;demandes\nRennes;${randomUUID()}\n`);
    const published = await node.json(['publish', `${node.files}/logement.csv`, '--yes']);
    dataset = { ...dataset, publication: { ...dataset.publication, digest: published.json.digest } };
    return published;
  };
  t.is((await republish()).json.new_epoch, undefined, 'nobody’s access ended: the key stays');
  // The time of her grant passes here; the portal goes on saying that every key may be used.
  const own = openDatabase(node.database_url);
  await own.db.updateTable('access_grant').set({ ends_at: new Date() }).where('grant_id', '=', granted.json.grant_id).execute();
  await own.close();
  t.is(typeof (await republish()).json.new_epoch, 'number');
});

test.serial('a device added by a known device is taken and listed; any other change stops until somebody compares digits', async (t) => {
  const bert = await newConsumer('Bert');
  t.is(codeOf(await approve(await ask(bert), bert.fingerprint)), 'granted');
  const [identity, phone] = [{ jwk: bert.identity_key.public_jwk, roles: ['identity'] }, generateSigningKey()];
  const application = { jwk: bert.application_key.public_jwk, roles: ['application'] };
  const added = { jwk: phone.public_jwk, roles: ['identity'] };
  const { recipient } = await generateAgeIdentity();
  await register(bert, nextKeySet(bert, { keys: [identity, application, added], delivery: [bert.delivery.recipient, recipient], signers: [bert.identity_key] }));
  const request_id = await ask(bert);
  // Known keys need no second comparison; the added device is told.
  const granted = await node.json(['approve', request_id, '--yes']);
  t.is(codeOf(granted), 'granted', granted.stderr);
  const listed = (await node.json(['consumers'])).json.consumers.find((one: { name: string }) => one.name === 'Bert');
  t.like(listed, { confirmation: 'person', changed: null });
  t.deepEqual(listed.devices.map((device: { kid: string; since_version: number }) => [device.kid, device.since_version]), [[bert.identity_key.kid, 1], [bert.application_key.kid, 1], [phone.kid, 2]]);

  // A thief with one device takes the others away; threshold 1 lets him sign it.
  const carl = await newConsumer('Carl');
  t.is(codeOf(await approve(await ask(carl), carl.fingerprint)), 'granted');
  const thief = generateSigningKey();
  const stolen = nextKeySet(carl, { keys: [{ jwk: carl.identity_key.public_jwk, roles: ['identity'] }, { jwk: thief.public_jwk, roles: ['identity'] }], delivery: [recipient], signers: [carl.identity_key] });
  await register(carl, stolen);
  const theirs = await askAndConfirm(portal, { ...carl, delivery: { ...carl.delivery, recipient } }, { dataset, producer });
  const stopped = await node.json(['approve', theirs, '--yes']);
  t.is(codeOf(stopped), 'consumer_changed');
  t.regex(stopped.stderr, /retired/);
  t.is(codeOf(await approve(theirs, carl.fingerprint)), 'consumer_changed', 'the old digits do not lift it');
  t.is((await node.json(['consumers'])).json.consumers.find((one: { name: string }) => one.name === 'Carl').changed, 'retired');
  const before = await packages();
  await portal.owner_db.updateTable('party_key_set').set({ statement: JSON.stringify(carl.key_set) }).where('party_id', '=', carl.consumer_id).where('version', '=', 2).execute();
  t.is(codeOf(await node.json(['approve', theirs, '--yes'])), 'consumer_chain_refused', 'the same set twice is no chain');
  await portal.owner_db.updateTable('party_key_set').set({ statement: JSON.stringify(stolen) }).where('party_id', '=', carl.consumer_id).where('version', '=', 2).execute();
  t.is(await packages(), before);

  t.is(codeOf(await node.json(['consumers', 'confirm', carl.consumer_id])), 'fingerprint_needed');
  t.is(codeOf(await node.json(['consumers', 'confirm', carl.consumer_id, '--fingerprint', carl.fingerprint])), 'consumer_fingerprint_differs');
  const digits = fingerprintOf(carl.consumer_id, statementDigest(stolen));
  t.is((await node.json(['consumers', 'confirm', carl.consumer_id, '--fingerprint', digits])).code, 0);
  t.is(codeOf(await node.json(['consumers', 'confirm', carl.consumer_id, '--fingerprint', digits])), 'consumer_unchanged');
  t.is(codeOf(await node.json(['approve', theirs, '--yes'])), 'granted', 'confirmed keys are known keys');
});
