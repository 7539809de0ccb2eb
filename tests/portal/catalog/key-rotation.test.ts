import test from 'ava';
import { generateContentKey, generateSigningKey, readUnverifiedPayload, signKeySet, type SigningKey, type Statement, statementDigest, verifyKeySetChain } from '#crypto';
import { recordKeySets } from '../../../portal/parties/record-key-sets.ts';
import { type Answer, testPortal, type TestProducer } from '../../support/portal.ts';
import { depositOf, makePublication, publishOpen, publishSealed, resign, sealedFile, send } from './publishing.ts';

const reasonOf = (answer: Answer) => `${answer.status} ${answer.json?.code ?? ''} ${answer.json?.reason ?? ''}`.trim();

/** The key set that replaces one role's key, and the new key. */
function rotated(producer: TestProducer, role: string): { chain: [Statement, Statement]; fresh: SigningKey } {
  const fresh = generateSigningKey();
  // A key set made by the cast a moment ago.
  const before = readUnverifiedPayload(producer.key_set) as { keys: { roles: string[] }[] };
  const keys = before.keys.map((key) => (key.roles[0] === role ? { jwk: fresh.public_jwk, roles: [role] } : key));
  const next = signKeySet('producer-keys+jws', { ...before, version: 2, prev: statementDigest(producer.key_set), keys }, [producer.keys.root]);
  return { chain: [producer.key_set, next], fresh };
}

/** Records key sets, and lets `meanwhile` arrive before they are committed. */
async function duringRotation<T>(portal: Awaited<ReturnType<typeof testPortal>>, chain: [Statement, Statement], meanwhile: () => Promise<T>): Promise<T> {
  const arriving = await portal.portal.db.transaction().execute(async (trx) => {
    await recordKeySets(trx, portal.portal, { party_type: 'producer', chain: verifyKeySetChain(chain, { typ: 'producer-keys+jws' }), statements: chain });
    const started = meanwhile();
    // Long enough for it to have looked the keys up, and to wait.
    await new Promise((resolve) => setTimeout(resolve, 400));
    return { started };
  });
  return arriving.started;
}

test('a version that arrives while its key is being replaced is not published under the old key', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer();
  const { chain, fresh } = rotated(rennes, 'manifest');
  const publication = makePublication(rennes, { dataset_id: portal.portal.newUuid() }, portal.portal.clock.now());
  const answer = await duringRotation(portal, chain, () => send(portal, rennes, publication));
  t.is(reasonOf(answer), '422 bad_evidence unknown_key');
  t.is((await portal.call('GET', `/api/v1/datasets/${publication.dataset_id}`)).status, 404);
  t.is((await send(portal, rennes, resign(rennes, publication, fresh))).status, 201);
});

test('a deposit that arrives while its key is being replaced is not kept', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer();
  const { chain } = rotated(rennes, 'release');
  const dataset_id = portal.portal.newUuid();
  const content_key = await generateContentKey(dataset_id, 1);
  const { resource, header } = await sealedFile(portal, rennes, { resource_id: portal.portal.newUuid(), name: 'a.csv', bytes: Buffer.from('a'), content_key });
  const deposits = [await depositOf(portal, rennes, content_key)];
  const publication = makePublication(rennes, { dataset_id, access: 'restricted', resources: [resource], headers: [header], deposits }, portal.portal.clock.now());
  t.is(reasonOf(await duringRotation(portal, chain, () => send(portal, rennes, publication))), '422 bad_evidence unknown_key');
  t.is((await portal.call('GET', `/api/v1/datasets/${dataset_id}`)).status, 404);
});

test('of publications and a rotation at once, the log holds each version before the key set that retires its key', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer();
  const { chain } = rotated(rennes, 'manifest');
  await publishSealed(portal, rennes);
  await publishOpen(portal, rennes);
  const publications = Array.from({ length: 12 }, () => makePublication(rennes, { dataset_id: portal.portal.newUuid() }, portal.portal.clock.now()));
  const answers = publications.map((publication) => send(portal, rennes, publication));
  const rotation = await portal.call('PUT', `/api/v1/producers/${rennes.producer_id}/key-sets`, { json: { key_sets: chain }, as: rennes.keys.api });
  t.is(rotation.status, 200, rotation.text);
  const statuses = (await Promise.all(answers)).map(reasonOf);
  t.deepEqual([...new Set(statuses)].filter((status) => status !== '201' && status !== '422 bad_evidence unknown_key'), []);
  await portal.logged();
  for (const [index, publication] of publications.entries()) {
    if (statuses[index] !== '201') continue;
    const { json } = await portal.call('GET', `/api/v1/datasets/${publication.dataset_id}/versions/1/evidence`);
    t.true(json.act.proof.index < json.producer_key_acts[1].proof.index);
  }
});

test('a key set that renames the producer shows in the catalogue at once, under its new name and its old', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const { dataset_id } = await publishOpen(portal, rennes);
  const before = readUnverifiedPayload(rennes.key_set) as object;
  const next = signKeySet('producer-keys+jws', { ...before, version: 2, prev: statementDigest(rennes.key_set), name: 'Roazhon' }, [rennes.keys.root]);
  t.is((await portal.call('PUT', `/api/v1/producers/${rennes.producer_id}/key-sets`, { json: { key_sets: [rennes.key_set, next] }, as: rennes.keys.api })).status, 200);
  t.is((await portal.call('GET', `/api/v1/datasets/${dataset_id}`)).json.producer.name, 'Roazhon');
  for (const words of ['roazhon', 'rennes']) {
    const { json } = await portal.call('GET', `/api/v1/datasets?q=${words}`);
    t.deepEqual(json.datasets.map((card: { producer: { name: string } }) => card.producer.name), ['Roazhon'], words);
    t.deepEqual(json.facets.producer.map((one: { label: string }) => one.label), ['Roazhon']);
  }
});
