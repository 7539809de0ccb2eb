import test from 'ava';
import { completeSignIn } from '../../../portal/parties/complete-sign-in.ts';
import { findSession } from '../../../portal/parties/find-session.ts';
import { purgeExpired } from '../../../portal/parties/purge-expired.ts';
import { requestSignIn, safePath } from '../../../portal/parties/request-sign-in.ts';
import { signOut } from '../../../portal/parties/sign-out.ts';
import { hashCode, hashSecret } from '../../../portal/parties/one-time-secret.ts';
import { createClock } from '../../support/clock.ts';
import { type TestPortal, testPortal } from '../../support/portal.ts';

const EMAIL = 'nadia@example.org';

async function ask(portal: TestPortal, o: { email?: string; next_path?: string } = {}) {
  const email = o.email ?? EMAIL;
  const before = new Set((await portal.mails(email)).map((mail) => mail.text_body));
  const { browser_token } = await requestSignIn(portal.portal, { email, language: 'fr', next_path: o.next_path ?? '/fr/me' });
  const mail = (await portal.mails(email)).find((one) => !before.has(one.text_body));
  const token = /\/fr\/sign-in\/([A-Za-z0-9_-]{22})\n/.exec(mail?.text_body ?? '')?.[1] ?? '';
  const code = /\n([0-9A-Z]{4}-[0-9A-Z]{4})\n/.exec(mail?.text_body ?? '')?.[1] ?? '';
  return { browser_token, token, code, mail };
}

test('the link signs in the browser that asked, once', async (t) => {
  const portal = await testPortal(t);
  const { browser_token, token, mail } = await ask(portal);
  t.is(mail?.subject, 'Se connecter à Portail d’essai');
  const session = await completeSignIn(portal.portal, { token, browser_token });
  t.is(session.next_path, '/fr/me');
  t.like(await findSession(portal.portal, session.session_token), { csrf_token: session.csrf_token, member: { email: EMAIL, operator: false, officer_of: [] } });
  t.like(await t.throwsAsync(completeSignIn(portal.portal, { token, browser_token })), { code: 'expired', reason: 'link_used' });
  await signOut(portal.portal, session.session_token);
  t.is(await findSession(portal.portal, session.session_token), undefined);
});

test('a link that is opened elsewhere does nothing; the code typed there signs in', async (t) => {
  const portal = await testPortal(t);
  const { token, code, browser_token } = await ask(portal);
  for (const other of [undefined, 'A'.repeat(22)]) {
    t.like(await t.throwsAsync(completeSignIn(portal.portal, { token, browser_token: other })), { code: 'forbidden', reason: 'other_browser' });
  }
  const session = await completeSignIn(portal.portal, { code: code.toLowerCase().replace('-', ' '), email: ' Nadia@Example.org ', browser_token: undefined });
  t.truthy(await findSession(portal.portal, session.session_token));
  t.like(await t.throwsAsync(completeSignIn(portal.portal, { token, browser_token })), { reason: 'link_used' }, 'link and code are one');
});

test('link and code lapse after fifteen minutes', async (t) => {
  const clock = createClock();
  const portal = await testPortal(t, { clock });
  const { token, code, browser_token } = await ask(portal);
  clock.advance(15 * 60);
  t.like(await t.throwsAsync(completeSignIn(portal.portal, { token, browser_token })), { code: 'expired', reason: 'link_expired' });
  t.like(await t.throwsAsync(completeSignIn(portal.portal, { code, email: EMAIL, browser_token })), { code: 'forbidden', reason: 'wrong_code' });
  t.like(await t.throwsAsync(completeSignIn(portal.portal, { token: 'A'.repeat(22), browser_token })), { code: 'not_found', reason: 'unknown_link' });
});

test('a code bears ten attempts, and strangers cannot use up those of the browser that asked', async (t) => {
  const portal = await testPortal(t);
  const { code, browser_token, token } = await ask(portal);
  const wrong = code === 'AAAA-AAAA' ? 'BBBB-BBBB' : 'AAAA-AAAA';
  for (let attempt = 0; attempt < 10; attempt += 1) {
    t.like(await t.throwsAsync(completeSignIn(portal.portal, { code: wrong, email: EMAIL, browser_token })), { reason: 'wrong_code' });
  }
  t.like(await t.throwsAsync(completeSignIn(portal.portal, { code, email: EMAIL, browser_token })), { reason: 'wrong_code' }, 'the right code comes too late');
  t.truthy(await completeSignIn(portal.portal, { token, browser_token }), 'the link does not depend on it');

  for (let attempt = 0; attempt < 99; attempt += 1) t.like(await t.throwsAsync(completeSignIn(portal.portal, { code: wrong, email: EMAIL, browser_token: undefined })), { reason: 'wrong_code' });
  t.like(await t.throwsAsync(completeSignIn(portal.portal, { code: wrong, email: EMAIL, browser_token: undefined })), { code: 'too_many_requests' });
  const again = await ask(portal);
  t.truthy(await completeSignIn(portal.portal, { code: again.code, email: EMAIL, browser_token: again.browser_token }));
});

test('of two uses that race, one session comes out', async (t) => {
  const portal = await testPortal(t);
  const { token, browser_token, code } = await ask(portal);
  const tries = await Promise.allSettled([1, 2, 3, 4].map((n) => completeSignIn(portal.portal, n % 2 === 0 ? { token, browser_token } : { code, email: EMAIL, browser_token })));
  t.is(tries.filter((one) => one.status === 'fulfilled').length, 1);
  t.is((await portal.portal.db.selectFrom('session').select('member_id').execute()).length, 1);
});

test('signing in never takes up a session that the browser brought', async (t) => {
  const portal = await testPortal(t);
  const planted = await portal.signIn('attaquante@example.org');
  const { token, browser_token } = await ask(portal);
  const session = await completeSignIn(portal.portal, { token, browser_token });
  t.false(planted.cookie.includes(session.session_token));
  t.like(await findSession(portal.portal, planted.cookie.split('=')[1] ?? ''), { member: { email: 'attaquante@example.org' } }, 'the planted session stays the attacker’s own');
});

test('tokens and codes are stored hashed, and the answer says nothing about who is known', async (t) => {
  const portal = await testPortal(t);
  const { token, code, browser_token } = await ask(portal);
  const session = await completeSignIn(portal.portal, { token, browser_token });
  const tables = JSON.stringify([await portal.portal.db.selectFrom('sign_in').selectAll().execute(), await portal.portal.db.selectFrom('session').selectAll().execute()]);
  for (const secret of [token, code, code.replace('-', ''), browser_token, session.session_token]) t.false(tables.includes(secret));
  const known = await requestSignIn(portal.portal, { email: EMAIL, language: 'fr', next_path: '/' });
  const unknown = await requestSignIn(portal.portal, { email: 'jamais.vue@example.org', language: 'fr', next_path: '/' });
  t.deepEqual(Object.keys(known).sort(), Object.keys(unknown).sort());
});

test('an address gets a bounded number of mails, and a malformed one none', async (t) => {
  const portal = await testPortal(t, { clock: createClock('2026-03-01T09:00:00Z') });
  for (let count = 0; count < 60; count += 1) await requestSignIn(portal.portal, { email: EMAIL, language: 'fr', next_path: '/' });
  t.like(await t.throwsAsync(requestSignIn(portal.portal, { email: EMAIL, language: 'fr', next_path: '/' })), { code: 'too_many_requests' });
  for (const email of ['', 'nadia', 'nadia@', 'a@b', 'a b@example.org', 'a@example.org\nbcc: x@example.org', `${'a'.repeat(65)}@example.org`, 'a..b@example.org', '"a"@example.org', 42]) {
    t.like(await t.throwsAsync(requestSignIn(portal.portal, { email, language: 'fr', next_path: '/' })), { code: 'schema' }, String(email));
  }
  t.is((await portal.mails()).length, 60);
});

test('a session ends when nobody uses it for eight hours, or after a week', async (t) => {
  const clock = createClock('2026-03-01T09:00:00Z');
  const portal = await testPortal(t, { clock });
  const signed_in = await portal.signIn(EMAIL);
  const token = signed_in.cookie.split('=')[1] ?? '';
  for (let hour = 0; hour < 24; hour += 6) {
    clock.advance(6 * 3600);
    t.truthy(await findSession(portal.portal, token), `after ${hour} hours of use`);
  }
  clock.advance(8 * 3600 + 1);
  t.is(await findSession(portal.portal, token), undefined);
  const other = (await portal.signIn(EMAIL)).cookie.split('=')[1] ?? '';
  for (let turn = 0; turn < 27; turn += 1) {
    clock.advance(6 * 3600);
    await findSession(portal.portal, other);
  }
  t.truthy(await findSession(portal.portal, other));
  clock.advance(6 * 3600);
  t.is(await findSession(portal.portal, other), undefined);
  const purged = await purgeExpired(portal.portal);
  t.is(purged['session'], 2);
  t.true((purged['sign_in'] ?? 0) >= 1);
});

test('roles count as they are now, and an officer of a suspended producer decides nothing', async (t) => {
  const portal = await testPortal(t);
  const producer = await portal.enrolProducer();
  const officer = await portal.signInOfficer(producer);
  const token = officer.cookie.split('=')[1] ?? '';
  t.deepEqual((await findSession(portal.portal, token))?.member.officer_of, [producer.producer_id]);
  await portal.portal.db.updateTable('producer').set({ state: 'suspended' }).execute();
  t.deepEqual((await findSession(portal.portal, token))?.member.officer_of, []);
});

test('one goes on only to a page of this portal', (t) => {
  t.is(safePath('/fr/datasets?q=eau'), '/fr/datasets?q=eau');
  for (const path of ['', 'https://elsewhere.example', '//elsewhere.example', '/\\elsewhere.example', '/\n/x', '/a\\b', `/${'a'.repeat(2000)}`]) t.is(safePath(path), '/', path);
});

test('strangers who type wrong codes use nothing up for the browser that asked', async (t) => {
  const portal = await testPortal(t);
  const { code, browser_token } = await ask(portal);
  const wrong = code === 'AAAA-AAAA' ? 'BBBB-BBBB' : 'AAAA-AAAA';
  for (let attempt = 0; attempt < 10; attempt += 1) {
    t.like(await t.throwsAsync(completeSignIn(portal.portal, { code: wrong, email: EMAIL, browser_token: undefined, address: '203.0.113.0' })), { reason: 'wrong_code' });
  }
  t.like(await t.throwsAsync(completeSignIn(portal.portal, { code, email: EMAIL, browser_token: undefined, address: '203.0.113.0' })), { code: 'too_many_requests' }, 'the stranger guesses no further');
  t.is((await portal.portal.db.selectFrom('sign_in').select('attempts').executeTakeFirstOrThrow()).attempts, 0);
  t.truthy(await completeSignIn(portal.portal, { code, email: EMAIL, browser_token, address: '198.51.100.0' }));
  const again = await ask(portal);
  t.truthy(await completeSignIn(portal.portal, { code: again.code, email: EMAIL, browser_token: undefined, address: '198.51.100.0' }), 'nor for its owner on another device');
});

test('strangers who ask for links in an officer’s name do not lock the officer out', async (t) => {
  const portal = await testPortal(t, { config: { trusted_proxies: 1 } });
  const from = (place: string) => portal.call('POST', '/fr/sign-in', { form: { email: EMAIL }, headers: { 'x-forwarded-for': place } });
  for (const place of ['203.0.113.5', '192.0.2.7']) {
    const statuses: number[] = [];
    for (let count = 0; count < 11; count += 1) statuses.push((await from(place)).status);
    t.deepEqual(statuses, [...Array<number>(10).fill(200), 429]);
  }
  t.is((await from('198.51.100.9')).status, 200);
  t.is((await portal.mails(EMAIL)).length, 21);
});

test('a code is stored under a key that the database does not hold', async (t) => {
  const portal = await testPortal(t);
  const { code } = await ask(portal);
  const row = await portal.portal.db.selectFrom('sign_in').selectAll().executeTakeFirstOrThrow();
  const plain = code.replace('-', '');
  t.is(row.code_hash, hashCode(portal.portal.keys.code_key, { purpose: 'sign-in code', row: row.token_hash, code: plain }));
  t.not(row.code_hash, hashSecret('sign-in code', plain), 'nor can it be recomputed from the row');
  const other = hashCode(new Uint8Array(32), { purpose: 'sign-in code', row: row.token_hash, code: plain });
  t.not(row.code_hash, other);
});
