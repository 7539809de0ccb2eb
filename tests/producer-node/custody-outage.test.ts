import test from 'ava';
import { requestAccess } from '../../portal/access/request-access.ts';
import { askAndConfirm, requestPayload, signRequestPayload } from '../portal/access/asking.ts';
import type { SealedDataset } from '../portal/catalog/publishing.ts';
import type { TestProducer } from '../support/portal.ts';
import { described, enrolledProducer } from './cast.ts';
import { failingPortal } from './failing-portal.ts';
import { testNode } from './node-process.ts';

const AWAY = { status: 503, code: 'unavailable', detail: 'Back soon.' };

test('a grant signed while the portal is away waits whole, and is sent once, before its packages; one that the portal refuses ends', async (t) => {
  t.timeout(120_000);
  const door = await failingPortal(t);
  const { portal } = door;
  const node = await testNode(t);
  const producer = { ...(await enrolledProducer(t, node, { ...portal, origin: door.origin })), name: 'Ville de Rennes' } as unknown as TestProducer;
  const file = await node.write('eau.csv', 'mois;volume\n2025-01;12\n');
  const published = await node.json(['publish', file, ...described('restricted', 'environment'), '--custody', 'producer']);
  t.is(published.code, 0, published.stderr);
  const dataset = { dataset_id: published.json.dataset_id, publication: { digest: published.json.digest } } as unknown as SealedDataset;
  // Signed calls name the portal's public address, which is the door.
  const through = { ...portal, origin: door.origin };
  const [anne, bert] = [await portal.registerConsumer({ name: 'Anne' }), await portal.registerConsumer({ name: 'Bert' })];
  const [first, second] = [await askAndConfirm(through, anne, { dataset, producer }), await askAndConfirm(through, bert, { dataset, producer })];

  const back = door.fail(/^PUT \/api\/v1\/grants\//, AWAY);
  const waiting = await node.json(['approve', first, '--yes', '--fingerprint', anne.fingerprint]);
  t.deepEqual([waiting.code, waiting.json.state], [4, 'queued'], waiting.stderr);
  t.false(door.calls.some((call) => /^POST .*\/packages$/.test(call)), 'no package goes before its grant');
  const status = await node.json(['status']);
  t.deepEqual(status.json.producers[0].outbox.map((row: { kind: string }) => row.kind).toSorted(), ['grant', 'package']);
  t.is((await node.json(['approve', first, '--yes', '--fingerprint', anne.fingerprint])).json.error.code, 'request_decided', 'decided is decided, sent or not');
  back();
  const delivered = await node.json(['deliver']);
  t.is(delivered.code, 0, delivered.stderr);
  t.is((await node.json(['deliver'])).json.rows.length, 0);
  const { grant_id } = waiting.json;
  t.is((await portal.portal.db.selectFrom('access_grant').select('state').where('grant_id', '=', grant_id).executeTakeFirstOrThrow()).state, 'active');
  t.is((await portal.portal.db.selectFrom('node_package').select('epoch').where('grant_id', '=', grant_id).execute()).length, 1);

  // Bert takes his request back before the grant arrives.
  const late = door.fail(/^PUT \/api\/v1\/grants\//, AWAY);
  const queued = await node.json(['approve', second, '--yes', '--fingerprint', bert.fingerprint]);
  t.is(queued.json.state, 'queued');
  t.is((await portal.call('POST', `/api/v1/access-requests/${second}/withdrawal`, { json: {}, as: bert.identity_key })).status, 200);
  late();
  const refused = await node.json(['deliver']);
  t.is(refused.code, 3, refused.stderr);
  t.deepEqual((await node.json(['status'])).json.producers[0].outbox, [], 'its package goes nowhere');
  t.is((await node.json(['revoke', queued.json.grant_id, '--reason', 'x', '--yes'])).json.error.code, 'grant_over');
});

test('a dataset that changes custody is sealed anew, and nothing of its new key is deposited', async (t) => {
  const door = await failingPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, { ...door.portal, origin: door.origin });
  const file = await node.write('eau.csv', 'mois;volume\n2025-01;12\n');
  const { json: one } = await node.json(['publish', file, ...described('restricted', 'environment')]);
  t.is(one.version, 1);
  const moved = await node.json(['publish', file, '--yes', '--custody', 'producer']);
  t.like(moved.json, { version: 2, state: 'published', new_epoch: 2 }, moved.stderr);
  t.is((await node.json(['publish', file, '--yes'])).json.state, 'unchanged', 'custody stays what it was');
  const { db } = door.portal.portal;
  const epochs = await db.selectFrom('dataset_epoch').select(['epoch', 'custody']).where('dataset_id', '=', one.dataset_id).orderBy('epoch').execute();
  t.deepEqual(epochs, [{ epoch: 1, custody: 'portal' }, { epoch: 2, custody: 'producer' }]);
  t.deepEqual(await db.selectFrom('key_deposit').select('epoch').execute(), [{ epoch: 1 }]);
  const roots = await db.selectFrom('dataset_resource').select('root').distinct().where('dataset_id', '=', one.dataset_id).execute();
  t.is(roots.length, 2, 'another body for another key');
  const again = await node.json(['publish', file, '--yes', '--custody', 'portal']);
  t.like(again.json, { version: 3, new_epoch: 3 }, again.stderr);
});

test('to a request without a key the node agrees in principle, and grants once a key has signed', async (t) => {
  const door = await failingPortal(t);
  const { portal } = door;
  const node = await testNode(t);
  const producer = { ...(await enrolledProducer(t, node, { ...portal, origin: door.origin })), name: 'Ville de Rennes' } as unknown as TestProducer;
  const published = await node.json(['publish', await node.write('eau.csv', 'mois;volume\n2025-01;12\n'), ...described('restricted', 'environment'), '--custody', 'producer']);
  const { dataset_id, digest } = published.json;
  const maelle = await portal.signIn('maelle@exemple.example');
  const { request_id } = await requestAccess(portal.portal, maelle.member, { dataset_id, purpose: 'Étude', contact: { name: 'Maëlle', email: 'maelle@exemple.example' }, language: 'fr' });
  t.like((await node.json(['requests'])).json.access_requests[0], { request_id, verified: null, fingerprint: '' });
  const agreed = await node.json(['approve', request_id, '--yes', '--until', '60', '--note', 'Bienvenue.']);
  t.deepEqual([agreed.code, agreed.json.state], [0, 'agreed'], agreed.stderr);
  t.is((await portal.portal.db.selectFrom('access_request').select('state').where('request_id', '=', request_id).executeTakeFirstOrThrow()).state, 'awaiting_key');
  t.is((await portal.portal.db.selectFrom('access_grant').select('grant_id').execute()).length, 0);
  t.true((await portal.mails('maelle@exemple.example')).some((mail) => mail.text_body.includes('Bienvenue.')));
  t.is((await node.json(['approve', request_id, '--yes'])).json.error.code, 'request_not_open');

  const laptop = await portal.registerConsumer({ name: 'Maëlle' });
  const dataset = { dataset_id, publication: { digest } } as unknown as SealedDataset;
  const request = signRequestPayload(requestPayload({ ...portal, origin: door.origin }, laptop, { dataset, producer, purpose: 'Étude', request_id }), laptop.identity_key);
  t.is((await portal.call('PUT', `/api/v1/access-requests/${request_id}/signature`, { json: { request }, as: laptop.identity_key })).json.state, 'approved');
  t.is((await node.json(['approve', request_id, '--yes'])).json.error.code, 'fingerprint_needed', 'agreeing in principle confirmed no key');
  t.is((await node.json(['approve', request_id, '--yes', '--fingerprint', laptop.fingerprint])).json.state, 'granted');
});
