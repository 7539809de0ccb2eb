import test from 'ava';
import { sql } from 'kysely';
import { decodeBase64url, digestOf, keyWithRole, payloadBytes, signStatement, type SigningKey, verifyKeySetChain, verifyStatement } from '#crypto';
import { type Grant, parseGrant, parseRevocation } from '#catalog-schema';
import { decideAccessRequest, type Decision } from '../../../portal/access/decide-access-request.ts';
import { expireGrants } from '../../../portal/access/expire-grants.ts';
import { listGrantsForMember, listGrantsForProducers } from '../../../portal/access/grant-list-store.ts';
import { revokeGrant } from '../../../portal/access/revoke-grant.ts';
import { withdrawAccessRequest } from '../../../portal/access/withdraw-access-request.ts';
import { PortalError } from '../../../portal/errors.ts';
import type { Caller } from '../../../portal/portal.ts';
import { createClock } from '../../support/clock.ts';
import { type Answer, startTestPortal, type TestConsumer, testPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { publishSealed, type SealedDataset } from '../catalog/publishing.ts';
import { askAndConfirm, grantAccess } from './asking.ts';

let portal: TestPortal;
let rennes: TestProducer;
let brest: TestProducer;
let dataset: SealedDataset;
let officer: Extract<Caller, { kind: 'member' }>;
test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  brest = await portal.enrolProducer({ name: 'Brest métropole' });
  dataset = await publishSealed(portal, rennes);
  officer = (await portal.signInOfficer(rennes)).member;
});
test.after.always(() => portal.close());

const reasonOf = (answer: Answer) => `${answer.status} ${answer.json?.code} ${answer.json?.reason ?? ''}`.trim();
const refusalOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(() => undefined, (cause: unknown) => cause);
  return error instanceof PortalError ? `${error.code} ${error.reason ?? ''}`.trim() : String(error);
};
const newConsumer = (): Promise<TestConsumer> => portal.registerConsumer({ name: 'Laboratoire' });
const newRequest = async () => askAndConfirm(portal, await newConsumer(), { dataset, producer: rennes });
const decide = (request_id: string, o: Partial<Decision> = {}, member: Caller = officer) => decideAccessRequest(portal.portal, member, { request_id, decision: 'approve', fingerprint_confirmed: true, ...o });
const fileOf = (part: string, sealed = dataset) => `/api/v1/datasets/${sealed.dataset_id}/versions/1/resources/${sealed.resource_id}/${part}`;

test('a grant says who may open what and until when, signed by the portal’s decision key, hidden in the log', async (t) => {
  const anne = await newConsumer();
  const request_id = await askAndConfirm(portal, anne, { dataset, producer: rennes });
  const ends_at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 30 * 86_400_000).toISOString();
  const { grant_id } = await decide(request_id, { ends_at, note: 'Bonne étude.' });
  const row = await portal.portal.db.selectFrom('access_grant').selectAll().where('grant_id', '=', grant_id ?? '').executeTakeFirstOrThrow();
  const keys = verifyKeySetChain(portal.portal.keys.key_sets, { typ: 'portal-keys+jws' }).at(-1);
  if (keys === undefined) throw new Error('no key set');
  const verified = verifyStatement(JSON.parse(row.statement), { typ: 'grant+jws', keyFor: (kid) => keyWithRole(keys, kid, 'decision') });
  const grant: Grant = parseGrant(verified.payload);
  const request = await portal.portal.db.selectFrom('access_request').selectAll().where('request_id', '=', request_id).executeTakeFirstOrThrow();
  t.like(grant, { grant_id, request_sha256: request.request_digest, dataset_id: dataset.dataset_id, producer_id: rennes.producer_id, consumer_id: anne.consumer_id, ends_at, epoch_from: 1, epoch_to: null, history: false });
  t.is(row.digest, verified.digest);
  t.is(request.key_confirmation, 'person');
  t.is(request.decided_by, officer.member_id);
  await portal.logged();
  const { leaf } = await portal.portal.db.selectFrom('log_act').select('leaf').where('act_id', '=', row.act_id).executeTakeFirstOrThrow();
  const text = Buffer.from(leaf).toString();
  t.like(JSON.parse(text), { type: 'grant', dataset_id: dataset.dataset_id });
  for (const secret of [verified.digest, anne.consumer_id, grant_id ?? '', officer.member_id, request_id]) t.false(text.includes(secret));
  t.true((await portal.mails(request.contact_email)).some((mail) => mail.text_body.includes('Bonne étude.') && mail.text_body.includes(ends_at.slice(0, 10))));
  t.true((await portal.mails(rennes.officer_email)).some((mail) => mail.text_body.includes('accordé') && mail.text_body.includes(request_id)));
});

test('of many who decide at once exactly one does', async (t) => {
  const request_id = await newRequest();
  const outcomes = await Promise.all([
    refusalOf(decide(request_id)),
    refusalOf(decide(request_id, { decision: 'refuse', note: 'Non.' })),
    refusalOf(decide(request_id)),
    refusalOf(decide(request_id, { decision: 'refuse', note: 'Non plus.' })),
  ]);
  t.is(outcomes.filter((outcome) => outcome === 'undefined').length, 1);
  t.is(outcomes.filter((outcome) => outcome === 'conflict already_decided').length, 3);
  const grants = await portal.portal.db.selectFrom('access_grant').select('grant_id').where('request_id', '=', request_id).execute();
  const { state } = await portal.portal.db.selectFrom('access_request').select('state').where('request_id', '=', request_id).executeTakeFirstOrThrow();
  t.is(grants.length, state === 'active' ? 1 : 0);
  t.is(await refusalOf(decide(request_id)), 'conflict already_decided');
});

test('a decision and a withdrawal at once leave one of the two', async (t) => {
  for (let round = 0; round < 3; round += 1) {
    const anne = await newConsumer();
    const request_id = await askAndConfirm(portal, anne, { dataset, producer: rennes });
    const caller: Caller = { kind: 'consumer', kid: anne.identity_key.kid, consumer_id: anne.consumer_id, role: 'identity' };
    const outcomes = await Promise.all([refusalOf(decide(request_id)), refusalOf(withdrawAccessRequest(portal.portal, caller, { request_id }))]);
    t.is(outcomes.filter((outcome) => outcome === 'undefined').length, 1, outcomes.join(' / '));
  }
});

test('only an officer of the very producer decides; for all others there is no such request', async (t) => {
  const request_id = await newRequest();
  const theirs = (await portal.signInOfficer(brest)).member;
  const operator = (await portal.signInOperator()).member;
  const nobody = (await portal.signIn('nobody@labo.example')).member;
  for (const caller of [theirs, operator, nobody, { kind: 'anonymous' }, { kind: 'node', kid: rennes.keys.api.kid, producer_ids: [rennes.producer_id] }] as Caller[]) {
    t.is(await refusalOf(decide(request_id, {}, caller)), 'not_found', caller.kind);
  }
  t.is(await refusalOf(decide(portal.portal.newUuid())), 'not_found');
});

test('an approval needs the compared fingerprint and a possible end, a refusal needs words', async (t) => {
  const request_id = await newRequest();
  t.is(await refusalOf(decide(request_id, { fingerprint_confirmed: false })), 'bad_request fingerprint_not_confirmed');
  for (const ends_at of ['2020-01-01T00:00:00Z', '2099-01-01T00:00:00Z', 'demain', new Date().toISOString()]) t.is(await refusalOf(decide(request_id, { ends_at })), 'bad_request ends_at', ends_at);
  t.is(await refusalOf(decide(request_id, { decision: 'refuse' })), 'bad_request note_missing');
  t.is(await refusalOf(decide(request_id, { note: 'x'.repeat(2001) })), 'bad_request note_too_long');
  t.is((await decide(request_id, { decision: 'refuse', note: 'Données personnelles : L311-6.' })).state, 'refused');
  const request = await portal.portal.db.selectFrom('access_request').selectAll().where('request_id', '=', request_id).executeTakeFirstOrThrow();
  t.true((await portal.mails(request.contact_email)).some((mail) => mail.text_body.includes('L311-6')));
  t.is(request.decision_note, 'Données personnelles : L311-6.');
});

test('a signed request that has expired is not granted', async (t) => {
  const clock = createClock();
  const other = await testPortal(t, { clock });
  const producer = await other.enrolProducer();
  const sealed = await publishSealed(other, producer);
  const anne = await other.registerConsumer();
  const request_id = await askAndConfirm(other, anne, { dataset: sealed, producer });
  clock.advance(31 * 86_400);
  const member = (await other.signInOfficer(producer)).member;
  t.is(await refusalOf(decideAccessRequest(other.portal, member, { request_id, decision: 'approve', fingerprint_confirmed: true })), 'expired request_expired');
  t.is((await other.portal.db.selectFrom('access_request').select('state').where('request_id', '=', request_id).executeTakeFirstOrThrow()).state, 'expired');
});

test('a consumer reads their own grants and packages, and nobody else’s', async (t) => {
  const anne = await newConsumer();
  const bob = await newConsumer();
  const { grant_id } = await grantAccess(portal, anne, { dataset, producer: rennes });
  t.deepEqual((await portal.call('GET', '/api/v1/grants', { as: bob.identity_key })).json.grants, []);
  for (const id of [grant_id, portal.portal.newUuid(), 'x']) t.is((await portal.call('GET', `/api/v1/grants/${id}/packages`, { as: bob.identity_key })).status, 404, id);
  t.is((await portal.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: rennes.keys.api })).status, 401);
  t.is((await portal.call('GET', '/api/v1/grants')).status, 401);
  t.is((await portal.call('GET', fileOf('header'), { as: bob.identity_key })).json.reason, 'no_grant');
  t.is((await portal.call('GET', fileOf('header'), { as: rennes.keys.api })).json.reason, 'no_grant');
  t.is((await portal.call('GET', fileOf('header'), { as: anne.identity_key })).status, 200);
  const own = (await portal.call('GET', `/api/v1/producers/${rennes.producer_id}/grants`, { as: rennes.keys.api })).json.grants;
  t.true(own.some((entry: { grant_id: string }) => entry.grant_id === grant_id));
  t.is((await portal.call('GET', `/api/v1/producers/${rennes.producer_id}/grants`, { as: brest.keys.api })).status, 404);
});

test('a revocation by an officer closes header, body and packages at the next call, and is told to everyone', async (t) => {
  const anne = await newConsumer();
  const { grant_id, request_id } = await grantAccess(portal, anne, { dataset, producer: rennes });
  t.is((await portal.call('GET', fileOf('body'), { as: anne.identity_key })).status, 200);
  t.is(await refusalOf(revokeGrant(portal.portal, officer, { grant_id, reason: ' ' })), 'bad_request reason_missing');
  t.is(await refusalOf(revokeGrant(portal.portal, (await portal.signInOfficer(brest)).member, { grant_id, reason: 'x' })), 'not_found');
  const answers = await Promise.all([1, 2, 3].map(() => revokeGrant(portal.portal, officer, { grant_id, reason: 'Fin de l’étude' })));
  t.is(new Set(answers.map((answer) => answer.revoked_at)).size, 1, 'three at once are one revocation');
  for (const part of ['header', 'body']) t.is((await portal.call('GET', fileOf(part), { as: anne.identity_key })).json.reason, 'no_grant');
  t.is(reasonOf(await portal.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: anne.identity_key })), '403 forbidden grant_revoked');
  const [listed] = (await portal.call('GET', '/api/v1/grants', { as: anne.identity_key })).json.grants;
  t.is(listed.state, 'revoked');
  const revocation = parseRevocation(JSON.parse(Buffer.from(decodeBase64url(listed.revocation.payload)).toString()));
  t.like(revocation, { grant_id, reason: 'Fin de l’étude', grant_sha256: digestOf(payloadBytes(listed.grant)) });
  const { contact_email } = await portal.portal.db.selectFrom('access_request').select('contact_email').where('request_id', '=', request_id).executeTakeFirstOrThrow();
  t.is((await portal.mails(contact_email)).filter((mail) => mail.text_body.includes('Fin de l’étude')).length, 1);
  const acts = await portal.portal.db.selectFrom('log_act').innerJoin('access_grant', 'access_grant.end_act_id', 'log_act.act_id').select('log_act.type').where('grant_id', '=', grant_id).execute();
  t.deepEqual(acts, [{ type: 'revocation' }]);
  const jobs = await portal.portal.db.selectFrom('release_job').select(['state', 'last_error']).where('grant_id', '=', grant_id).execute();
  t.deepEqual(jobs, [{ state: 'refused', last_error: 'grant_revoked' }]);
});

test('a node revokes with a statement by the producer’s decide key, for this very grant', async (t) => {
  const anne = await newConsumer();
  const { grant_id } = await grantAccess(portal, anne, { dataset, producer: rennes });
  const row = await portal.portal.db.selectFrom('access_grant').select('digest').where('grant_id', '=', grant_id).executeTakeFirstOrThrow();
  const good = { v: 1, grant_id, grant_sha256: row.digest, producer_id: rennes.producer_id, reason: 'Clé perdue', at: new Date().toISOString() };
  const post = (payload: unknown, key: SigningKey, as = rennes.keys.api) =>
    portal.call('POST', `/api/v1/grants/${grant_id}/revocation`, { json: { revocation: signStatement('revocation+jws', payload, [key]) }, as });
  t.is(reasonOf(await post(good, rennes.keys.api)), '422 bad_evidence unknown_key');
  t.is(reasonOf(await post(good, brest.keys.decide)), '422 bad_evidence unknown_key');
  t.is(reasonOf(await post(good, brest.keys.decide, brest.keys.api)), '404 not_found');
  t.is(reasonOf(await post({ ...good, grant_sha256: digestOf(new Uint8Array(1)) }, rennes.keys.decide)), '422 bad_evidence grant_mismatch');
  t.is(reasonOf(await post({ ...good, at: new Date(Date.now() + 3_600_000).toISOString() }, rennes.keys.decide)), '422 bad_evidence issued_in_future');
  t.is((await portal.call('GET', fileOf('header'), { as: anne.identity_key })).status, 200);
  const done = await post(good, rennes.keys.decide);
  t.like(done.json, { grant_id, state: 'revoked' });
  t.deepEqual((await post(good, rennes.keys.decide)).json, done.json);
  t.is((await portal.call('GET', fileOf('header'), { as: anne.identity_key })).json.reason, 'no_grant');
});

test('a grant ends at its very second without any job, and the job writes it down once', async (t) => {
  const clock = createClock();
  const other = await testPortal(t, { clock });
  const producer = await other.enrolProducer();
  const sealed = await publishSealed(other, producer);
  const anne = await other.registerConsumer();
  const { grant_id } = await grantAccess(other, anne, { dataset: sealed, producer, ends_at: new Date(clock.now().getTime() + 3_600_000).toISOString() });
  const header = () => other.call('GET', fileOf('header', sealed), { as: anne.identity_key });
  clock.advance(3599);
  t.is((await header()).status, 200);
  clock.advance(1);
  t.is((await header()).json.reason, 'no_grant');
  t.is(reasonOf(await other.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: anne.identity_key })), '403 forbidden grant_expired');
  t.is((await other.call('GET', '/api/v1/grants', { as: anne.identity_key })).json.grants[0].state, 'expired');
  const member = (await other.signInOfficer(producer)).member;
  t.is(await refusalOf(revokeGrant(other.portal, member, { grant_id, reason: 'trop tard' })), 'conflict grant_ended');
  await Promise.all([expireGrants(other.portal), expireGrants(other.portal)]);
  t.is(await expireGrants(other.portal), 0);
  t.is((await other.portal.db.selectFrom('log_act').select('type').where('type', '=', 'expiry').execute()).length, 1);
  t.true((await other.mails(producer.officer_email)).some((mail) => mail.text_body.includes('arrivé à son terme')));
  const [summary] = await listGrantsForProducers(other.portal.db, [producer.producer_id], clock.now());
  t.like(summary, { grant_id, state: 'expired', title: 'Subventions versées' });
});

test('a suspended consumer or producer closes the gates too', async (t) => {
  const quimper = await portal.enrolProducer({ name: 'Quimper' });
  const sealed = await publishSealed(portal, quimper);
  const anne = await newConsumer();
  const { grant_id } = await grantAccess(portal, anne, { dataset: sealed, producer: quimper });
  const header = () => portal.call('GET', fileOf('header', sealed), { as: anne.identity_key });
  t.is((await header()).status, 200);
  await portal.portal.db.updateTable('consumer').set({ state: 'suspended' }).where('consumer_id', '=', anne.consumer_id).execute();
  t.is((await header()).status, 401);
  await portal.portal.db.updateTable('consumer').set({ state: 'active' }).where('consumer_id', '=', anne.consumer_id).execute();
  await portal.portal.db.updateTable('producer').set({ state: 'suspended' }).where('producer_id', '=', quimper.producer_id).execute();
  t.is((await header()).status, 404);
  t.is((await portal.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: anne.identity_key })).json.reason, 'no_grant');
});

test('a member follows the grants that came of their confirmed address', async (t) => {
  const anne = await newConsumer();
  const request_id = await askAndConfirm(portal, anne, { dataset, producer: rennes });
  const { contact_email } = await portal.portal.db.selectFrom('access_request').select('contact_email').where('request_id', '=', request_id).executeTakeFirstOrThrow();
  await decide(request_id);
  const { member } = await portal.signIn(contact_email);
  t.like((await listGrantsForMember(portal.portal.db, member, new Date()))[0], { request_id, state: 'active', epochs: [] });
});

test('one grant is read by its consumer and by a node of its producer, and by nobody else', async (t) => {
  const anne = await newConsumer();
  const { grant_id } = await grantAccess(portal, anne, { dataset, producer: rennes });
  await portal.logged();
  const read = (as: SigningKey, id = grant_id) => portal.call('GET', `/api/v1/grants/${id}`, { as });
  const own = await read(anne.identity_key);
  t.like(own.json, { grant_id, state: 'active', dataset_id: dataset.dataset_id, revocation: null });
  t.truthy(own.json.grant.payload);
  t.truthy(own.json.act.blind_key);
  t.is((await read(anne.application_key)).status, 403, 'an application that was given no scope');
  t.like((await read(rennes.keys.api)).json, { grant_id, grant: own.json.grant, act: { leaf: own.json.act.leaf, blind_key: own.json.act.blind_key } });
  for (const key of [brest.keys.api, (await newConsumer()).identity_key]) t.is(reasonOf(await read(key)), '404 not_found');
  for (const id of [portal.portal.newUuid(), 'x']) t.is(reasonOf(await read(rennes.keys.api, id)), '404 not_found', id);
  t.is((await portal.call('GET', `/api/v1/grants/${grant_id}`)).status, 401);
  t.is((await portal.call('GET', `/api/v1/grants/${grant_id}?x=1`, { as: rennes.keys.api })).status, 400);
});

test('a grant that is live is listed and revoked however many came after it', async (t) => {
  const other = await testPortal(t);
  const producer = await other.enrolProducer();
  const sealed = await publishSealed(other, producer);
  const anne = await other.registerConsumer();
  const { grant_id, request_id } = await grantAccess(other, anne, { dataset: sealed, producer });
  // 600 newer ones that have ended, and one of another producer that must not be seen.
  await sql`
    WITH copied AS (
      INSERT INTO access_request (request_id, dataset_id, producer_id, consumer_id, state, purpose, contact_name, contact_email, confirmed_at, created_at, updated_at)
      SELECT gen_random_uuid(), dataset_id, producer_id, consumer_id, 'active', purpose, contact_name, contact_email, confirmed_at, created_at + make_interval(secs => n), updated_at
      FROM access_request, generate_series(1, 600) AS n WHERE request_id = ${request_id}::uuid RETURNING request_id, created_at)
    INSERT INTO access_grant (grant_id, request_id, dataset_id, producer_id, consumer_id, statement, digest, starts_at, ends_at, epoch_from, history, state, act_id, created_at)
    SELECT gen_random_uuid(), copied.request_id, dataset_id, producer_id, consumer_id, statement, digest, starts_at, ends_at, epoch_from, history, 'revoked', act_id, copied.created_at
    FROM access_grant, copied WHERE access_grant.grant_id = ${grant_id}::uuid`.execute(other.owner_db);
  for (const [path, as] of [['/api/v1/grants', anne.identity_key], [`/api/v1/producers/${producer.producer_id}/grants`, producer.keys.api]] as const) {
    const first = (await other.call('GET', `${path}?limit=200`, { as })).json;
    t.is(first.grants.length, 200);
    t.is(first.grants[0].grant_id, grant_id, 'live ones first');
    const seen: string[] = first.grants.map((grant: { grant_id: string }) => grant.grant_id);
    let cursor: string | null = first.next;
    for (let pages = 0; cursor !== null && pages < 9; pages += 1) {
      const { json } = await other.call('GET', `${path}?limit=200&cursor=${cursor}`, { as });
      seen.push(...json.grants.map((grant: { grant_id: string }) => grant.grant_id));
      cursor = json.next;
    }
    t.is(seen.length, 601);
    t.is(new Set(seen).size, 601);
    t.is(reasonOf(await other.call('GET', `/api/v1/access-requests?cursor=${first.next}`, { as: anne.identity_key })), '400 bad_request cursor_mismatch', 'a cursor is of one list');
    t.is((await other.call('GET', `${path}?state=active`, { as })).status, 400);
  }
  const session = await other.signInOfficer(producer);
  t.true((await other.call('GET', '/fr/officer', { session })).text.includes(grant_id));
  const page = `/fr/officer/grants/${grant_id}/revoke`;
  t.is((await other.call('GET', page, { session })).status, 200);
  t.is((await other.call('GET', page, { session: await other.signInOfficer(await other.enrolProducer()) })).status, 404);
  t.is((await other.call('POST', page, { session, form: { reason: 'Fin' } })).status, 303);
  t.is((await other.call('GET', `/api/v1/grants/${grant_id}`, { as: producer.keys.api })).json.state, 'revoked');
  t.is((await other.call('GET', page, { session })).status, 404);
});

test('words of officers are plain text', async (t) => {
  const request_id = await newRequest();
  for (const note of ['a\u009b2Jb', 'a\u0000b', 'a\u202eb']) t.is(await refusalOf(decide(request_id, { note })), 'schema', JSON.stringify(note));
  const { grant_id } = await decide(request_id, { note: 'Bonne étude.\nÀ bientôt.' });
  t.is(await refusalOf(revokeGrant(portal.portal, officer, { grant_id: grant_id ?? '', reason: 'a\u009bb' })), 'schema');
});

test('a grant whose act of end stands in the log opens no gate, whatever its own row says', async (t) => {
  const other = await testPortal(t);
  const producer = await other.enrolProducer();
  const sealed = await publishSealed(other, producer);
  const anne = await other.registerConsumer();
  const { grant_id } = await grantAccess(other, anne, { dataset: sealed, producer });
  const header = () => other.call('GET', `/api/v1/datasets/${sealed.dataset_id}/versions/1/resources/${sealed.resource_id}/header`, { as: anne.identity_key });
  t.is((await header()).status, 200);
  await revokeGrant(other.portal, (await other.signInOfficer(producer)).member, { grant_id, reason: 'Fin' });
  // As whoever holds the web's role could write it.
  await other.portal.db.updateTable('access_grant').set({ state: 'active', revoked_at: null, revocation: null }).where('grant_id', '=', grant_id).execute();
  t.is((await header()).json.reason, 'no_grant');
  t.is((await other.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: anne.identity_key })).status, 403);
});
