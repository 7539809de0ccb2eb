import { generateKey } from 'openpgp';
import test from 'ava';
import { bareOpenpgpKey, decodeBase64url, type DeliveryKey, type DeliverySecret, generateAgeIdentity, generateDeliveryJwk, importDeliveryJwk, openDelivery, signKeySet, utf8, verifyKeySetChain } from '#crypto';
import { createClock } from '../../support/clock.ts';
import { type TestConsumer, testPortal, type TestPortal } from '../../support/portal.ts';

/** A next key set with one more delivery key, as the answer of the portal to it. */
async function add(portal: TestPortal, lab: TestConsumer, delivery: unknown, o: { answers?: string[]; expires_at?: string } = {}) {
  const [first] = verifyKeySetChain([lab.key_set], { typ: 'consumer-keys+jws' });
  const own = { form: 'age', key: lab.delivery.recipient };
  const next = signKeySet('consumer-keys+jws', { ...first?.payload, version: 2, prev: first?.digest, delivery: delivery === undefined ? [own] : [own, delivery], ...(o.expires_at === undefined ? {} : { expires_at: o.expires_at }) }, [lab.identity_key]);
  const { status, json } = await portal.call('PUT', `/api/v1/consumers/${lab.consumer_id}`, { json: { key_sets: [lab.key_set, next], ...(o.answers === undefined ? {} : { answers: o.answers }) } });
  return status === 200 ? '200' : `${status} ${json.code} ${json.reason}`;
}

async function answerTo(portal: TestPortal, delivery: DeliveryKey, secret: DeliverySecret): Promise<string> {
  const { status, text, json } = await portal.call('POST', '/api/v1/delivery-key-challenges', { json: { form: delivery.form, key: delivery.key } });
  if (status !== 200) throw new Error(text);
  const opened = Buffer.from(await openDelivery(decodeBase64url(json.challenge), secret, { binding: ['sceau-challenge-v1', portal.portal.keys.portal_id] })).toString();
  if (!opened.includes(portal.origin) || !opened.includes(json.fingerprint)) throw new Error(`the challenge does not say what it is for: ${opened}`);
  return opened.trimEnd().split('\n').at(-1) ?? '';
}

test('a key of another program is registered once its owner has opened a challenge sealed to it, whatever its form', async (t) => {
  const portal = await testPortal(t);
  const pair = await generateKey({ userIDs: [{ name: 'Ada' }], date: portal.portal.clock.now(), format: 'armored' });
  const openpgp: DeliveryKey = { form: 'openpgp', key: (await bareOpenpgpKey(utf8(pair.publicKey), portal.portal.clock.now())).key };
  const jwk = await importDeliveryJwk(generateDeliveryJwk());
  const jwe: DeliveryKey = { form: 'jwe', key: jwk.public_jwk };
  const age = await generateAgeIdentity();
  const cases: [DeliveryKey, DeliverySecret][] = [[openpgp, { form: 'openpgp', secret_key: pair.privateKey }], [jwe, { form: 'jwe', ...jwk }]];
  const other = await answerTo(portal, { form: 'age', key: age.recipient }, { form: 'age', identity: age.identity });
  t.regex(other, /^sceau-answer-/);
  for (const [delivery, secret] of cases) {
    const lab = await portal.registerConsumer();
    t.is(await add(portal, lab, delivery), '422 bad_evidence challenge_unanswered');
    t.is(await add(portal, lab, delivery, { answers: [other] }), '422 bad_evidence challenge_unanswered', 'the answer of another key');
    t.is(await add(portal, lab, delivery, { answers: [await answerTo(portal, delivery, secret)] }), '200');
    t.is(await add(portal, lab, delivery), '200', 'the same again needs no answer');
  }
});

test('an answer is good for a day at least and two at most', async (t) => {
  const clock = createClock('2026-11-24T12:00:00Z');
  const portal = await testPortal(t, { clock });
  const jwk = await importDeliveryJwk(generateDeliveryJwk());
  const delivery: DeliveryKey = { form: 'jwe', key: jwk.public_jwk };
  const answers = [await answerTo(portal, delivery, { form: 'jwe', ...jwk })];
  clock.advance(35 * 3600);
  t.is(await add(portal, await portal.registerConsumer(), delivery, { answers }), '200');
  clock.advance(2 * 3600);
  t.is(await add(portal, await portal.registerConsumer(), delivery, { answers }), '422 bad_evidence challenge_unanswered');
});

test('delivery keys that cannot serve, or that name people, are not registered', async (t) => {
  const portal = await testPortal(t);
  const lab = await portal.registerConsumer();
  const date = portal.portal.clock.now();
  const { publicKey, privateKey } = await generateKey({ userIDs: [{ name: 'Ada', email: 'ada@exemple.fr' }], date, format: 'armored' });
  const low = { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) };
  const refused: [unknown, string][] = [
    [{ form: 'openpgp', key: publicKey }, '422 bad_evidence openpgp_not_bare'],
    [{ form: 'openpgp', key: privateKey }, '400 schema malformed'],
    [{ form: 'openpgp', key: `-----BEGIN PGP PUBLIC KEY BLOCK-----${'x'.repeat(70_000)}` }, '400 schema malformed'],
    [{ form: 'jwe', key: low }, '422 bad_evidence malformed_key'],
    [{ form: 'jwe', key: { ...low, d: 'A'.repeat(43) } }, '400 schema malformed'],
    [{ form: 'age', key: `age1${'q'.repeat(58)}` }, '422 bad_evidence malformed_recipient'],
    [{ form: 'age', key: lab.delivery.recipient }, '400 schema rule_broken'],
  ];
  for (const [delivery, answer] of refused) t.is(await add(portal, lab, delivery), answer, JSON.stringify(delivery).slice(0, 80));
  t.is((await portal.call('POST', '/api/v1/delivery-key-challenges', { json: { form: 'openpgp', key: publicKey } })).json.reason, 'openpgp_not_bare');
});

test('a consumer reads its own key sets and nobody else’s', async (t) => {
  const portal = await testPortal(t);
  const [lab, eve] = [await portal.registerConsumer(), await portal.registerConsumer({ name: 'Eve' })];
  t.deepEqual((await portal.call('GET', `/api/v1/consumers/${lab.consumer_id}`, { as: lab.identity_key })).json.key_sets, [lab.key_set]);
  t.is((await portal.call('GET', `/api/v1/consumers/${lab.consumer_id}`, { as: eve.identity_key })).status, 404);
  t.is((await portal.call('GET', `/api/v1/consumers/${lab.consumer_id}`)).status, 401);
});

test('an expired key set signs no call any more, until the next one', async (t) => {
  const clock = createClock('2026-11-24T12:00:00Z');
  const portal = await testPortal(t, { clock });
  const lab = await portal.registerConsumer();
  t.is(await add(portal, lab, undefined, { expires_at: '2026-11-24T12:10:00Z' }), '200');
  const status = async () => (await portal.call('GET', '/api/v1/grants', { as: lab.identity_key })).status;
  t.is(await status(), 200);
  clock.advance(601);
  t.is(await status(), 401);
  t.is(await add(portal, lab, undefined, { expires_at: '2026-11-24T12:10:00Z' }), '410 expired key_set_expired');
});
