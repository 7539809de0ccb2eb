import test from 'ava';
import { digestOf, generateSigningKey, utf8 } from '#crypto';
import { confirmAccessRequest } from '../../../portal/access/confirm-access-request.ts';
import { decideAccessRequest } from '../../../portal/access/decide-access-request.ts';
import { expireRequests } from '../../../portal/access/expire-requests.ts';
import { listAccessRequestsForMember, listAccessRequestsForProducers } from '../../../portal/access/request-list-store.ts';
import { requestAccess } from '../../../portal/access/request-access.ts';
import { withdrawAccessRequest } from '../../../portal/access/withdraw-access-request.ts';
import { PortalError } from '../../../portal/errors.ts';
import { createClock } from '../../support/clock.ts';
import { type Answer, startTestPortal, type TestConsumer, testPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { makePublication, publishOpen, publishSealed, type SealedDataset, send } from '../catalog/publishing.ts';
import { ask, askAndConfirm, confirmationOf, PURPOSE, requestPayload, signRequestPayload } from './asking.ts';

let portal: TestPortal;
let rennes: TestProducer;
let brest: TestProducer;
let dataset: SealedDataset;
test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  brest = await portal.enrolProducer({ name: 'Brest métropole' });
  dataset = await publishSealed(portal, rennes);
});
test.after.always(() => portal.close());

const reasonOf = (answer: Answer) => `${answer.status} ${answer.json?.code} ${answer.json?.reason ?? ''}`.trim();
const refusalOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(() => undefined, (cause: unknown) => cause);
  return error instanceof PortalError ? `${error.code} ${error.reason ?? ''}`.trim() : String(error);
};
const newConsumer = (): Promise<TestConsumer> => portal.registerConsumer({ name: 'Laboratoire' });
const newEmail = () => `anne.${portal.portal.newUuid().slice(0, 8)}@labo.example`;
const stateOf = async (request_id: string) => (await portal.portal.db.selectFrom('access_request').select('state').where('request_id', '=', request_id).executeTakeFirst())?.state;
const confirm = (consumer: TestConsumer, request_id: string, code: string) => portal.call('POST', `/api/v1/access-requests/${request_id}/confirmation`, { json: { code }, as: consumer.identity_key });

test('a request that does not hold is refused with its reason, and nothing is kept', async (t) => {
  const anne = await newConsumer();
  const bob = await newConsumer();
  const good = requestPayload(portal, anne, { dataset, producer: rennes });
  const spoilt: [Record<string, unknown>, string][] = [
    [{ origin: 'https://other.example' }, '422 bad_evidence origin_mismatch'],
    [{ producer_id: brest.producer_id }, '422 bad_evidence producer_mismatch'],
    [{ consumer_id: bob.consumer_id }, '422 bad_evidence consumer_mismatch'],
    [{ dataset_id: portal.portal.newUuid() }, '404 not_found'],
    [{ purpose_sha256: digestOf(utf8(`${PURPOSE} `)) }, '422 bad_evidence purpose_mismatch'],
    [{ offer_sha256: digestOf(utf8('x')) }, '409 conflict offer_changed'],
    [{ offer_sha256: null }, '409 conflict offer_changed'],
    [{ delivery: requestPayload(portal, bob, { dataset, producer: rennes }).delivery }, '422 bad_evidence delivery_mismatch'],
    [{ delivery: [{ ...good.delivery[0], fingerprint: '00000 00000 00000 00000 00000 00000' }] }, '422 bad_evidence delivery_mismatch'],
    [{ iat: new Date(Date.now() + 3_600_000).toISOString() }, '422 bad_evidence issued_in_future'],
    [{ exp: new Date(Date.now() + 400 * 86_400_000).toISOString() }, '422 bad_evidence lifetime_too_long'],
    [{ iat: '2020-01-01T00:00:00Z', exp: '2020-02-01T00:00:00Z' }, '410 expired request_expired'],
    [{ exp: good.iat }, '400 schema rule_broken'],
    [{ extra: true }, '400 schema malformed'],
  ];
  for (const [change, expected] of spoilt) {
    t.is(reasonOf(await ask(portal, anne, { dataset, producer: rennes, payload: { ...good, ...change }, email: newEmail() })), expected, JSON.stringify(Object.keys(change)));
  }
  for (const key of [anne.application_key, bob.identity_key, generateSigningKey()]) {
    t.is(reasonOf(await ask(portal, anne, { dataset, producer: rennes, key, email: newEmail() })), '422 bad_evidence unknown_key');
  }
  t.is(await stateOf(good.request_id), undefined);
  t.deepEqual((await portal.call('GET', '/api/v1/access-requests', { as: anne.identity_key })).json.access_requests, []);
});

test('what is sent beside a request is read strictly', async (t) => {
  const anne = await newConsumer();
  const request = signRequestPayload(requestPayload(portal, anne, { dataset, producer: rennes }), anne.identity_key);
  const contact = { name: 'Anne', email: newEmail() };
  const post = (json: unknown, as = anne.identity_key) => portal.call('POST', '/api/v1/access-requests', { json, as });
  const good = { request, purpose: PURPOSE, contact, language: 'fr' };
  for (const change of [{ purpose: ' ' }, { purpose: 5 }, { purpose: 'a\u0000b' }, { purpose: 'a\u009b2Jb' }, { purpose: 'a\rb' }, { purpose: 'a\u202eb' }, { contact: { ...contact, name: 'An\u0085ne' } }, { contact: { ...contact, organisation: 'La\nbo' } }, { contact: { ...contact, organisation: 'La\u2066bo' } }, { language: 'de' }, { contact: { ...contact, email: 'nobody' } }, { contact: { ...contact, email: 'a@b.example\r\nBcc: x@y.example' } }, { contact: { ...contact, role: 'operator' } }, { contact: { name: 'x\u202Ey\n', email: contact.email } }, { state: 'approved' }]) {
    t.is((await post({ ...good, ...change })).json.code, 'schema', JSON.stringify(change));
  }
  t.is((await post(good, anne.application_key)).status, 403, 'an application does not ask in its owner’s name');
  t.is((await portal.call('POST', '/api/v1/access-requests', { json: good })).status, 401);
  t.is((await post(good)).status, 201);
});

test('open, withdrawn and frozen datasets are not asked for', async (t) => {
  const anne = await newConsumer();
  const open = await publishOpen(portal, rennes);
  const asked = (dataset_id: string, offer_sha256: string) => ask(portal, anne, { dataset, producer: rennes, payload: { ...requestPayload(portal, anne, { dataset, producer: rennes }), dataset_id, offer_sha256 }, email: newEmail() });
  t.is(reasonOf(await asked(open.dataset_id, open.publication.digest)), '409 conflict dataset_open');
  const sealed = await publishSealed(portal, rennes);
  const withdrawal = makePublication(rennes, { dataset_id: sealed.dataset_id, version: 2, prev: sealed.publication.digest, status: 'withdrawn', access: 'restricted' }, portal.portal.clock.now());
  const answer = await send(portal, rennes, withdrawal);
  t.is(answer.status, 201, answer.text);
  t.is(reasonOf(await asked(sealed.dataset_id, withdrawal.digest)), '409 conflict dataset_withdrawn');
});

test('the code of the mail confirms, once, for the consumer who asked, with five tries', async (t) => {
  const anne = await newConsumer();
  const bob = await newConsumer();
  const email = newEmail();
  const { request_id } = (await ask(portal, anne, { dataset, producer: rennes, email })).json;
  const { code } = await confirmationOf(portal, email);
  t.is(reasonOf(await confirm(bob, request_id, code)), '404 not_found');
  t.is(reasonOf(await confirm(anne, portal.portal.newUuid(), code)), '404 not_found');
  for (let index = 0; index < 4; index += 1) t.is(reasonOf(await confirm(anne, request_id, '00000000')), '400 bad_request wrong_code');
  t.is((await confirm(anne, request_id, ` ${code.toLowerCase()} `)).json.state, 'submitted', 'read as it was meant');
  t.is(reasonOf(await confirm(anne, request_id, code)), '410 expired confirmation_expired');

  const other = newEmail();
  const second = (await ask(portal, bob, { dataset, producer: rennes, email: other })).json.request_id;
  for (let index = 0; index < 5; index += 1) await confirm(bob, second, '00000000');
  t.is(reasonOf(await confirm(bob, second, (await confirmationOf(portal, other)).code)), '410 expired confirmation_expired', 'five wrong codes and the right one is worth nothing');
});

test('the link of the mail confirms, once, and a fresh mail makes the old one worthless', async (t) => {
  const anne = await newConsumer();
  const email = newEmail();
  const payload = requestPayload(portal, anne, { dataset, producer: rennes });
  await ask(portal, anne, { dataset, producer: rennes, email, payload });
  const before = await confirmationOf(portal, email);
  await ask(portal, anne, { dataset, producer: rennes, email, payload });
  const tokens = (await portal.mails(email)).map((mail) => /\/confirm\/([A-Za-z0-9_-]+)/.exec(mail.text_body)?.[1] ?? '');
  t.is(tokens.length, 2);
  const outcomes = await Promise.all([...tokens, ...tokens].map((token) => refusalOf(confirmAccessRequest(portal.portal, { token }))));
  t.is(outcomes.filter((outcome) => outcome === 'undefined').length, 1, 'exactly one of four');
  t.is(outcomes.filter((outcome) => outcome === 'expired confirmation_expired').length, 3);
  t.truthy(before);
  t.is(await stateOf(payload.request_id), 'submitted');
  t.is(await refusalOf(confirmAccessRequest(portal.portal, { token: 'AAAAAAAAAAAAAAAAAAAAAA' })), 'expired confirmation_expired');
  const stored = await portal.portal.db.selectFrom('access_request').selectAll().where('request_id', '=', payload.request_id).executeTakeFirstOrThrow();
  t.false(tokens.some((token) => JSON.stringify(stored).includes(token)), 'secrets are stored hashed only');
});

test('a consumer has one open request for a dataset; a forgotten draft gives way', async (t) => {
  const anne = await newConsumer();
  const first = (await ask(portal, anne, { dataset, producer: rennes, email: newEmail() })).json.request_id;
  const second = await askAndConfirm(portal, anne, { dataset, producer: rennes });
  t.is(await stateOf(first), undefined, 'with the address in it');
  t.is(reasonOf(await ask(portal, anne, { dataset, producer: rennes, email: newEmail() })), '409 conflict request_pending');
  t.is((await portal.call('POST', `/api/v1/access-requests/${second}/withdrawal`, { json: {}, as: anne.identity_key })).json.state, 'withdrawn');
  t.is((await ask(portal, anne, { dataset, producer: rennes, email: newEmail() })).status, 201);
});

test('a request id serves once', async (t) => {
  const anne = await newConsumer();
  const bob = await newConsumer();
  const payload = requestPayload(portal, anne, { dataset, producer: rennes });
  t.is((await ask(portal, anne, { dataset, producer: rennes, email: newEmail(), payload })).status, 201);
  const stolen = { ...requestPayload(portal, bob, { dataset, producer: rennes }), request_id: payload.request_id };
  t.is(reasonOf(await ask(portal, bob, { dataset, producer: rennes, email: newEmail(), payload: stolen })), '409 conflict request_id_taken');
});

test('without account and key one asks, is agreed with in principle, attaches a key, and is granted after the fingerprint', async (t) => {
  const email = newEmail();
  const asker = { purpose: PURPOSE, contact: { name: 'Anne Rivière', email }, language: 'fr', dataset_id: dataset.dataset_id };
  const { request_id, state, fingerprint } = await requestAccess(portal.portal, { kind: 'anonymous' }, asker);
  t.deepEqual([state, fingerprint], ['draft', null]);
  const anne = await newConsumer();
  const sign = (purpose: string, producer = rennes) => signRequestPayload(requestPayload(portal, anne, { dataset, producer, purpose, request_id }), anne.identity_key);
  const attach = (request: unknown, as = anne.identity_key) => portal.call('PUT', `/api/v1/access-requests/${request_id}/signature`, { json: { request }, as });
  t.is(reasonOf(await attach(sign(PURPOSE))), '404 not_found', 'before the address is confirmed it is nobody’s');
  await confirmAccessRequest(portal.portal, { token: (await confirmationOf(portal, email)).token });

  const officer = await portal.signInOfficer(rennes);
  const decide = (input: object) => decideAccessRequest(portal.portal, officer.member, { request_id, decision: 'approve', ...input });
  t.like(await decide({ note: 'Bienvenue.' }), { state: 'awaiting_key', grant_id: null });
  t.true((await portal.mails(email)).some((mail) => mail.text_body.includes(`sceau ask ${dataset.dataset_id} --request ${request_id}`) && mail.text_body.includes('Bienvenue.')));
  t.is(await refusalOf(decide({ fingerprint_confirmed: true })), 'conflict already_decided');

  const shown = await portal.call('GET', `/api/v1/access-requests/${request_id}`, { as: anne.identity_key });
  t.deepEqual(shown.json, { request_id, dataset_id: dataset.dataset_id, purpose: PURPOSE, state: 'awaiting_key', fingerprint: null });
  t.is(reasonOf(await attach(sign('Autre chose'))), '422 bad_evidence purpose_mismatch');
  const attached = await attach(sign(PURPOSE));
  t.deepEqual(attached.json, { request_id, state: 'approved', fingerprint: anne.fingerprint });
  t.is((await attach(signRequestPayload(JSON.parse(Buffer.from(sign(PURPOSE).payload, 'base64url').toString()), anne.identity_key))).status, 409, 'a second signature is another one');
  t.true((await portal.mails(email)).some((mail) => mail.text_body.includes(anne.fingerprint)), 'the asker sees which key was attached');
  const bob = await newConsumer();
  const theirs = signRequestPayload(requestPayload(portal, bob, { dataset, producer: rennes, request_id }), bob.identity_key);
  t.is(reasonOf(await portal.call('PUT', `/api/v1/access-requests/${request_id}/signature`, { json: { request: theirs }, as: bob.identity_key })), '404 not_found');
  t.is(reasonOf(await portal.call('GET', `/api/v1/access-requests/${request_id}`, { as: bob.identity_key })), '404 not_found');

  t.is(await refusalOf(decide({})), 'bad_request fingerprint_not_confirmed');
  t.like(await decide({ fingerprint_confirmed: true }), { state: 'active' });
  t.is((await portal.call('GET', '/api/v1/grants', { as: anne.identity_key })).json.grants.length, 1);
});

test('a member’s address is known: their request is with the producer at once', async (t) => {
  const member = (await portal.signIn(newEmail())).member;
  const asker = { purpose: PURPOSE, contact: { name: 'Anne', email: 'somebody.else@labo.example' }, language: 'en', dataset_id: dataset.dataset_id };
  const { request_id, state } = await requestAccess(portal.portal, member, asker);
  t.is(state, 'submitted');
  t.is(await refusalOf(requestAccess(portal.portal, member, asker)), 'conflict request_pending');
  const [own] = await listAccessRequestsForMember(portal.portal.db, member);
  t.like(own, { request_id, state: 'submitted', purpose: PURPOSE });
  const [received] = (await listAccessRequestsForProducers(portal.portal.db, [rennes.producer_id])).entries.filter((entry) => entry.request_id === request_id);
  t.is(received?.contact.email, member.email);
  const stranger = (await portal.signIn(newEmail())).member;
  t.is(await refusalOf(withdrawAccessRequest(portal.portal, stranger, { request_id })), 'not_found');
  t.is((await withdrawAccessRequest(portal.portal, member, { request_id })).state, 'withdrawn');
  t.is((await withdrawAccessRequest(portal.portal, member, { request_id })).state, 'withdrawn');
});

test('a node reads the confirmed requests for its own producer', async (t) => {
  const anne = await newConsumer();
  const draft = (await ask(portal, anne, { dataset, producer: rennes, email: newEmail() })).json.request_id;
  const bob = await newConsumer();
  const submitted = await askAndConfirm(portal, bob, { dataset, producer: rennes });
  const path = `/api/v1/producers/${rennes.producer_id}/access-requests`;
  const listed = (await portal.call('GET', `${path}?state=submitted,approved`, { as: rennes.keys.api })).json.access_requests;
  t.true(listed.some((entry: { request_id: string }) => entry.request_id === submitted));
  t.false(listed.some((entry: { request_id: string }) => entry.request_id === draft));
  t.is((await portal.call('GET', path, { as: brest.keys.api })).status, 404);
  t.is((await portal.call('GET', `${path}?state=secret`, { as: rennes.keys.api })).status, 400);
  t.is((await portal.call('GET', path, { as: bob.identity_key })).status, 401);
  t.deepEqual(await listAccessRequestsForProducers(portal.portal.db, []), { entries: [], next: null });
});

test('a request in a mail cannot write other headers or lines of another mail', async (t) => {
  const anne = await newConsumer();
  const email = newEmail();
  const request = signRequestPayload(requestPayload(portal, anne, { dataset, producer: rennes }), anne.identity_key);
  const answer = await portal.call('POST', '/api/v1/access-requests', { json: { request, purpose: PURPOSE, contact: { name: 'Anne\r\nBcc: x@y.example', email }, language: 'fr' }, as: anne.identity_key });
  t.is(answer.json.code, 'schema');
});

test('drafts are deleted once their confirmation has lapsed, undecided requests expire', async (t) => {
  const clock = createClock();
  const other = await testPortal(t, { clock });
  const producer = await other.enrolProducer();
  const sealed = await publishSealed(other, producer);
  const asker = { purpose: PURPOSE, contact: { name: 'Anne', email: 'anne@labo.example' }, language: 'fr', dataset_id: sealed.dataset_id };
  const draft = await requestAccess(other.portal, { kind: 'anonymous' }, asker);
  const { token } = await confirmationOf(other, 'anne@labo.example');
  clock.advance(15 * 60 + 1);
  t.is(await refusalOf(confirmAccessRequest(other.portal, { token })), 'expired confirmation_expired');
  const member = (await other.signIn('bob@labo.example')).member;
  const kept = await requestAccess(other.portal, member, asker);
  t.deepEqual(await expireRequests(other.portal), { drafts: 1, requests: 0 });
  t.is(await other.portal.db.selectFrom('access_request').select('state').where('request_id', '=', draft.request_id).executeTakeFirst(), undefined);
  clock.advance(180 * 86_400 + 1);
  t.deepEqual(await expireRequests(other.portal), { drafts: 0, requests: 1 });
  t.true((await other.mails('bob@labo.example')).some((mail) => mail.subject.startsWith('Demande expirée')));
  t.is(await refusalOf(withdrawAccessRequest(other.portal, member, { request_id: kept.request_id })), 'conflict request_ended');
});

test('a draft that is withdrawn is gone, and no producer ever sees what nobody confirmed', async (t) => {
  const anne = await newConsumer();
  const email = newEmail();
  const { request_id } = (await ask(portal, anne, { dataset, producer: rennes, email })).json;
  const withdraw = () => portal.call('POST', `/api/v1/access-requests/${request_id}/withdrawal`, { json: {}, as: anne.identity_key });
  const received = async () => (await portal.call('GET', `/api/v1/producers/${rennes.producer_id}/access-requests`, { as: rennes.keys.api })).text;
  t.false((await received()).includes(request_id));
  t.like((await withdraw()).json, { request_id, state: 'withdrawn' });
  t.is((await withdraw()).status, 404);
  t.deepEqual(await portal.portal.db.selectFrom('access_request').select('request_id').where('contact_email', '=', email).execute(), []);
  t.false((await received()).includes(request_id));
  const { member } = await portal.signIn(email);
  t.deepEqual(await listAccessRequestsForMember(portal.portal.db, member), []);
  t.is(reasonOf(await portal.call('GET', `/api/v1/producers/${rennes.producer_id}/access-requests?state=draft`, { as: rennes.keys.api })), '400 bad_request malformed_parameter');
});

test('mails to addresses that nobody confirmed are bounded by consumer, by address and by place', async (t) => {
  const other = await testPortal(t, { clock: createClock('2026-03-01T09:00:00Z'), config: { trusted_proxies: 1 } });
  const producer = await other.enrolProducer();
  const sealed = await publishSealed(other, producer);
  const outcome = async (consumer: TestConsumer, email: string) => (await ask(other, consumer, { dataset: sealed, producer, email })).status;
  const anne = await other.registerConsumer();
  for (let count = 0; count < 10; count += 1) t.is(await outcome(anne, `a${count}@victim.example`), 201);
  t.is(await outcome(anne, 'a10@victim.example'), 429, 'one consumer');
  t.is((await other.mails()).filter((mail) => mail.to_email.endsWith('@victim.example')).length, 1, 'the mail of a draft goes with it');
  t.is((await other.portal.db.selectFrom('access_request').select('request_id').execute()).length, 1, 'each gave way to the next');

  for (let count = 0; count < 10; count += 1) t.is(await outcome(await other.registerConsumer({ name: `C${count}` }), 'one@victim.example'), 201);
  t.is(await outcome(await other.registerConsumer(), 'one@victim.example'), 429, 'one address, whoever asks');
  const form = { name: 'Anne', email: 'one@victim.example', organisation: '', purpose: PURPOSE, conditions: 'yes', website: '' };
  const page = (email: string, from: string) => other.call('POST', `/fr/datasets/${sealed.dataset_id}/request-access`, { form: { ...form, email }, headers: { 'x-forwarded-for': from } });
  t.is((await page('one@victim.example', '198.51.100.7')).status, 429, 'nor on the page');
  for (let count = 0; count < 60; count += 1) t.is((await page(`b${count}@victim.example`, `192.0.2.${count}`)).status, 303);
  t.is((await page('b60@victim.example', '192.0.2.250')).status, 429, 'one place');
  t.is((await page('b60@victim.example', '203.0.113.1')).status, 303);
  const { member } = await other.signIn('one@victim.example');
  t.is((await requestAccess(other.portal, member, { purpose: PURPOSE, contact: { name: 'Une', email: '' }, language: 'fr', dataset_id: sealed.dataset_id, address: '192.0.2.0' })).state, 'submitted', 'who is signed in asks all the same');
});

test('requests are read page by page, open ones first', async (t) => {
  const other = await testPortal(t);
  const producer = await other.enrolProducer();
  const anne = await other.registerConsumer();
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) ids.push(await askAndConfirm(other, anne, { dataset: await publishSealed(other, producer), producer }));
  const [oldest = '', middle = '', newest = ''] = ids;
  await other.call('POST', `/api/v1/access-requests/${newest}/withdrawal`, { json: {}, as: anne.identity_key });
  for (const [path, as] of [['/api/v1/access-requests', anne.identity_key], [`/api/v1/producers/${producer.producer_id}/access-requests`, producer.keys.api]] as const) {
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null && pages < 5; pages += 1) {
      const { json } = await other.call('GET', `${path}?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`, { as });
      seen.push(...json.access_requests.map((entry: { request_id: string }) => entry.request_id));
      cursor = json.next;
    }
    t.deepEqual(seen, [middle, oldest, newest], path);
    t.deepEqual((await other.call('GET', path, { as })).json.next, null);
    for (const query of ['limit=0', 'limit=501', 'cursor=x', 'page=2', `limit=1&limit=2`]) t.is((await other.call('GET', `${path}?${query}`, { as })).status, 400, query);
  }
});
