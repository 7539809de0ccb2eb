import test from 'ava';
import { type ContentKey, generateContentKey } from '#crypto';
import { revokeGrant } from '../../../portal/access/revoke-grant.ts';
import { createClock } from '../../support/clock.ts';
import { type Answer, testPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { releaseAll, testBroker } from '../broker/test-broker.ts';
import { depositOf, makePublication, publishSealed, type SealedDataset, sealedFile, send } from '../catalog/publishing.ts';
import { grantAccess } from './asking.ts';

const reasonOf = (answer: Answer) => `${answer.status} ${answer.json?.code} ${answer.json?.reason ?? ''}`.trim();

/** Publishes a further version of a sealed dataset whose file changed, sealed by this key. */
async function change(portal: TestPortal, producer: TestProducer, before: SealedDataset, o: { version: number; prev: string; content_key: ContentKey; deposit?: boolean; unchanged?: unknown[] }) {
  const { resource, header } = await sealedFile(portal, producer, { resource_id: portal.portal.newUuid(), name: 'suite.csv', bytes: Buffer.from(portal.portal.newUuid()), content_key: o.content_key });
  const publication = makePublication(
    producer,
    {
      dataset_id: before.dataset_id,
      version: o.version,
      prev: o.prev,
      access: 'restricted',
      resources: [...(o.unchanged ?? []), resource],
      headers: [header],
      deposits: o.deposit === false ? [] : [await depositOf(portal, producer, o.content_key)],
    },
    portal.portal.clock.now(),
  );
  return { answer: await send(portal, producer, publication), publication, resource };
}

const epochsOf = async (portal: TestPortal, producer: TestProducer, dataset_id: string) => (await portal.call('GET', `/api/v1/datasets/${dataset_id}/epochs`, { as: producer.keys.api })).json.epochs;

test('after a revocation a changed file needs a new epoch, which is released to whoever still has access', async (t) => {
  const clock = createClock();
  const portal = await testPortal(t, { clock });
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const rennes = await portal.enrolProducer();
  const dataset = await publishSealed(portal, rennes);
  const { dataset_id, content_key, publication } = dataset;
  const anne = await portal.registerConsumer({ name: 'Anne' });
  const bob = await portal.registerConsumer({ name: 'Bob' });
  clock.advance(60);
  const of_anne = await grantAccess(portal, anne, { dataset, producer: rennes });
  const of_bob = await grantAccess(portal, bob, { dataset, producer: rennes });
  await releaseAll(portal, broker);
  t.like((await epochsOf(portal, rennes, dataset_id))[0], { epoch: 1, recipient: content_key.recipient, spent: false, reason: null });

  const second = await change(portal, rennes, dataset, { version: 2, prev: publication.digest, content_key, deposit: false });
  t.is(second.answer.status, 201, 'while nobody was shut out the epoch goes on');

  clock.advance(60);
  const officer = await portal.signInOfficer(rennes);
  await revokeGrant(portal.portal, officer.member, { grant_id: of_anne.grant_id, reason: 'Fin de mission' });
  t.like((await epochsOf(portal, rennes, dataset_id))[0], { spent: true, reason: 'grant_revoked' });
  const same_epoch = await change(portal, rennes, dataset, { version: 3, prev: second.publication.digest, content_key, deposit: false });
  t.is(reasonOf(same_epoch.answer), '409 conflict epoch_spent');
  const relabelled = await generateContentKey(dataset_id, 2);
  const reused = await change(portal, rennes, dataset, { version: 3, prev: second.publication.digest, content_key: { ...relabelled, recipient: content_key.recipient }, deposit: true });
  t.is(reasonOf(reused.answer), '409 conflict recipient_reused');

  const next_key = await generateContentKey(dataset_id, 2);
  const third = await change(portal, rennes, dataset, { version: 3, prev: second.publication.digest, content_key: next_key, unchanged: [second.resource] });
  t.is(third.answer.status, 201, third.answer.text);
  const old_epoch = await change(portal, rennes, dataset, { version: 4, prev: third.publication.digest, content_key, deposit: false });
  t.is(reasonOf(old_epoch.answer), '409 conflict epoch_stale');
  await releaseAll(portal, broker);
  t.deepEqual((await portal.call('GET', '/api/v1/grants', { as: bob.identity_key })).json.grants[0].epochs, [1, 2]);
  t.is((await portal.call('GET', `/api/v1/grants/${of_bob.grant_id}/packages`, { as: bob.identity_key })).json.packages.length, 2);
  t.deepEqual((await portal.call('GET', '/api/v1/grants', { as: anne.identity_key })).json.grants[0].epochs, [1], 'who was shut out gets nothing of the new epoch');
  t.is((await portal.portal.db.selectFrom('release_job').select('epoch').where('grant_id', '=', of_anne.grant_id).execute()).length, 1);

  const carla = await portal.registerConsumer({ name: 'Carla' });
  const later = await grantAccess(portal, carla, { dataset: { ...dataset, publication: third.publication }, producer: rennes });
  await releaseAll(portal, broker);
  t.is((await portal.call('GET', `/api/v1/grants/${later.grant_id}/packages`, { as: carla.identity_key })).json.packages.length, 2, 'a new grant opens every epoch in use');
});

test('an expiry spends the epoch at its very moment, without any job having run', async (t) => {
  const clock = createClock();
  const portal = await testPortal(t, { clock });
  const rennes = await portal.enrolProducer();
  const dataset = await publishSealed(portal, rennes);
  clock.advance(60);
  const anne = await portal.registerConsumer();
  await grantAccess(portal, anne, { dataset, producer: rennes, ends_at: new Date(clock.now().getTime() + 86_400_000).toISOString() });
  clock.advance(86_399);
  t.false((await epochsOf(portal, rennes, dataset.dataset_id))[0].spent);
  clock.advance(1);
  t.like((await epochsOf(portal, rennes, dataset.dataset_id))[0], { spent: true, reason: 'grant_expired' });
});

test('an epoch is too old after 90 days', async (t) => {
  const clock = createClock();
  const portal = await testPortal(t, { clock });
  const rennes = await portal.enrolProducer();
  const dataset = await publishSealed(portal, rennes);
  clock.advance(90 * 86_400);
  t.false((await epochsOf(portal, rennes, dataset.dataset_id))[0].spent);
  clock.advance(1);
  t.like((await epochsOf(portal, rennes, dataset.dataset_id))[0], { spent: true, reason: 'too_old' });
  const changed = await change(portal, rennes, dataset, { version: 2, prev: dataset.publication.digest, content_key: dataset.content_key, deposit: false });
  t.is(reasonOf(changed.answer), '409 conflict epoch_spent');
});

test('an epoch keeps its recipient, and its numbers are for the producer’s node only', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const brest = await portal.enrolProducer({ name: 'Brest métropole' });
  const dataset = await publishSealed(portal, rennes);
  const other_key = await generateContentKey(dataset.dataset_id, 1);
  const changed = await change(portal, rennes, dataset, { version: 2, prev: dataset.publication.digest, content_key: other_key });
  t.is(reasonOf(changed.answer), '409 conflict recipient_differs');
  t.is(reasonOf(await portal.call('GET', `/api/v1/datasets/${dataset.dataset_id}/epochs`, { as: brest.keys.api })), '403 forbidden not_your_producer');
  t.is((await portal.call('GET', `/api/v1/datasets/${dataset.dataset_id}/epochs`)).status, 401);
});

test('a grant decided while a new epoch is published gets the epoch, whoever is first', async (t) => {
  const portal = await testPortal(t);
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const rennes = await portal.enrolProducer();
  for (let round = 0; round < 3; round += 1) {
    const dataset = await publishSealed(portal, rennes, { title: `Tour ${round}` });
    const anne = await portal.registerConsumer({ name: `Anne ${round}` });
    const next_key = await generateContentKey(dataset.dataset_id, 2);
    const [granted, changed] = await Promise.all([
      grantAccess(portal, anne, { dataset, producer: rennes }).catch(() => undefined),
      change(portal, rennes, dataset, { version: 2, prev: dataset.publication.digest, content_key: next_key, unchanged: [dataset.resource] }),
    ]);
    t.is(changed.answer.status, 201);
    // The request may have lost against the publication: its offer is another one then.
    if (granted === undefined) continue;
    await releaseAll(portal, broker);
    t.deepEqual((await portal.call('GET', '/api/v1/grants', { as: anne.identity_key })).json.grants[0].epochs, [1, 2]);
  }
});
