import test from 'ava';
import { randomUUID } from 'node:crypto';
import { digestOf, encodeBase64url, fingerprintOf, generateSigningKey, sealText, signStatement, type SigningKey, type Statement } from '#crypto';
import { decideAccessRequest } from '../../../portal/access/decide-access-request.ts';
import { type Answer, startTestPortal, type TestConsumer, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { depositOf, makePublication, publishSealed, type SealedDataset, send } from '../catalog/publishing.ts';
import { askAndConfirm } from './asking.ts';

let portal: TestPortal;
let rennes: TestProducer;
let brest: TestProducer;
let dataset: SealedDataset;
test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  brest = await portal.enrolProducer({ name: 'Brest métropole' });
  dataset = await publishSealed(portal, rennes, { custody: 'producer' });
});
test.after.always(() => portal.close());

const reasonOf = (answer: Answer) => `${answer.status} ${answer.json?.reason ?? answer.json?.code ?? ''}`;

interface Asked {
  anne: TestConsumer;
  request_id: string;
  grant_id: string;
  payload: Record<string, unknown>;
}

/** Somebody asks; the payload of the grant that the node would sign. */
async function asked(): Promise<Asked> {
  const anne = await portal.registerConsumer({ name: 'Laboratoire' });
  const request_id = await askAndConfirm(portal, anne, { dataset, producer: rennes });
  const { request_digest } = await portal.portal.db.selectFrom('access_request').select('request_digest').where('request_id', '=', request_id).executeTakeFirstOrThrow();
  const grant_id = randomUUID();
  const now = new Date().toISOString();
  const ends_at = new Date(Date.now() + 30 * 86_400_000).toISOString();
  const payload = { v: 1, grant_id, request_sha256: request_digest, producer_id: rennes.producer_id, dataset_id: dataset.dataset_id, consumer_id: anne.consumer_id, starts_at: now, ends_at, epoch_from: 1, epoch_to: null, history: false, iat: now };
  return { anne, request_id, grant_id, payload };
}

const sign = (payload: unknown, key: SigningKey = rennes.keys.decide): Statement => signStatement('grant+jws', payload, [key]);
const bring = (grant_id: string, grant: Statement, o: { as?: SigningKey; key_confirmation?: string } = {}) =>
  portal.call('PUT', `/api/v1/grants/${grant_id}`, { json: { grant, key_confirmation: o.key_confirmation ?? 'person', note: 'Bonne étude.' }, as: o.as ?? rennes.keys.api });

async function packageFor({ anne, grant_id }: Asked, o: { release?: Record<string, unknown>; key?: SigningKey } = {}) {
  const { recipient } = anne.delivery;
  const sealed = await sealText(dataset.content_key.text, [recipient]);
  const payload = {
    v: 1, grant_id, dataset_id: dataset.dataset_id, epoch: 1, content_recipient: dataset.content_key.recipient, consumer_kid: anne.identity_key.kid,
    delivery_fingerprint: fingerprintOf('age', recipient), package_sha256: digestOf(sealed), iat: new Date().toISOString(), ...o.release,
  };
  return { epoch: 1, form: 'age', package: encodeBase64url(sealed), release: signStatement('key-release+jws', payload, [o.key ?? rennes.keys.release]) };
}
const deliver = (grant_id: string, json: unknown, as = rennes.keys.api) => portal.call('POST', `/api/v1/grants/${grant_id}/packages`, { json, as });

test('a dataset in custody producer is published without a deposit, and no deposit is taken', async (t) => {
  t.is(await portal.portal.db.selectFrom('key_deposit').select('epoch').where('dataset_id', '=', dataset.dataset_id).executeTakeFirst(), undefined);
  const epochs = await portal.call('GET', `/api/v1/datasets/${dataset.dataset_id}/epochs`, { as: rennes.keys.api });
  t.like(epochs.json.epochs[0], { epoch: 1, custody: 'producer', recipient: dataset.content_key.recipient, spent: false });
  const other = await publishSealed(portal, rennes, { custody: 'producer' });
  const { publication } = other;
  const deposits = [await depositOf(portal, rennes, other.content_key)];
  const refused = await send(portal, rennes, { ...publication, version: 1, dataset_id: randomUUID(), body: { ...publication.body, deposits } });
  t.is(refused.status, 400);
  const moved = await publishSealed(portal, rennes);
  const next = makePublication(rennes, { dataset_id: moved.dataset_id, version: 2, prev: moved.publication.digest, access: 'restricted', resources: [moved.resource], headers: moved.publication.body.headers, replace: { custody: 'producer' } }, portal.portal.clock.now());
  t.is(reasonOf(await send(portal, rennes, next)), '409 epoch_custody', 'a key that was deposited is not the producer’s alone');
  const taken = await portal.portal.db.selectFrom('key_deposit').selectAll().where('dataset_id', 'in', [dataset.dataset_id, other.dataset_id]).execute();
  t.is(taken.length, 0);
});

test('a grant that the node signed opens the gates; the same again gets the same answer', async (t) => {
  const one = await asked();
  const grant = sign(one.payload);
  const header = `/api/v1/datasets/${dataset.dataset_id}/versions/1/resources/${dataset.resource_id}/header`;
  t.is((await portal.call('GET', header, { as: one.anne.identity_key })).status, 403);
  const [first, second] = await Promise.all([bring(one.grant_id, grant), bring(one.grant_id, grant)]);
  for (const answer of [first, second, await bring(one.grant_id, grant)]) t.deepEqual([answer.status, answer.json], [200, { grant_id: one.grant_id, state: 'active' }]);
  t.is((await portal.call('GET', header, { as: one.anne.identity_key })).status, 200);
  const row = await portal.portal.db.selectFrom('access_request').select(['state', 'key_confirmation', 'decided_by', 'decision_note']).where('request_id', '=', one.request_id).executeTakeFirstOrThrow();
  t.deepEqual(row, { state: 'active', key_confirmation: 'person', decided_by: null, decision_note: 'Bonne étude.' });

  const sent = await packageFor(one);
  const [a, b] = await Promise.all([deliver(one.grant_id, sent), deliver(one.grant_id, sent)]);
  t.deepEqual([a.status, b.status], [200, 200], a.text + b.text);
  t.is(reasonOf(await deliver(one.grant_id, await packageFor(one))), '409 package_exists');
  await portal.logged();
  const { packages } = (await portal.call('GET', `/api/v1/grants/${one.grant_id}/packages`, { as: one.anne.identity_key })).json;
  t.is(packages.length, 1);
  t.like(packages[0], { epoch: 1, form: 'age', package: sent.package });
  t.deepEqual(packages[0].release, sent.release);
  const acts = await portal.portal.db.selectFrom('log_act').select('type').where('type', '=', 'key.release').execute();
  t.is(acts.length, 1, 'of two that arrive at once one act stands');
});

test('a grant is refused that is not the producer’s, not for this request, or not in its time', async (t) => {
  const one = await asked();
  const { payload, grant_id } = one;
  const stranger = await portal.registerConsumer();
  const year = 366 * 86_400_000;
  const cases: [string, () => Promise<Answer>, string][] = [
    ['signed by a stranger', () => bring(grant_id, sign(payload, generateSigningKey())), '422 unknown_key'],
    ['signed by the release key', () => bring(grant_id, sign(payload, rennes.keys.release)), '422 unknown_key'],
    ['sent by another producer’s node', () => bring(grant_id, sign(payload), { as: brest.keys.api }), '404 not_found'],
    ['at another address', () => bring(randomUUID(), sign(payload)), '422 grant_mismatch'],
    ['for another consumer', () => bring(grant_id, sign({ ...payload, consumer_id: stranger.consumer_id })), '422 request_mismatch'],
    ['for another dataset', () => bring(grant_id, sign({ ...payload, dataset_id: randomUUID() })), '422 request_mismatch'],
    ['for a request nobody made', () => bring(grant_id, sign({ ...payload, request_sha256: digestOf(Buffer.from('x')) })), '404 not_found'],
    ['from the future', () => bring(grant_id, sign({ ...payload, iat: new Date(Date.now() + 3600_000).toISOString() })), '422 issued_in_future'],
    ['ended already', () => bring(grant_id, sign({ ...payload, starts_at: '2020-01-01T00:00:00Z', ends_at: '2021-01-01T00:00:00Z' })), '410 grant_expired'],
    ['for ten years', () => bring(grant_id, sign({ ...payload, ends_at: new Date(Date.now() + 10 * year).toISOString() })), '400 ends_at'],
    ['confirmed by nobody', () => bring(grant_id, sign(payload), { key_confirmation: 'none' }), '400 schema'],
  ];
  for (const [what, act, expected] of cases) t.is(reasonOf(await act()), expected, what);
  t.is(await portal.portal.db.selectFrom('access_grant').select('grant_id').where('grant_id', '=', grant_id).executeTakeFirst(), undefined);

  const broker_held = await publishSealed(portal, rennes);
  const anne = await portal.registerConsumer();
  const request_id = await askAndConfirm(portal, anne, { dataset: broker_held, producer: rennes });
  const { request_digest } = await portal.portal.db.selectFrom('access_request').select('request_digest').where('request_id', '=', request_id).executeTakeFirstOrThrow();
  const other = { ...payload, request_sha256: request_digest, dataset_id: broker_held.dataset_id, consumer_id: anne.consumer_id };
  t.is(reasonOf(await bring(grant_id, sign(other))), '409 custody_mismatch', 'custody portal is granted on the portal');
});

test('a key package is refused that is not the producer’s release, under a grant that lives, to a key of the consumer', async (t) => {
  const one = await asked();
  const { grant_id } = one;
  t.is(reasonOf(await deliver(grant_id, await packageFor(one))), '404 not_found', 'before the grant');
  t.is((await bring(grant_id, sign(one.payload))).status, 200);
  const good = await packageFor(one);
  const cases: [string, () => Promise<Answer>, string][] = [
    ['another producer’s node', () => deliver(grant_id, good, brest.keys.api), '404 not_found'],
    ['signed by the decide key', async () => deliver(grant_id, await packageFor(one, { key: rennes.keys.decide })), '422 unknown_key'],
    ['another grant', async () => deliver(grant_id, await packageFor(one, { release: { grant_id: randomUUID() } })), '422 release_mismatch'],
    ['another epoch than said', () => deliver(grant_id, { ...good, epoch: 2 }), '422 release_mismatch'],
    ['an epoch that never was', async () => deliver(grant_id, { ...(await packageFor(one, { release: { epoch: 2 } })), epoch: 2 }), '409 custody_mismatch'],
    ['another content key', async () => deliver(grant_id, await packageFor(one, { release: { content_recipient: one.anne.delivery.recipient } })), '422 recipient_mismatch'],
    ['other bytes', () => deliver(grant_id, { ...good, package: encodeBase64url(Buffer.from('x')) }), '422 package_mismatch'],
    ['a stranger’s delivery key', async () => deliver(grant_id, await packageFor(one, { release: { delivery_fingerprint: fingerprintOf('age', 'x') } })), '422 delivery_mismatch'],
    ['no form', () => deliver(grant_id, { ...good, form: 'zip' }), '400 schema'],
  ];
  for (const [what, act, expected] of cases) t.is(reasonOf(await act()), expected, what);
  const revocation = signStatement('revocation+jws', { v: 1, grant_id, grant_sha256: (await portal.portal.db.selectFrom('access_grant').select('digest').where('grant_id', '=', grant_id).executeTakeFirstOrThrow()).digest, producer_id: rennes.producer_id, reason: 'Fini.', at: new Date().toISOString() }, [rennes.keys.decide]);
  t.is((await portal.call('POST', `/api/v1/grants/${grant_id}/revocation`, { json: { revocation }, as: rennes.keys.api })).status, 200);
  t.is(reasonOf(await deliver(grant_id, good)), '409 grant_revoked');
});

test('an officer’s click is a proposal: no grant, no package, no open gate, whoever holds the session', async (t) => {
  const one = await asked();
  const officer = await portal.signInOfficer(rennes);
  const page = await portal.call('GET', `/fr/officer/requests/${one.request_id}`, { session: officer });
  t.true(page.text.includes('Proposer d’accepter'));
  t.true(page.text.includes('Rien ne s’ouvre tant que votre nœud'));
  const decided = await decideAccessRequest(portal.portal, officer.member, { request_id: one.request_id, decision: 'approve', fingerprint_confirmed: true, note: 'Oui.' });
  t.deepEqual(decided, { request_id: one.request_id, state: 'submitted', grant_id: null, proposed: true });
  t.is(await portal.portal.db.selectFrom('access_grant').select('grant_id').where('request_id', '=', one.request_id).executeTakeFirst(), undefined);
  t.is(await portal.portal.db.selectFrom('release_job').select('epoch').innerJoin('access_grant', 'access_grant.grant_id', 'release_job.grant_id').where('access_grant.dataset_id', '=', dataset.dataset_id).executeTakeFirst(), undefined);
  const header = `/api/v1/datasets/${dataset.dataset_id}/versions/1/resources/${dataset.resource_id}/header`;
  t.is((await portal.call('GET', header, { as: one.anne.identity_key })).status, 403);

  const shown = await portal.call('GET', `/api/v1/producers/${rennes.producer_id}/access-requests/${one.request_id}`, { as: rennes.keys.api });
  t.like(shown.json, { request_id: one.request_id, state: 'submitted', custody: 'producer', proposal: { decision: 'approve', note: 'Oui.', fingerprint: one.anne.fingerprint } });
  t.is(shown.json.consumer_key_sets.length, 1);
  t.is((await portal.call('GET', `/api/v1/producers/${rennes.producer_id}/access-requests/${one.request_id}`, { as: brest.keys.api })).status, 404);

  // Another click takes its place; the node's refusal ends it.
  await decideAccessRequest(portal.portal, officer.member, { request_id: one.request_id, decision: 'refuse', note: 'Non.' });
  const inbox = await portal.call('GET', '/fr/officer', { session: officer });
  t.true(inbox.text.includes('Proposition faite.'));
  t.regex(inbox.text, /En attente de votre nœud,[\s\S]{0,40}vu pour la dernière fois/);
  const { contact_email } = await portal.portal.db.selectFrom('access_request').select('contact_email').where('request_id', '=', one.request_id).executeTakeFirstOrThrow();
  const mine = await portal.call('GET', '/fr/me', { session: await portal.signIn(contact_email) });
  t.regex(mine.text, /décide sur sa propre machine,[\s\S]{0,40}vue? pour la dernière fois/);
  const refusal = { decision: 'refuse', note: 'Hors convention.' };
  const path = `/api/v1/access-requests/${one.request_id}/decision`;
  t.is((await portal.call('POST', path, { json: refusal, as: brest.keys.api })).status, 404);
  for (let turn = 0; turn < 2; turn += 1) t.deepEqual((await portal.call('POST', path, { json: refusal, as: rennes.keys.api })).json, { request_id: one.request_id, state: 'refused' });
  t.is(reasonOf(await bring(one.grant_id, sign(one.payload))), '409 already_decided');
});
