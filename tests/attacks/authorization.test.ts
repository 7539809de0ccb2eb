import { randomUUID } from 'node:crypto';
import test from 'ava';
import { signKeySet, statementDigest } from '#crypto';
import { asRole } from '../support/portal.ts';
import { openDatabase } from '../../portal/db/database.ts';
import { confirmEnrolment } from '../../portal/parties/confirm-enrolment.ts';
import { askAndConfirm, grantAccess } from '../portal/access/asking.ts';
import { publishSealed, upload } from '../portal/catalog/publishing.ts';
import { makeConsumerKeys } from '../support/portal-cast.ts';
import { type Answer, type Call, startTestPortal, type TestConsumer, type TestPortal, type TestProducer } from '../support/portal.ts';

const COMMAND_LINE = { kind: 'command_line' } as const;
let portal: TestPortal;
let rennes: TestProducer;
let brest: TestProducer;
let anne: TestConsumer;
let mallory: TestConsumer;

test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  brest = await portal.enrolProducer({ name: 'Brest métropole' });
  anne = await portal.registerConsumer({ name: 'Anne' });
  mallory = await portal.registerConsumer({ name: 'Mallory' });
});
test.after.always(() => portal.close());

/** An answer without what differs between any two. */
const bare = ({ status, json, text }: Answer): unknown => ({ status, body: json === undefined ? text.replaceAll(/[0-9a-f-]{36}|[A-Za-z0-9_-]{16,}/g, '…') : { ...json, request_id: '…', instance: '…' } });

test('attack 30: what belongs to somebody else answers exactly like what does not exist, in every door', async (t) => {
  const dataset = await publishSealed(portal, rennes);
  const { request_id, grant_id } = await grantAccess(portal, anne, { dataset, producer: rennes });
  const waiting = await askAndConfirm(portal, anne, { dataset: await publishSealed(portal, rennes), producer: rennes });
  const started = await portal.call('POST', '/api/v1/uploads', { json: { producer_id: rennes.producer_id, root: statementDigest(rennes.key_set), body_size: 5 }, as: rennes.keys.api });
  const upload_id = started.json.upload_id as string;
  t.is(typeof upload_id, 'string', started.text);
  const intruders: [string, Call][] = [
    ['another consumer', { as: mallory.identity_key }],
    ['another producer’s node', { as: brest.keys.api }],
    ['another producer’s officer', { session: await portal.signInOfficer(brest) }],
    ['a citizen', { session: await portal.signIn('citizen@example.org') }],
  ];
  const doors: [string, (id: string) => string, string, Call?][] = [
    ['GET', (id) => `/api/v1/access-requests/${id}`, request_id],
    ['POST', (id) => `/api/v1/access-requests/${id}/withdrawal`, waiting, { json: {} }],
    ['POST', (id) => `/api/v1/access-requests/${id}/confirmation`, waiting, { json: { code: 'AAAA-AAAA' } }],
    ['GET', (id) => `/api/v1/grants/${id}`, grant_id],
    ['GET', (id) => `/api/v1/grants/${id}/packages`, grant_id],
    ['GET', (id) => `/api/v1/enrolments/${id}`, rennes.enrolment_id],
    ['POST', (id) => `/api/v1/uploads/${id}/complete`, upload_id, { json: {} }],
    ['GET', (id) => `/fr/officer/requests/${id}`, request_id],
    ['GET', (id) => `/fr/me/requests/${id}`, request_id],
    ['GET', (id) => `/fr/me/grants/${id}`, grant_id],
  ];
  for (const [who, call] of intruders) {
    for (const [method, door, id, body] of doors) {
      const there = await portal.call(method, door(id), { ...body, ...call });
      const absent = await portal.call(method, door(randomUUID()), { ...body, ...call });
      t.deepEqual(bare(there), bare(absent), `${who}: ${method} ${door(id)}`);
      t.true([303, 401, 403, 404].includes(there.status), `${who}: ${method} ${door(id)} answered ${there.status}`);
    }
  }
  t.is((await portal.call('GET', `/api/v1/grants/${grant_id}`, { as: anne.identity_key })).status, 200, 'it does exist');
});

test('attack 31: a consumer gets nobody else’s key package, header or sealed body', async (t) => {
  const dataset = await publishSealed(portal, rennes);
  const { grant_id } = await grantAccess(portal, anne, { dataset, producer: rennes });
  const file = `/api/v1/datasets/${dataset.dataset_id}/versions/1/resources/${dataset.resource_id}`;
  t.is((await portal.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: mallory.identity_key })).status, 404);
  for (const part of ['header', 'body']) t.is((await portal.call('GET', `${file}/${part}`, { as: mallory.identity_key })).json.reason, 'no_grant');
  t.is((await portal.call('GET', `${file}/header`, { as: anne.identity_key })).status, 200);
});

test('attack 34: role, producer, custody and other fields that nobody asked for are refused wherever they are put', async (t) => {
  const { root, size } = await upload(portal, rennes, Buffer.from('des octets'));
  const doors: [string, string, Record<string, unknown>, Call][] = [
    ['POST', '/api/v1/enrolments', { code: 'X', key_sets: [rennes.key_set] }, {}],
    ['PUT', `/api/v1/consumers/${mallory.consumer_id}`, { key_sets: [mallory.key_set] }, {}],
    ['POST', '/api/v1/uploads', { producer_id: rennes.producer_id, root, body_size: size }, { as: rennes.keys.api }],
    ['PUT', `/api/v1/producers/${rennes.producer_id}/key-sets`, { key_sets: [rennes.key_set] }, { as: rennes.keys.api }],
    ['POST', '/api/v1/access-requests', { request: mallory.key_set, purpose: 'x', contact: { name: 'M', email: 'm@example.org' }, language: 'fr' }, { as: mallory.identity_key }],
  ];
  for (const [method, path, body, call] of doors) {
    for (const extra of [{ role: 'operator' }, { owner_id: brest.producer_id }, { custody: 'none' }, { state: 'active' }, { member_id: randomUUID() }]) {
      const answer = await portal.call(method, path, { ...call, json: { ...body, ...extra } });
      t.is(answer.status, 400, `${path} ${JSON.stringify(extra)}: ${answer.text}`);
      t.deepEqual(answer.json.issues?.[0]?.pointer, `/${Object.keys(extra)[0] ?? ''}`);
    }
  }
  const session = await portal.signIn('citizen@example.org');
  const form = await portal.call('POST', '/fr/sign-in', { form: { email: 'x@example.org', role: 'operator' }, session });
  t.is(form.status, 400);
});

test('attack 34: a key that is good for one role opens no door of another', async (t) => {
  const dataset = await publishSealed(portal, rennes);
  const file = `/api/v1/datasets/${dataset.dataset_id}/versions/1/resources/${dataset.resource_id}`;
  for (const key of [rennes.keys.manifest, rennes.keys.root, rennes.keys.decide, rennes.keys.release]) {
    t.is((await portal.call('POST', '/api/v1/uploads', { json: { producer_id: rennes.producer_id, root: statementDigest(rennes.key_set), body_size: 1 }, as: key })).status, 401, 'only the api key signs calls');
  }
  t.is((await portal.call('POST', '/api/v1/uploads', { json: { producer_id: rennes.producer_id, root: statementDigest(rennes.key_set), body_size: 1 }, as: anne.identity_key })).status, 401);
  t.is((await portal.call('POST', '/api/v1/uploads', { json: { producer_id: rennes.producer_id, root: statementDigest(rennes.key_set), body_size: 1 }, as: brest.keys.api })).status, 403);
  t.is((await portal.call('GET', `${file}/header`, { as: brest.keys.api })).status, 403);
  // A chain of key sets is its own evidence, whoever brings it: what counts is who signed the next one.
  const payload = JSON.parse(Buffer.from(rennes.key_set.payload, 'base64url').toString());
  const next = { ...payload, version: 2, prev: statementDigest(rennes.key_set), name: 'Rennes à moi' };
  for (const key of [rennes.keys.api, rennes.keys.manifest, rennes.keys.decide, rennes.keys.release, brest.keys.root]) {
    const key_sets = [rennes.key_set, signKeySet('producer-keys+jws', next, [key])];
    const answer = await portal.call('PUT', `/api/v1/producers/${rennes.producer_id}/key-sets`, { json: { key_sets } });
    t.is(answer.status, 422, answer.text);
  }
  t.is((await portal.call('GET', `/api/v1/producers/${rennes.producer_id}`)).json.name, rennes.name);
});

test('attack 37: whoever registers, enrols or asks in a flood is stopped, and the others go on', async (t) => {
  const flooded = await startTestPortal({ sequencer: false });
  t.teardown(() => flooded.close());
  const statuses: number[] = [];
  for (let n = 0; n < 63; n += 1) {
    const made = await makeConsumerKeys(flooded.portal.clock.now(), `n° ${n}`);
    statuses.push((await flooded.call('PUT', `/api/v1/consumers/${made.consumer_id}`, { json: { key_sets: [made.key_set] } })).status);
  }
  t.deepEqual(statuses.slice(0, 60).filter((status) => status !== 200), []);
  t.deepEqual(statuses.slice(60), [429, 429, 429]);
  const acts = await flooded.portal.db.selectFrom('log_act').select(({ fn }) => fn.countAll<string>().as('acts')).executeTakeFirstOrThrow();
  t.true(Number(acts.acts) <= 62, 'the log grows by what was accepted only');
  const codes = [];
  for (let n = 0; n < 32; n += 1) codes.push((await flooded.call('POST', '/api/v1/enrolments', { json: { code: 'AAAA-BBBB-CCCC-DDDD-EEEE-FFFF', key_sets: [rennes.key_set] } })).status);
  t.deepEqual([...new Set(codes.slice(0, 30)), ...codes.slice(30)], [403, 429, 429]);
});

test('attack 49: no producer becomes active under a name that people would take for another’s, by whatever letters', async (t) => {
  for (const name of ['Ville de Rennes', 'VILLE DE RENNES', 'Vіlle de Rennes', 'Ville de Rеnnes', 'Ville de Rennes\u200b', 'Ville  de  Rennes.', 'Viile de Rennes', 'Ville de Rénnes']) {
    const thief = await portal.enrolProducer({ name, confirm: false });
    const error = await t.throwsAsync(confirmEnrolment(portal.portal, COMMAND_LINE, { enrolment_id: thief.enrolment_id, fingerprint: thief.fingerprint }), undefined, name);
    t.true(['name_confusable', 'name_mixes_scripts'].includes((error as { reason?: string }).reason ?? ''), `${name}: ${String(error)}`);
    t.is((await portal.call('GET', `/api/v1/producers/${thief.producer_id}`)).status, 404);
  }
  const honest = await portal.enrolProducer({ name: 'Région Bretagne' });
  // Nor does one that is active call itself so later.
  const payload = JSON.parse(Buffer.from(honest.key_set.payload, 'base64url').toString());
  const renamed = (name: string) => [honest.key_set, signKeySet('producer-keys+jws', { ...payload, version: 2, prev: statementDigest(honest.key_set), name }, [honest.keys.root])];
  const put = (key_sets: unknown[]) => portal.call('PUT', `/api/v1/producers/${honest.producer_id}/key-sets`, { json: { key_sets }, as: honest.keys.api });
  t.is((await put(renamed('Ville de Rennes'))).json.reason, 'name_confusable');
  t.is((await put(renamed('Вrest métropole'))).json.reason, 'name_mixes_scripts');
  t.is((await portal.call('GET', `/api/v1/producers/${honest.producer_id}`)).json.name, 'Région Bretagne');
  t.is((await put(renamed('Région Bretagne, service des données'))).status, 200);
  t.is((await portal.call('GET', `/api/v1/producers/${honest.producer_id}`)).json.name, 'Région Bretagne, service des données');
});

test('attack 49: of two confirmations at once under one name, one is refused', async (t) => {
  const twins = [await portal.enrolProducer({ name: 'Saint-Malo', confirm: false }), await portal.enrolProducer({ name: 'Saint Malo', confirm: false })];
  const outcomes = await Promise.allSettled(twins.map(({ enrolment_id, fingerprint }) => confirmEnrolment(portal.portal, COMMAND_LINE, { enrolment_id, fingerprint })));
  t.deepEqual(outcomes.map((outcome) => outcome.status).toSorted(), ['fulfilled', 'rejected']);
});

test('attack 52: whoever runs as the web process reads nothing that the broker has sealed, and changes no act of the log', async (t) => {
  const pool = openDatabase(asRole(portal.database_url, 'sceau_test_web'), { max: 1 });
  t.teardown(pool.close);
  const denied = { message: /permission denied/ };
  await t.throwsAsync(pool.db.selectFrom('broker.sealed_package').selectAll().execute(), denied);
  await t.throwsAsync(pool.db.insertInto('key_package').values({} as never).execute());
  await t.throwsAsync(pool.db.updateTable('log_act').set({ leaf: Buffer.from('{}') } as never).execute(), denied);
  await t.throwsAsync(pool.db.deleteFrom('log_act').execute(), denied);
  await t.throwsAsync(pool.db.deleteFrom('access_grant').execute(), denied);
});
