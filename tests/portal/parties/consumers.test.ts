import test from 'ava';
import { checkBlindSubject, fingerprintOf, generateSigningKey, signKeySet, statementDigest } from '#crypto';
import { makeConsumerKeys } from '../../support/portal-cast.ts';
import { testPortal } from '../../support/portal.ts';

const payloadOf = (statement: { payload: string }) => JSON.parse(Buffer.from(statement.payload, 'base64url').toString());

test('a consumer registers by its self-signed key set, and again without harm', async (t) => {
  const portal = await testPortal(t);
  const made = await makeConsumerKeys(new Date(), 'Laboratoire mobilité');
  const register = () => portal.call('PUT', `/api/v1/consumers/${made.consumer_id}`, { json: { key_sets: [made.key_set] } });
  const first = await register();
  t.is(first.status, 200);
  t.deepEqual(first.json, { consumer_id: made.consumer_id, fingerprint: fingerprintOf(made.consumer_id) });
  t.deepEqual((await register()).json, first.json);
  const acts = await portal.portal.db.selectFrom('log_act').selectAll().where('type', '=', 'consumer.keys').execute();
  t.is(acts.length, 1, 'the same again is not a second act');
  const leaf = JSON.parse(acts[0]?.leaf.toString() ?? '');
  t.not(leaf.subject, statementDigest(made.key_set), 'who registers is nobody’s business');
  t.true(checkBlindSubject(statementDigest(made.key_set), acts[0]?.blind_key?.toString('base64url') ?? '', leaf.subject));
});

test('the same registration from many sides at once is one registration', async (t) => {
  const portal = await testPortal(t);
  const made = await makeConsumerKeys(new Date(), 'Laboratoire');
  const answers = await Promise.all(Array.from({ length: 6 }, () => portal.call('PUT', `/api/v1/consumers/${made.consumer_id}`, { json: { key_sets: [made.key_set] } })));
  t.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
  t.is((await portal.portal.db.selectFrom('party_key_set').select('version').where('party_type', '=', 'consumer').execute()).length, 1);
});

test('a further key set must continue the chain; then its keys count and the old ones no longer', async (t) => {
  const portal = await testPortal(t);
  const lab = await portal.registerConsumer({ name: 'Laboratoire' });
  const new_key = generateSigningKey();
  const next = { ...payloadOf(lab.key_set), version: 2, prev: statementDigest(lab.key_set), name: 'Laboratoire mobilité', keys: [{ jwk: new_key.public_jwk, roles: ['identity'] }] };
  const put = (key_sets: unknown[]) => portal.call('PUT', `/api/v1/consumers/${lab.consumer_id}`, { json: { key_sets } });

  const unsigned_by_old = signKeySet('consumer-keys+jws', next, [new_key]);
  t.is((await put([lab.key_set, unsigned_by_old])).json.reason, 'threshold_not_met');
  const second = signKeySet('consumer-keys+jws', next, [lab.identity_key, new_key]);
  t.is((await put([lab.key_set, second])).status, 200);
  t.is((await put([lab.key_set])).json.reason, 'chain_shorter');
  const fork = signKeySet('consumer-keys+jws', { ...next, name: 'Fourche' }, [lab.identity_key, new_key]);
  t.is((await put([lab.key_set, fork])).json.reason, 'chain_forked');

  const grants = async (as: typeof new_key) => (await portal.call('GET', '/api/v1/grants', { as })).status;
  t.is(await grants(new_key), 200);
  t.is(await grants(lab.identity_key), 401);
});

test('what is not a consumer’s own chain is refused with its reason', async (t) => {
  const portal = await testPortal(t);
  const one = await makeConsumerKeys(new Date(), 'Une');
  const two = await makeConsumerKeys(new Date(), 'Deux');
  const put = (id: string, key_sets: unknown[]) => portal.call('PUT', `/api/v1/consumers/${id}`, { json: { key_sets } });
  t.is((await put(two.consumer_id, [one.key_set])).json.reason, 'party_mismatch');
  t.is((await put('nonsense', [one.key_set])).json.reason, 'malformed_id');
  t.is((await put(one.consumer_id, [])).status, 400);
  const expired = signKeySet('consumer-keys+jws', { ...payloadOf(one.key_set), expires_at: '2020-01-01T00:00:00Z' }, [one.identity_key]);
  const { partyIdOf } = await import('#crypto');
  t.is((await put(partyIdOf(expired), [expired])).status, 410);
  const flipped = { ...one.key_set, signatures: one.key_set.signatures.map((entry) => ({ ...entry, signature: entry.signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) })) };
  t.is((await put(one.consumer_id, [flipped])).json.reason, 'bad_signature');
});

test('nobody registers the key of somebody else as their own', async (t) => {
  const portal = await testPortal(t);
  const lab = await portal.registerConsumer();
  const producer = await portal.enrolProducer();
  for (const stolen of [lab.identity_key, lab.application_key, producer.keys.api]) {
    const thief = await makeConsumerKeys(new Date(), 'Voleur');
    const payload = { ...payloadOf(thief.key_set), keys: [...payloadOf(thief.key_set).keys, { jwk: stolen.public_jwk, roles: ['application'] }] };
    const key_set = signKeySet('consumer-keys+jws', payload, [thief.identity_key]);
    const { partyIdOf } = await import('#crypto');
    const answer = await portal.call('PUT', `/api/v1/consumers/${partyIdOf(key_set)}`, { json: { key_sets: [key_set] } });
    t.is(answer.status, 409);
    t.is(answer.json.reason, 'key_of_another');
  }
  t.is((await portal.portal.db.selectFrom('consumer').select('consumer_id').execute()).length, 1, 'nothing half-done');
});
