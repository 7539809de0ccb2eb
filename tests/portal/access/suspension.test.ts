import test from 'ava';
import { expireGrants } from '../../../portal/access/expire-grants.ts';
import { liftSuspension } from '../../../portal/access/lift-suspension.ts';
import { raiseAlarm } from '../../../portal/access/raise-alarm.ts';
import { revokeGrant } from '../../../portal/access/revoke-grant.ts';
import { decideAccessRequest } from '../../../portal/access/decide-access-request.ts';
import { giveRole, upsertMember } from '../../../portal/parties/member-store.ts';
import { purgeExpired } from '../../../portal/parties/purge-expired.ts';
import { createClock } from '../../support/clock.ts';
import { startTestPortal, type TestConsumer, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { releaseAll, testBroker } from '../broker/test-broker.ts';
import { publishSealed, type SealedDataset } from '../catalog/publishing.ts';
import { askAndConfirm, grantAccess } from './asking.ts';

const clock = createClock();
const SECOND_OFFICER = 'soizic@rennes.example';
const HTML = { accept: 'text/html' };
let portal: TestPortal;
let rennes: TestProducer;
let dataset: SealedDataset;

test.before(async () => {
  portal = await startTestPortal({ clock });
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const { db } = portal.portal;
  const { member_id } = await upsertMember(db, { member_id: portal.portal.newUuid(), email: SECOND_OFFICER, name: 'Soizic', language: 'en', now: clock.now() });
  await giveRole(db, { member_id, role: 'officer', producer_id: rennes.producer_id, now: clock.now() });
  await portal.signInOperator();
  dataset = await publishSealed(portal, rennes);
});
test.after.always(() => portal.close());

async function newGrant(): Promise<{ anne: TestConsumer; grant_id: string; request_id: string }> {
  const anne = await portal.registerConsumer();
  return { anne, ...(await grantAccess(portal, anne, { dataset, producer: rennes })) };
}

/** The token in the newest mail to an officer about a request that has one. */
async function alarmOf(request_id: string, email = rennes.officer_email): Promise<string> {
  const texts = (await portal.mails(email)).map(({ text_body }) => text_body).filter((text) => text.includes(request_id));
  const token = texts.flatMap((text) => /\/officer\/alarm\/([A-Za-z0-9_-]{22})\n/.exec(text)?.[1] ?? []).at(-1);
  if (token === undefined) throw new Error(`no link was mailed to ${email}`);
  return token;
}

const header = (anne: TestConsumer) => portal.call('GET', `/api/v1/datasets/${dataset.dataset_id}/versions/1/resources/${dataset.resource_id}/header`, { as: anne.identity_key });
const packages = (anne: TestConsumer, grant_id: string) => portal.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: anne.identity_key });
const stateOf = async (grant_id: string) => (await portal.portal.db.selectFrom('access_grant').select('state').where('grant_id', '=', grant_id).executeTakeFirstOrThrow()).state;
const refusalOf = async (promise: Promise<unknown>): Promise<string> => promise.then(() => 'done', (error: { code?: string; reason?: string }) => `${error.code} ${error.reason}`);

test.serial('one click on the mailed link opens a page, its button closes every gate at once, and everybody concerned is told', async (t) => {
  const { anne, grant_id, request_id } = await newGrant();
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  await releaseAll(portal, broker);
  t.is((await header(anne)).status, 200);
  t.is((await packages(anne, grant_id)).json.packages.length, 1);

  const path = `/en/officer/alarm/${await alarmOf(request_id, SECOND_OFFICER)}`;
  const page = await portal.call('GET', path, { headers: HTML });
  t.is(page.status, 200);
  t.true(page.text.includes('access granted'));
  t.is(await stateOf(grant_id), 'active', 'opening the link changes nothing: mail scanners do');
  t.is((await portal.call('POST', path, { form: {}, headers: { ...HTML, origin: 'https://elsewhere.example' } })).status, 403);
  t.is(await stateOf(grant_id), 'active');

  const raised = await portal.call('POST', path, { form: {}, headers: HTML });
  t.is(raised.status, 200);
  t.true(raised.text.includes('The access is suspended'));
  t.is((await header(anne)).json.reason, 'no_grant');
  t.is((await packages(anne, grant_id)).json.reason, 'grant_suspended');
  const [listed] = (await portal.call('GET', '/api/v1/grants', { as: anne.identity_key })).json.grants;
  t.is(listed.state, 'suspended');
  t.is((await portal.call('POST', path, { form: {}, headers: HTML })).status, 410, 'a link works once');

  const { contact_email } = await portal.portal.db.selectFrom('access_request').select('contact_email').where('request_id', '=', request_id).executeTakeFirstOrThrow();
  t.true((await portal.mails(contact_email)).some(({ subject }) => subject.startsWith('Accès suspendu')));
  for (const email of [rennes.officer_email, SECOND_OFFICER, 'operatrice@portail.example']) {
    t.true((await portal.mails(email)).some(({ text_body }) => text_body.includes(SECOND_OFFICER)), email);
  }
  const acts = await portal.portal.db.selectFrom('log_act').select(['type', 'blind_key']).where('subject_digest', '=', `suspend-grant ${grant_id}`).execute();
  t.is(acts.length, 1);
  t.is(acts[0]?.type, 'operator.act');
  t.truthy(acts[0]?.blind_key);
});

test.serial('an officer who steps up opens a suspended access again, and what was released meanwhile is handed out', async (t) => {
  const { anne, grant_id, request_id } = await newGrant();
  await raiseAlarm(portal.portal, { token: await alarmOf(request_id) });
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  await t.throwsAsync(releaseAll(portal, broker), { message: /did not finish/ }, 'the broker waits');
  const path = `/fr/officer/grants/${grant_id}/suspended`;

  const by_mail = await portal.signIn(rennes.officer_email);
  const inbox = await portal.call('GET', '/fr/officer', { session: by_mail, headers: HTML });
  t.true(inbox.text.includes(path));
  t.is((await portal.call('GET', path, { session: by_mail, headers: HTML })).status, 200);
  t.is((await portal.call('POST', path, { form: {}, session: by_mail, headers: HTML })).status, 403, 'not without a passkey');
  t.is((await portal.call('POST', path, { form: {}, session: await portal.signInOfficer(await portal.enrolProducer()), headers: HTML })).status, 404);
  t.is(await stateOf(grant_id), 'suspended');

  const officer = await portal.signInOfficer(rennes);
  const lifted = await portal.call('POST', path, { form: {}, session: officer });
  t.is(lifted.headers['location'], '/fr/officer?done=lifted');
  t.is((await header(anne)).status, 200);
  await releaseAll(portal, broker);
  t.is((await packages(anne, grant_id)).json.packages.length, 1);
  t.is(await refusalOf(liftSuspension(portal.portal, officer.member, { grant_id })), 'conflict not_suspended');
});

test.serial('a suspended access becomes a revocation, by an officer or by its date', async (t) => {
  const officer = await portal.signInOfficer(rennes);
  const first = await newGrant();
  await raiseAlarm(portal.portal, { token: await alarmOf(first.request_id) });
  const revoked = await portal.call('POST', `/fr/officer/grants/${first.grant_id}/revoke`, { form: { reason: 'Décision qui n’était pas de nous' }, session: officer });
  t.is(revoked.headers['location'], '/fr/officer?done=revoked');
  t.is(await stateOf(first.grant_id), 'revoked');
  t.is(await refusalOf(liftSuspension(portal.portal, officer.member, { grant_id: first.grant_id })), 'conflict not_suspended');

  const anne = await portal.registerConsumer();
  const ends_at = new Date(clock.now().getTime() + 3600_000).toISOString();
  const second = await grantAccess(portal, anne, { dataset, producer: rennes, ends_at });
  await raiseAlarm(portal.portal, { token: await alarmOf(second.request_id) });
  clock.advance(3601);
  t.is((await packages(anne, second.grant_id)).json.reason, 'grant_expired');
  await expireGrants(portal.portal);
  t.is(await stateOf(second.grant_id), 'expired');
});

test.serial('of many who press at once one suspends, and of a lift and a revocation at once the grant ends or opens, never both', async (t) => {
  const { grant_id, request_id } = await newGrant();
  const tokens = [await alarmOf(request_id), await alarmOf(request_id, SECOND_OFFICER)];
  const pressed = await Promise.all([...tokens, ...tokens].map((token) => raiseAlarm(portal.portal, { token }).then(({ outcome }) => outcome, (error: { reason?: string }) => error.reason)));
  t.deepEqual(pressed.toSorted(), ['already_suspended', 'link_used', 'link_used', 'suspended']);

  const { member } = await portal.signInOfficer(rennes);
  for (let round = 0; round < 4; round += 1) {
    const one = await newGrant();
    await raiseAlarm(portal.portal, { token: await alarmOf(one.request_id) });
    const [lifted] = await Promise.all([refusalOf(liftSuspension(portal.portal, member, { grant_id: one.grant_id })), revokeGrant(portal.portal, member, { grant_id: one.grant_id, reason: 'Fin' })]);
    t.true(lifted === 'done' || lifted === 'conflict not_suspended');
    t.is(await stateOf(one.grant_id), 'revoked', 'what was ended stays ended');
    const acts = await portal.portal.db.selectFrom('log_act').select('act_id').where('subject_digest', '=', `lift-suspension ${one.grant_id}`).execute();
    t.is(acts.length, lifted === 'done' ? 1 : 0);
  }
  t.is(await stateOf(grant_id), 'suspended');
});

test.serial('as long as an access is suspended, a changed file is sealed afresh', async (t) => {
  const epochs = async () => (await portal.call('GET', `/api/v1/datasets/${dataset.dataset_id}/epochs`, { as: rennes.keys.api })).json.epochs;
  const own = await publishSealed(portal, rennes);
  const anne = await portal.registerConsumer();
  const { grant_id, request_id } = await grantAccess(portal, anne, { dataset: own, producer: rennes });
  const of = async () => (await portal.call('GET', `/api/v1/datasets/${own.dataset_id}/epochs`, { as: rennes.keys.api })).json.epochs.map(({ spent, reason }: { spent: boolean; reason: string | null }) => [spent, reason]);
  t.deepEqual(await of(), [[false, null]]);
  await raiseAlarm(portal.portal, { token: await alarmOf(request_id) });
  t.deepEqual(await of(), [[true, 'grant_suspended']]);
  await liftSuspension(portal.portal, (await portal.signInOfficer(rennes)).member, { grant_id });
  t.deepEqual(await of(), [[false, null]]);
  t.true((await epochs()).length > 0);
});

test.serial('a decision that opened nothing is told to the operators all the same, and a link of a week ago is worth nothing', async (t) => {
  const request_id = await askAndConfirm(portal, await portal.registerConsumer(), { dataset, producer: rennes });
  const { member } = await portal.signInOfficer(rennes);
  await decideAccessRequest(portal.portal, member, { request_id, decision: 'refuse', note: 'Hors convention.' });
  const before = (await portal.mails('operatrice@portail.example')).length;
  t.deepEqual(await raiseAlarm(portal.portal, { token: await alarmOf(request_id) }), { outcome: 'nothing_open' });
  t.is((await portal.mails('operatrice@portail.example')).length, before + 1);

  const other = await alarmOf(request_id, SECOND_OFFICER);
  clock.advance(7 * 24 * 3600);
  t.is(await refusalOf(raiseAlarm(portal.portal, { token: other })), 'expired link_expired');
  t.is(await refusalOf(raiseAlarm(portal.portal, { token: 'AAAAAAAAAAAAAAAAAAAAAA' })), 'not_found unknown_link');
  const stored = await portal.portal.db.selectFrom('decision_alarm').select('token_hash').execute();
  t.false(stored.some(({ token_hash }) => token_hash.includes(other)));
  clock.advance(2 * 24 * 3600);
  await purgeExpired(portal.portal);
  t.deepEqual(await portal.portal.db.selectFrom('decision_alarm').selectAll().execute(), []);
});
