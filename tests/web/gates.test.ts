import test from 'ava';
import { publishOpen, publishSealed, type SealedDataset } from '../portal/catalog/publishing.ts';
import { startTestPortal, type TestPortal, type TestProducer } from '../support/portal.ts';
import { hiddenField, textOf } from './page-facts.ts';

let portal: TestPortal;
let rennes: TestProducer;
let brest: TestProducer;
let dataset: SealedDataset;

test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  brest = await portal.enrolProducer({ name: 'Ville de Brest' });
  dataset = await publishSealed(portal, rennes);
});
test.after.always(() => portal.close());

const ASKED = { name: 'Anne', email: 'anne@labo.example', organisation: '', purpose: 'Étudier.', conditions: 'yes', website: '' };
const askPath = () => `/fr/datasets/${dataset.dataset_id}/request-access`;
const HTML = { accept: 'text/html' };

/** Asks signed in; gives the id of the request. */
async function askAs(email: string): Promise<string> {
  const session = await portal.signIn(email);
  const answer = await portal.call('POST', askPath(), { form: ASKED, session });
  if (answer.headers['location'] !== '/fr/me?done=asked') throw new Error(`${answer.status}: ${textOf(answer.text)}`);
  return (await portal.portal.db.selectFrom('access_request').select('request_id').where('contact_email', '=', email).executeTakeFirstOrThrow()).request_id;
}

test('a form from another site is refused, signed in or not', async (t) => {
  const headers = { ...HTML, origin: 'https://elsewhere.example' };
  t.is((await portal.call('POST', askPath(), { form: ASKED, headers })).status, 403);
  t.is((await portal.call('POST', '/fr/sign-in', { form: { email: 'x@example.org' }, headers })).status, 403);
  const session = await portal.signIn('bob@example.org');
  t.is((await portal.call('POST', askPath(), { form: ASKED, session, headers })).status, 403);
});

test('a form without the token of the session is refused and says what to do', async (t) => {
  const session = await portal.signIn('carole@example.org');
  const answer = await portal.call('POST', askPath(), { form: { ...ASKED, csrf_token: 'wrong' }, session, headers: HTML });
  t.is(answer.status, 403);
  t.true(textOf(answer.text).includes('Rouvrez-la et recommencez'));
  const page = await portal.call('GET', askPath(), { session, headers: HTML });
  t.is(hiddenField(page.text, 'csrf_token'), session.csrf_token);
  t.is(page.headers['cache-control'], 'no-store');
  t.is((await portal.call('GET', askPath(), { session, headers: { ...HTML, 'accept-encoding': 'br' } })).headers['content-encoding'], undefined);
});

test('personal pages send strangers to sign in and bring them back', async (t) => {
  for (const path of ['/fr/me', '/fr/officer', '/en/operator']) {
    const answer = await portal.call('GET', path, { headers: HTML });
    t.is(answer.status, 303, path);
    t.is(new URL(answer.headers['location'] ?? '', portal.origin).searchParams.get('next'), path);
  }
  const asked = await portal.call('GET', '/fr/sign-in?next=%2Ffr%2Fme&reason=needed', { headers: HTML });
  t.is(hiddenField(asked.text, 'next'), '/fr/me');
});

test('signing in never leads to another site', async (t) => {
  for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
    const sent = await portal.call('POST', '/fr/sign-in', { form: { email: 'eve@example.org', next } });
    t.is(sent.status, 200);
    const cookie = (sent.headers['set-cookie'] ?? '').split(';')[0] ?? '';
    const token = /\/sign-in\/([A-Za-z0-9_-]+)/.exec((await portal.mails('eve@example.org')).at(-1)?.text_body ?? '')?.[1] ?? '';
    const done = await portal.call('POST', `/fr/sign-in/${token}`, { form: {}, headers: { cookie } });
    t.is(done.status, 303);
    t.is(done.headers['location'], '/fr/me', next);
  }
});

test('a link opened in another browser asks for the code, which works there', async (t) => {
  await portal.call('POST', '/fr/sign-in', { form: { email: 'denis@example.org' } });
  const mail = (await portal.mails('denis@example.org'))[0]?.text_body ?? '';
  const token = /\/sign-in\/([A-Za-z0-9_-]+)/.exec(mail)?.[1] ?? '';
  const code = /^([0-9A-Z]{4}-[0-9A-Z]{4})$/m.exec(mail)?.[1] ?? '';
  const other = await portal.call('POST', `/fr/sign-in/${token}`, { form: {}, headers: HTML });
  t.is(other.status, 403);
  t.true(other.text.includes('name="code"'));
  const wrong = await portal.call('POST', '/fr/sign-in/code', { form: { email: 'denis@example.org', code: 'ZZZZ-ZZZZ' }, headers: HTML });
  t.is(wrong.status, 403);
  t.true(textOf(wrong.text).includes('Ce code n’est pas le bon'));
  const done = await portal.call('POST', '/fr/sign-in/code', { form: { email: 'denis@example.org', code: code.toLowerCase() } });
  t.is(done.status, 303);
  t.regex(done.headers['set-cookie'] ?? '', /sceau_session=[^;]+; Path=\/; HttpOnly; SameSite=Lax/);
  const again = await portal.call('POST', `/fr/sign-in/${token}`, { form: {}, headers: HTML });
  t.is(again.status, 410);
});

test('the answer to a request is the same whether or not the address is known, and a trapped program learns nothing', async (t) => {
  await portal.signIn('known@example.org');
  const known = await portal.call('POST', askPath(), { form: { ...ASKED, email: 'known@example.org' } });
  const unknown = await portal.call('POST', askPath(), { form: { ...ASKED, email: 'unknown@example.org' } });
  const robot = await portal.call('POST', askPath(), { form: { ...ASKED, email: 'robot@example.org', website: 'https://spam.example' } });
  t.deepEqual([known.status, known.headers['location']], [303, `${askPath()}/sent`]);
  t.deepEqual([unknown.status, unknown.headers['location']], [303, `${askPath()}/sent`]);
  t.deepEqual([robot.status, robot.headers['location']], [303, `${askPath()}/sent`]);
  t.is((await portal.mails('robot@example.org')).length, 0);
  t.is((await portal.mails('unknown@example.org')).length, 1);
});

test('whoever asked twice is led to the request under way', async (t) => {
  await askAs('fanny@example.org');
  const session = await portal.signIn('fanny@example.org');
  const answer = await portal.call('POST', askPath(), { form: ASKED, session, headers: HTML });
  t.is(answer.status, 409);
  t.true(answer.text.includes('href="/fr/me"'));
  t.true(answer.text.includes('>Étudier.</textarea>'));
});

test('nobody asks for what is open: the page of the dataset says so', async (t) => {
  const open = await publishOpen(portal, rennes);
  const answer = await portal.call('GET', `/fr/datasets/${open.dataset_id}/request-access`, { headers: HTML });
  t.is(answer.status, 303);
  t.is(answer.headers['location'], `/fr/datasets/${open.dataset_id}`);
});

test('officers of other producers, citizens and strangers never see a request', async (t) => {
  const request_id = await askAs('gael@example.org');
  const path = `/fr/officer/requests/${request_id}`;
  const own = await portal.signInOfficer(rennes);
  t.is((await portal.call('GET', path, { session: own, headers: HTML })).status, 200);
  t.is((await portal.call('GET', path, { session: await portal.signInOfficer(brest), headers: HTML })).status, 404);
  t.is((await portal.call('GET', path, { session: await portal.signIn('gael@example.org'), headers: HTML })).status, 403);
  t.is((await portal.call('GET', path, { headers: HTML })).status, 303);
  const form = { decision: 'refuse', note: 'Non.', ends_on: '', fingerprint: '' };
  t.is((await portal.call('POST', path, { form, session: await portal.signInOfficer(brest), headers: HTML })).status, 404);
  t.is((await portal.call('GET', '/fr/operator', { session: own, headers: HTML })).status, 404);
});

test('a decision sent twice is made once, and the second officer sees where it stands', async (t) => {
  const path = `/fr/officer/requests/${await askAs('hugo@example.org')}`;
  const session = await portal.signInOfficer(rennes);
  const form = { decision: 'refuse', note: 'Hors convention.', ends_on: '', fingerprint: '' };
  t.is((await portal.call('POST', path, { form, session })).headers['location'], '/fr/officer?done=refused');
  const second = await portal.call('POST', path, { form, session, headers: HTML });
  t.is(second.status, 409);
  t.true(textOf(second.text).includes('Quelqu’un vient de décider cette demande'));
  t.true(textOf(second.text).includes('Hors convention.'));
});

test('an end date that no calendar has, or that is over, is refused with an example', async (t) => {
  const path = `/fr/officer/requests/${await askAs('ines@example.org')}`;
  const session = await portal.signInOfficer(rennes);
  for (const ends_on of ['', '2027-02-30', 'demain', '2020-01-01']) {
    const answer = await portal.call('POST', path, { form: { decision: 'approve', note: '', ends_on, fingerprint: '' }, session, headers: HTML });
    t.true(answer.status >= 400, ends_on);
    t.regex(textOf(answer.text), /Donnez une date à venir, dans les cinq ans, comme \d{4}-\d{2}-\d{2}\./);
  }
});

test('digits that changed under the officer’s eyes are shown again instead of approved', async (t) => {
  const path = `/fr/officer/requests/${await askAs('jean@example.org')}`;
  const session = await portal.signInOfficer(rennes);
  const form = { decision: 'approve', note: '', ends_on: '2027-06-30', fingerprint: '11111 22222 33333 44444 55555 66666', fingerprint_confirmed: 'yes' };
  t.is((await portal.call('POST', path, { form, session, headers: HTML })).status, 409);
});

test('withdrawing asks first and is only for whoever asked', async (t) => {
  const request_id = await askAs('katell@example.org');
  const path = `/fr/me/requests/${request_id}/withdraw`;
  t.is((await portal.call('POST', path, { form: {}, session: await portal.signIn('loic@example.org'), headers: HTML })).status, 404);
  const session = await portal.signIn('katell@example.org');
  t.is((await portal.call('GET', path, { session, headers: HTML })).status, 200);
  t.is((await portal.call('POST', path, { form: {}, session })).headers['location'], '/fr/me?done=withdrawn');
  t.true(textOf((await portal.call('GET', '/fr/me', { session, headers: HTML })).text).includes('Retirée'));
});

test('signing out ends the session', async (t) => {
  const session = await portal.signIn('mona@example.org');
  const out = await portal.call('POST', '/fr/sign-out', { form: {}, session });
  t.is(out.status, 303);
  t.regex(out.headers['set-cookie'] ?? '', /Max-Age=0/);
  t.is((await portal.call('GET', '/fr/me', { session, headers: HTML })).status, 303);
});
