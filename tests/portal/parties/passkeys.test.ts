import test from 'ava';
import { createSoftwareAuthenticator, type SoftwareAuthenticator, type Spoilt } from '../../../deploy/demo/software-authenticator.ts';
import { inviteProducer } from '../../../portal/parties/invite-producer.ts';
import { findSession, type Session } from '../../../portal/parties/find-session.ts';
import { beginConfirmation, beginPasskeySignIn, beginRegistration } from '../../../portal/parties/passkeys/begin-passkey.ts';
import { confirmWithPasskey } from '../../../portal/parties/passkeys/confirm-with-passkey.ts';
import { registerPasskey } from '../../../portal/parties/passkeys/register-passkey.ts';
import { removePasskey } from '../../../portal/parties/passkeys/remove-passkey.ts';
import { resetPasskeys } from '../../../portal/parties/passkeys/reset-passkeys.ts';
import { signInWithPasskey } from '../../../portal/parties/passkeys/sign-in-with-passkey.ts';
import { purgeExpired } from '../../../portal/parties/purge-expired.ts';
import { createClock } from '../../support/clock.ts';
import { startTestPortal, type TestPortal, type TestSession } from '../../support/portal.ts';

const clock = createClock();
let portal: TestPortal;
test.before(async () => {
  portal = await startTestPortal({ clock });
});
test.after.always(() => portal.close());

/** A fresh operator by mail alone, without a passkey. */
async function operatorByMail(): Promise<TestSession> {
  const email = `operatrice.${portal.portal.newUuid().slice(0, 8)}@portail.example`;
  await portal.signInOperator(email);
  await resetPasskeys(portal.portal, { kind: 'command_line' }, { email });
  return portal.signIn(email);
}

async function now(session: TestSession): Promise<Session> {
  const found = await findSession(portal.portal, session.cookie.slice(session.cookie.indexOf('=') + 1));
  if (found === undefined) throw new Error('the session has ended');
  return found;
}

async function register(session: TestSession, o: Spoilt & { with?: SoftwareAuthenticator; name?: string } = {}): Promise<SoftwareAuthenticator> {
  const authenticator = o.with ?? createSoftwareAuthenticator(portal.origin);
  const behind = await now(session);
  await registerPasskey(portal.portal, behind, { name: o.name ?? 'Ordinateur', answer: authenticator.create(await beginRegistration(portal.portal, behind), o) });
  return authenticator;
}

async function confirm(session: TestSession, authenticator: SoftwareAuthenticator, o: Spoilt = {}): Promise<void> {
  const behind = await now(session);
  await confirmWithPasskey(portal.portal, behind, authenticator.get(await beginConfirmation(portal.portal, behind), o));
}

async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => undefined,
    (caught: { code?: string; reason?: string }) => caught,
  );
  return error === undefined ? 'accepted' : `${error.code} ${error.reason}`;
}

const invite = async (session: TestSession) => inviteProducer(portal.portal, (await now(session)).member, { name: 'Ville de Bruz', officer_email: 'agent@bruz.example', officer_name: 'Agnès' });

test.serial('who runs the portal registers a passkey before the first decision, and shows it again after five minutes', async (t) => {
  const session = await operatorByMail();
  t.is(await refusalOf(invite(session)), 'forbidden step_up_needed');
  const device = await register(session);
  t.is(await refusalOf(invite(session)), 'accepted');
  clock.advance(5 * 60);
  t.is(await refusalOf(invite(session)), 'accepted');
  clock.advance(1);
  t.is(await refusalOf(invite(session)), 'forbidden step_up_needed');
  await confirm(session, device);
  t.is(await refusalOf(invite(session)), 'accepted');
  const elsewhere = await portal.signIn(session.member.email);
  t.is(await refusalOf(invite(elsewhere)), 'forbidden step_up_needed', 'another session of the same person has not stepped up');
});

test.serial('an answer is refused for each thing that is wrong with it', async (t) => {
  const session = await operatorByMail();
  const device = await register(session);
  const behind = await now(session);
  const begin = () => beginConfirmation(portal.portal, behind);
  const answer = (text: string, who = behind) => refusalOf(confirmWithPasskey(portal.portal, who, text));
  const other = await operatorByMail();
  const theirs = await register(other);

  t.is(await answer(device.get(await begin(), { origin: 'https://portail.example.evil' })), 'bad_evidence passkey_origin');
  t.is(await answer(device.get(await begin(), { user_verified: false })), 'bad_evidence passkey_not_verified');
  t.is(await answer(device.get({ ...(await begin()), rpId: 'evil.example' })), 'bad_evidence passkey_invalid');
  t.is(await answer(theirs.get(await begin())), 'bad_evidence passkey_unknown', 'another member’s passkey');
  t.is(await answer(theirs.get(await begin(), { credential_id: device.credential_id })), 'bad_evidence passkey_invalid', 'another key under this passkey’s name');
  t.is(await answer(createSoftwareAuthenticator(portal.origin).get(await begin())), 'bad_evidence passkey_unknown');
  t.is(await answer(device.get(await beginConfirmation(portal.portal, await now(other)))), 'bad_evidence passkey_challenge', 'a challenge given to another session');
  t.is(await answer(device.get({ challenge: (await beginRegistration(portal.portal, behind)).challenge, rpId: '127.0.0.1' })), 'bad_evidence passkey_challenge', 'a challenge for another purpose');
  t.is(await answer(device.get({ challenge: 'A'.repeat(43), rpId: '127.0.0.1' })), 'bad_evidence passkey_challenge', 'a challenge of nobody');
  for (const text of ['', '{}', '[]', 'null', '{"id":"a","rawId":"a","type":"public-key","response":{"clientDataJSON":"!"}}']) t.is(await answer(text), 'bad_evidence passkey_malformed', text);

  const old = await begin();
  clock.advance(5 * 60);
  t.is(await answer(device.get(old)), 'bad_evidence passkey_challenge', 'a challenge of five minutes ago');

  const replayed = device.get(await begin());
  t.is(await answer(replayed), 'accepted');
  t.is(await answer(replayed), 'bad_evidence passkey_challenge');
  const parts = JSON.parse(device.get(await begin()));
  const flipped = Buffer.from(parts.response.authenticatorData, 'base64url');
  flipped[36] = (flipped[36] ?? 0) ^ 1;
  t.is(await answer(JSON.stringify({ ...parts, response: { ...parts.response, authenticatorData: flipped.toString('base64url') } })), 'bad_evidence passkey_invalid', 'one flipped bit');
});

test.serial('a passkey whose counter does not grow is a copy: refused, and its member is mailed', async (t) => {
  const session = await operatorByMail();
  const device = await register(session, { name: 'Clé de sécurité' });
  await confirm(session, device, { counter: 7 });
  t.is(await refusalOf(confirm(session, device, { counter: 7 })), 'bad_evidence passkey_counter');
  t.is(await refusalOf(confirm(session, device, { counter: 3 })), 'bad_evidence passkey_counter');
  t.is(await refusalOf(confirm(session, device, { counter: 0 })), 'bad_evidence passkey_counter');
  const mail = (await portal.mails(session.member.email)).findLast(({ subject }) => subject.startsWith('Une passkey a été refusée'));
  t.regex(mail?.text_body ?? '', /« Clé de sécurité ».*comme une copie/);
  await confirm(session, device, { counter: 8 });

  const uncounted = await operatorByMail();
  const phone = await register(uncounted, { counter: 0 });
  for (let round = 0; round < 3; round += 1) await confirm(uncounted, phone, { counter: 0 });
  t.is(await refusalOf(invite(uncounted)), 'accepted', 'authenticators that do not count always say 0');
});

test.serial('of two answers at once, to one challenge or with one counter, one is taken', async (t) => {
  const session = await operatorByMail();
  const device = await register(session);
  const behind = await now(session);
  const one = await beginConfirmation(portal.portal, behind);
  const same = device.get(one, { counter: 5 });
  const outcomes = await Promise.all([same, same, same].map((text) => refusalOf(confirmWithPasskey(portal.portal, behind, text))));
  t.deepEqual(outcomes.toSorted(), ['accepted', 'bad_evidence passkey_challenge', 'bad_evidence passkey_challenge']);
  const [two, three] = [await beginConfirmation(portal.portal, behind), await beginConfirmation(portal.portal, behind)];
  const copies = [device.get(two, { counter: 6 }), device.get(three, { counter: 6 })];
  t.deepEqual((await Promise.all(copies.map((text) => refusalOf(confirmWithPasskey(portal.portal, behind, text))))).toSorted(), ['accepted', 'bad_evidence passkey_counter']);
});

test.serial('a mailbox alone adds no passkey beside the first and removes none', async (t) => {
  const session = await operatorByMail();
  const first = await register(session, { name: 'Téléphone' });
  const thief = await portal.signIn(session.member.email);
  t.is(await refusalOf(register(thief)), 'forbidden step_up_needed');
  t.is(await refusalOf(removePasskey(portal.portal, (await now(thief)).member, { credential_id: first.credential_id })), 'forbidden step_up_needed');
  const second = await register(session, { name: 'Ordinateur' });
  t.is(await refusalOf(register(session, { with: first })), 'conflict passkey_known');
  t.is(await refusalOf(register(session, { name: ' ' })), 'schema undefined');

  const { member } = await now(session);
  t.is(await refusalOf(removePasskey(portal.portal, member, { credential_id: 'AAAA' })), 'not_found undefined');
  for (const { credential_id } of [first, second]) await removePasskey(portal.portal, member, { credential_id });
  t.is((await now(session)).passkeys, 0);
  const subjects = (await portal.mails(session.member.email)).map(({ subject }) => subject.replace(/ : .*/, ''));
  // One more was added and reset while the person became an operator.
  t.deepEqual(['ajoutée', 'retirée'].map((what) => subjects.filter((one) => one === `Une passkey a été ${what}`).length), [3, 2]);
  const acts = await portal.portal.db.selectFrom('log_act').select(['type', 'leaf', 'blind_key', 'subject_digest']).where('subject_digest', 'in', [`register-passkey ${first.credential_id}`, `remove-passkey ${first.credential_id}`]).execute();
  t.deepEqual(acts.map(({ type }) => type), ['operator.act', 'operator.act']);
  for (const { leaf, blind_key } of acts) {
    t.truthy(blind_key);
    t.false(leaf.toString().includes(first.credential_id));
  }
});

test.serial('an operator resets the passkeys of a member who lost them; those of an operator only whoever is at the machine', async (t) => {
  const operator = await portal.signInOperator();
  const producer = await portal.enrolProducer();
  const officer = await portal.signInOfficer(producer);
  const reset = (email: string, actor = operator.member) => refusalOf(resetPasskeys(portal.portal, actor, { email }));
  t.is(await reset(producer.officer_email, officer.member), 'not_found undefined', 'officers have no such page');
  t.is(await reset('nobody@example.org'), 'not_found unknown_member');
  t.is(await reset(operator.member.email), 'forbidden operator_on_machine');
  t.is(await reset(producer.officer_email, (await portal.signIn(operator.member.email)).member), 'forbidden step_up_needed');
  t.is(await reset(producer.officer_email), 'accepted');
  t.is(await findSession(portal.portal, officer.cookie.split('=')[1] ?? ''), undefined, 'their sessions end');
  t.is(await reset(producer.officer_email), 'not_found no_passkeys');
  t.true((await portal.mails(producer.officer_email)).some(({ subject }) => subject.startsWith('Vos passkeys ont été retirées')));
  t.deepEqual(await resetPasskeys(portal.portal, { kind: 'command_line' }, { email: operator.member.email }), { email: operator.member.email, removed: 1 });
});

test.serial('a passkey signs in by itself, in the browser that was given the challenge, and counts as a step-up', async (t) => {
  const session = await operatorByMail();
  const device = await register(session);
  const { options, browser_token } = await beginPasskeySignIn(portal.portal, { browser_token: undefined, address: '127.0.0.0' });
  t.deepEqual(options.allowCredentials, [], 'who is registered is told to nobody');
  const answer = device.get(options);
  const enter = (text: string, mark: string | undefined) => signInWithPasskey(portal.portal, { answer: text, browser_token: mark, next_path: '//evil.example' });
  t.is(await refusalOf(enter(answer, undefined)), 'bad_evidence passkey_challenge');
  t.is(await refusalOf(enter(answer, 'AAAAAAAAAAAAAAAAAAAAAA')), 'bad_evidence passkey_challenge');
  const made = await enter(answer, browser_token);
  t.is(made.next_path, '/');
  const found = await findSession(portal.portal, made.session_token);
  t.is(found?.member.email, session.member.email);
  t.is(found?.member.stepped_up_at?.getTime(), clock.now().getTime());
  t.is(await refusalOf(enter(answer, browser_token)), 'bad_evidence passkey_challenge');
});

test.serial('challenges that nobody answered are deleted', async (t) => {
  const session = await operatorByMail();
  await beginRegistration(portal.portal, await now(session));
  clock.advance(20 * 60);
  t.true(((await purgeExpired(portal.portal))['passkey_challenge'] ?? 0) > 0);
  t.deepEqual(await portal.portal.db.selectFrom('passkey_challenge').selectAll().execute(), []);
});

test.serial('nobody but a demonstration confirms without a passkey', async (t) => {
  const session = await operatorByMail();
  const form = { next: '/fr/operator' };
  t.is((await portal.call('POST', '/fr/me/passkeys/demo', { form, session, headers: { accept: 'text/html' } })).status, 404);
  t.false((await portal.call('GET', '/fr/operator', { session, headers: { accept: 'text/html' } })).text.includes('/me/passkeys/demo'));
  t.is(await refusalOf(invite(session)), 'forbidden step_up_needed');
});
