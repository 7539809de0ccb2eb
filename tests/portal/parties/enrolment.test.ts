import test from 'ava';
import { fingerprintOf, generateSigningKey, readUnverifiedPayload, signKeySet, type SigningKey, statementDigest, verifyProof } from '#crypto';
import { createNodeCode } from '../../../portal/parties/create-node-code.ts';
import { confirmEnrolment } from '../../../portal/parties/confirm-enrolment.ts';
import { refuseEnrolment } from '../../../portal/parties/refuse-enrolment.ts';
import { createClock } from '../../support/clock.ts';
import { makeProducerKeys } from '../../support/portal-cast.ts';
import { type TestPortal, testPortal } from '../../support/portal.ts';

const COMMAND_LINE = { kind: 'command_line' } as const;

const enrol = (portal: TestPortal, code: string, key_sets: unknown[]) => portal.call('POST', '/api/v1/enrolments', { json: { code, key_sets } });

test('a node enrols with its code, a person compares the fingerprint, and the producer is active', async (t) => {
  const portal = await testPortal(t);
  const producer = await portal.enrolProducer({ name: 'Rennes Métropole', officer_email: 'claire@rennes.example', confirm: false });
  const state = async () => (await portal.call('GET', `/api/v1/enrolments/${producer.enrolment_id}`, { as: producer.keys.api })).json;
  t.deepEqual(await state(), { enrolment_id: producer.enrolment_id, producer_id: producer.producer_id, state: 'pending' });
  t.is((await portal.call('GET', `/api/v1/producers/${producer.producer_id}`)).status, 404, 'a producer that waits is hidden');

  const portal_keys = (await portal.call('GET', '/api/v1/portal')).json;
  t.is(producer.fingerprint, fingerprintOf(statementDigest(producer.key_set), statementDigest(portal_keys.key_sets.at(-1))), 'the node computes the same digits from what it pins');

  const wrong = await t.throwsAsync(confirmEnrolment(portal.portal, COMMAND_LINE, { enrolment_id: producer.enrolment_id, fingerprint: producer.fingerprint.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)) }));
  t.like(wrong, { code: 'bad_evidence', reason: 'fingerprint_mismatch' });
  t.is((await state()).state, 'pending');
  await confirmEnrolment(portal.portal, COMMAND_LINE, { enrolment_id: producer.enrolment_id, fingerprint: producer.fingerprint.replaceAll(' ', '-') });
  t.is((await state()).state, 'active');
  t.like(await t.throwsAsync(confirmEnrolment(portal.portal, COMMAND_LINE, { enrolment_id: producer.enrolment_id, fingerprint: producer.fingerprint })), { code: 'conflict', reason: 'already_decided' });

  await portal.logged();
  const shown = (await portal.call('GET', `/api/v1/producers/${producer.producer_id}`)).json;
  t.like(shown, { producer_id: producer.producer_id, name: 'Rennes Métropole', domain: null, state: 'active', datasets: 0 });
  t.deepEqual(shown.key_sets, [producer.key_set]);
  const [act] = shown.key_set_acts;
  const leaf = Buffer.from(act.leaf, 'base64url');
  verifyProof(leaf, act.proof, { origin: portal.portal.keys.log_origin, jwk: portal.portal.keys.log_key.public_jwk });
  t.like(JSON.parse(leaf.toString()), { type: 'producer.keys', subject: statementDigest(producer.key_set) });
  t.deepEqual(Object.keys(act).sort(), ['leaf', 'proof']);

  const officer = await portal.signInOfficer(producer);
  t.deepEqual(officer.member.officer_of, [producer.producer_id]);
  t.is(officer.member.name, 'Claire Le Goff');
  t.true((await portal.mails('claire@rennes.example')).some((mail) => mail.subject.includes('peut désormais publier')));
});

test('a code is refused when wrong, used, expired or tried too often, each with its reason', async (t) => {
  const clock = createClock();
  const portal = await testPortal(t, { clock });
  const one = await makeProducerKeys(clock.now(), 'Une ville');
  const two = await makeProducerKeys(clock.now(), 'Deux ville');

  const wrong = await enrol(portal, 'ABCD-EFGH-JKMN-PQRS-TVWX-YZ01', [one.key_set]);
  t.is(wrong.status, 403);
  t.is(wrong.json.reason, 'wrong_code');
  t.is((await enrol(portal, 'short', [one.key_set])).json.reason, 'wrong_code');

  const { code, invitation_id } = await portal.invite();
  t.is((await enrol(portal, code.toLowerCase().replaceAll('-', ' '), [one.key_set])).status, 201, 'as a person types it');
  const used = await enrol(portal, code, [two.key_set]);
  t.is(used.status, 409);
  t.is(used.json.reason, 'code_used');
  t.like(await t.throwsAsync(createNodeCode(portal.portal, COMMAND_LINE, { invitation_id })), { reason: 'already_enrolled' });

  const late = await portal.invite();
  clock.advance(7 * 24 * 3600 + 1);
  const expired = await enrol(portal, late.code, [two.key_set]);
  t.is(expired.status, 410);
  t.is(expired.json.reason, 'code_expired');

  const guessed = await portal.invite();
  const guess = guessed.code.slice(0, -1) + (guessed.code.endsWith('A') ? 'B' : 'A');
  const statuses = [];
  for (let attempt = 0; attempt < 11; attempt += 1) statuses.push((await enrol(portal, guess, [two.key_set])).json.reason);
  t.deepEqual(statuses, [...Array<string>(10).fill('wrong_code'), 'code_locked']);
  t.is((await enrol(portal, guessed.code, [two.key_set])).json.reason, 'code_locked', 'the right code comes too late');
  const stored = await portal.portal.db.selectFrom('invitation').selectAll().execute();
  t.false(JSON.stringify(stored).includes(guessed.code.replaceAll('-', '').slice(8)), 'codes are stored hashed');
});

test('of two nodes that race with one code, one enrols', async (t) => {
  const portal = await testPortal(t);
  const { code } = await portal.invite();
  const keys = await Promise.all([1, 2, 3, 4].map((n) => makeProducerKeys(new Date(), `Ville ${n}`)));
  const answers = await Promise.all(keys.map((made) => enrol(portal, code, [made.key_set])));
  t.deepEqual(answers.map((answer) => answer.status).toSorted(), [201, 409, 409, 409]);
  t.is((await portal.portal.db.selectFrom('producer').select('producer_id').execute()).length, 1);
  t.is((await portal.portal.db.selectFrom('enrolment').select('enrolment_id').execute()).length, 1);
});

test('key sets that do not hold are refused with the code of what is wrong, and spend no code', async (t) => {
  const portal = await testPortal(t);
  const { code } = await portal.invite();
  const made = await makeProducerKeys(new Date(), 'Ville de Rennes');
  const flipped = { ...made.key_set, payload: made.key_set.payload.replace(/^./, (first) => (first === 'e' ? 'f' : 'e')) };
  t.is((await enrol(portal, code, [flipped])).status, 422);
  const payload = JSON.parse(Buffer.from(made.key_set.payload, 'base64url').toString());
  const other = generateSigningKey();
  const reasons = [];
  for (const change of [
    { keys: payload.keys.filter((key: { roles: string[] }) => key.roles[0] !== 'api') },
    { expires_at: '2020-01-01T00:00:00Z' },
    { recovery_recipient: 'age1nonsense' },
    { unknown: 1 },
  ]) {
    const answer = await enrol(portal, code, [signKeySet('producer-keys+jws', { ...payload, ...change }, [made.keys.root])]);
    reasons.push([answer.status, answer.json.reason]);
  }
  t.deepEqual(reasons, [
    [422, 'no_key_in_force'],
    [422, 'no_key_in_force'],
    [400, 'malformed'],
    [400, 'malformed'],
  ]);
  const foreign = { ...made.key_set, signatures: signKeySet('producer-keys+jws', { ...payload, keys: [{ jwk: other.public_jwk, roles: ['root'] }] }, [other]).signatures };
  t.is((await enrol(portal, code, [foreign])).json.code, 'bad_evidence');
  t.is((await enrol(portal, code, [made.key_set])).status, 201, 'the code still works');
});

test('a producer may be enrolled by its whole chain, and again only after a refusal', async (t) => {
  const portal = await testPortal(t);
  const made = await makeProducerKeys(new Date(), 'Ville de Rennes');
  const payload = JSON.parse(Buffer.from(made.key_set.payload, 'base64url').toString());
  const second = signKeySet('producer-keys+jws', { ...payload, version: 2, prev: statementDigest(made.key_set), name: 'Rennes, Ville et Métropole' }, [made.keys.root]);
  const { code, invitation_id } = await portal.invite();
  const enrolled = (await enrol(portal, code, [made.key_set, second])).json;
  t.like(enrolled, { producer_id: made.producer_id, name: 'Rennes, Ville et Métropole', state: 'pending' });
  const again = await portal.invite();
  t.is((await enrol(portal, again.code, [made.key_set])).json.reason, 'already_enrolled');
  await refuseEnrolment(portal.portal, COMMAND_LINE, { enrolment_id: enrolled.enrolment_id });
  t.is((await portal.call('GET', `/api/v1/enrolments/${enrolled.enrolment_id}`, { as: made.keys.api })).json.state, 'refused');
  const renewed = await createNodeCode(portal.portal, COMMAND_LINE, { invitation_id });
  t.is((await enrol(portal, renewed.code, [made.key_set, second])).status, 201);
});

test('an active producer goes on to a further key set; its old keys then count no longer', async (t) => {
  const portal = await testPortal(t);
  const producer = await portal.enrolProducer({ name: 'Rennes' });
  const payload = JSON.parse(Buffer.from(producer.key_set.payload, 'base64url').toString());
  const api = generateSigningKey();
  const next = {
    ...payload,
    version: 2,
    prev: statementDigest(producer.key_set),
    name: 'Ville de Rennes',
    keys: [...payload.keys.filter((key: { roles: string[] }) => key.roles[0] !== 'api'), { jwk: api.public_jwk, roles: ['api'] }],
  };
  const put = (key_sets: unknown[], id = producer.producer_id) => portal.call('PUT', `/api/v1/producers/${id}/key-sets`, { json: { key_sets } });
  const status = async (as: SigningKey) => (await portal.call('GET', `/api/v1/enrolments/${producer.enrolment_id}`, { as })).status;
  const second = signKeySet('producer-keys+jws', next, [producer.keys.root]);
  const stranger = generateSigningKey();
  const taken_over = signKeySet('producer-keys+jws', { ...next, keys: [...next.keys.filter((key: { roles: string[] }) => key.roles[0] !== 'root'), { jwk: stranger.public_jwk, roles: ['root'] }] }, [stranger]);
  t.is((await put([producer.key_set, taken_over])).json.reason, 'threshold_not_met');
  t.is((await put([second])).json.code, 'bad_evidence');
  const other = await portal.enrolProducer({ name: 'Vitré' });
  t.is((await put([producer.key_set, second], other.producer_id)).json.reason, 'party_mismatch');
  const waiting = await portal.enrolProducer({ name: 'Bruz', confirm: false });
  t.is((await put([waiting.key_set], waiting.producer_id)).status, 404, 'a producer that nobody confirmed');
  t.deepEqual([await status(producer.keys.api), await status(api)], [200, 401]);
  t.deepEqual((await put([producer.key_set, second])).json, { producer_id: producer.producer_id, version: 2 });
  t.deepEqual([await status(producer.keys.api), await status(api)], [401, 200], 'the old api key is retired');
  t.is((await put([producer.key_set, second])).status, 200, 'the same again');
  t.is((await put([producer.key_set])).json.reason, 'chain_shorter');
  await portal.logged();
  const shown = (await portal.call('GET', `/api/v1/producers/${producer.producer_id}`)).json;
  t.is(shown.name, 'Ville de Rennes');
  t.is(shown.key_sets.length, 2);
  t.is(shown.key_set_acts.length, 2);
});

test('an enrolment is shown to the node that made it, and is absent for others', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer({ name: 'Rennes', confirm: false });
  const vitre = await portal.enrolProducer({ name: 'Vitré' });
  const status = async (id: string, as = vitre.keys.api) => (await portal.call('GET', `/api/v1/enrolments/${id}`, { as })).status;
  t.is(await status(rennes.enrolment_id), 404);
  t.is(await status('3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84'), 404);
  t.is(await status("1'--"), 404);
  t.is((await portal.call('GET', `/api/v1/enrolments/${rennes.enrolment_id}`)).status, 401);
});

test('only operators invite and confirm', async (t) => {
  const portal = await testPortal(t);
  const producer = await portal.enrolProducer({ confirm: false });
  const citizen = await portal.signIn('citoyenne@example.org');
  const operator = await portal.signInOperator();
  const input = { enrolment_id: producer.enrolment_id, fingerprint: producer.fingerprint };
  t.like(await t.throwsAsync(confirmEnrolment(portal.portal, citizen.member, input)), { code: 'not_found' });
  t.like(await t.throwsAsync(createNodeCode(portal.portal, citizen.member, { invitation_id: producer.enrolment_id })), { code: 'forbidden' });
  t.like(await t.throwsAsync(createNodeCode(portal.portal, { kind: 'anonymous' }, { invitation_id: producer.enrolment_id })), { code: 'unauthenticated' });
  t.like(await confirmEnrolment(portal.portal, operator.member, input), { producer_id: producer.producer_id });
});

test('a key set that borrows the key of a consumer is refused', async (t) => {
  const portal = await testPortal(t);
  const lab = await portal.registerConsumer();
  const made = await makeProducerKeys(new Date(), 'Imposteur', lab.identity_key);
  const { code } = await portal.invite();
  const answer = await enrol(portal, code, [made.key_set]);
  t.is(answer.status, 409);
  t.is(answer.json.reason, 'key_of_another');
});

test('no producer lists a key of another; a node serves both when it signs for its own key', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer({ name: 'Rennes' });
  const bring = async (spoil: (keys: Awaited<ReturnType<typeof makeProducerKeys>>['keys']) => void, as?: SigningKey) => {
    const made = await makeProducerKeys(new Date(), 'Imposteur');
    spoil(made.keys);
    const keys = Object.entries(made.keys).map(([role, key]) => ({ jwk: key.public_jwk, roles: [role] }));
    // The payload that the cast signed, with other keys in it.
    const payload = { ...(readUnverifiedPayload(made.key_set) as object), keys };
    const { code } = await portal.invite();
    return portal.call('POST', '/api/v1/enrolments', { json: { code, key_sets: [signKeySet('producer-keys+jws', payload, [made.keys.root])] }, ...(as === undefined ? {} : { as }) });
  };
  const stolen = [
    await bring((keys) => (keys.api = rennes.keys.api)),
    await bring((keys) => (keys.manifest = rennes.keys.api), rennes.keys.api),
    await bring((keys) => (keys.manifest = rennes.keys.manifest), rennes.keys.api),
    await bring((keys) => (keys.api = rennes.keys.release), rennes.keys.api),
    await bring((keys) => (keys.root = rennes.keys.root), rennes.keys.api),
  ];
  t.deepEqual(stolen.map((answer) => `${answer.status} ${answer.json.code} ${answer.json.reason}`), stolen.map(() => '409 conflict key_of_another_producer'));
  let root: SigningKey | undefined;
  const sharing = await bring((keys) => {
    keys.api = rennes.keys.api;
    root = keys.root;
  }, rennes.keys.api);
  t.is(sharing.status, 201);
  const { enrolment_id } = sharing.json;
  const { producer_id, fingerprint } = await portal.owner_db.selectFrom('enrolment').selectAll().where('enrolment_id', '=', enrolment_id).executeTakeFirstOrThrow();
  await confirmEnrolment(portal.portal, COMMAND_LINE, { enrolment_id, fingerprint });
  const first = JSON.parse((await portal.owner_db.selectFrom('party_key_set').select('statement').where('party_id', '=', producer_id).executeTakeFirstOrThrow()).statement);
  const renewed = signKeySet('producer-keys+jws', { ...(readUnverifiedPayload(first) as object), version: 2, prev: statementDigest(first) }, root === undefined ? [] : [root]);
  t.is((await portal.call('PUT', `/api/v1/producers/${producer_id}/key-sets`, { json: { key_sets: [first, renewed] } })).status, 200, 'and goes on with it, whoever brings the key set');

  const vitre = await portal.enrolProducer({ name: 'Vitré' });
  const before = readUnverifiedPayload(vitre.key_set) as { keys: { jwk: unknown; roles: string[] }[] };
  const keys = [...before.keys, { jwk: rennes.keys.api.public_jwk, roles: ['api'] }];
  const next = signKeySet('producer-keys+jws', { ...before, version: 2, prev: statementDigest(vitre.key_set), keys }, [vitre.keys.root]);
  const extended = await portal.call('PUT', `/api/v1/producers/${vitre.producer_id}/key-sets`, { json: { key_sets: [vitre.key_set, next] }, as: vitre.keys.api });
  t.is(`${extended.status} ${extended.json.reason}`, '409 key_of_another_producer');
});
