import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { bytesOf, hashBody, randomBytes } from '#crypto';
import { discardExpiredUploads } from '../../../portal/catalog/uploads/discard-expired-uploads.ts';
import { receivePart } from '../../../portal/catalog/uploads/receive-part.ts';
import { PortalError } from '../../../portal/errors.ts';
import { PART_SIZE } from '../../../portal/storage/body-store.ts';
import { createClock } from '../../support/clock.ts';
import { type Answer, startTestPortal, testPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { upload } from './publishing.ts';

let portal: TestPortal;
let rennes: TestProducer;
let brest: TestProducer;
test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  brest = await portal.enrolProducer({ name: 'Brest métropole' });
});
test.after.always(() => portal.close());

const reasonOf = (answer: Answer) => `${answer.status} ${answer.json?.code} ${answer.json?.reason ?? ''}`.trim();
const start = (producer: TestProducer, root: string, body_size: number, on = portal) => on.call('POST', '/api/v1/uploads', { json: { producer_id: producer.producer_id, root, body_size }, as: producer.keys.api });
const put = (producer: TestProducer, upload_id: string, part: number, bytes: Uint8Array, on = portal) => on.call('PUT', `/api/v1/uploads/${upload_id}/parts/${part}`, { bytes, as: producer.keys.api });
const complete = (producer: TestProducer, upload_id: string, on = portal) => on.call('POST', `/api/v1/uploads/${upload_id}/complete`, { json: {}, as: producer.keys.api });
const count = async (table: 'body' | 'body_claim', root: string) => (await portal.portal.db.selectFrom(table).select('root').where('root', '=', root).execute()).length;

test('a body goes up in parts in any order, resumes, and is acknowledged with its own root', async (t) => {
  const bytes = randomBytes(PART_SIZE + 70_000);
  const { root } = await hashBody(bytesOf(bytes));
  const first = await start(rennes, root, bytes.length);
  t.is(first.status, 201);
  t.deepEqual({ ...first.json, upload_id: '' }, { upload_id: '', part_size: PART_SIZE, parts_done: [], state: 'open' });
  const { upload_id } = first.json;
  t.is((await put(rennes, upload_id, 1, bytes.subarray(PART_SIZE))).status, 204);
  const resumed = await start(rennes, root, bytes.length);
  t.is(resumed.status, 200);
  t.deepEqual(resumed.json, { upload_id, part_size: PART_SIZE, parts_done: [1], state: 'open' });
  t.is(reasonOf(await complete(rennes, upload_id)), '409 conflict parts_missing');
  t.is((await put(rennes, upload_id, 0, bytes.subarray(0, PART_SIZE))).status, 204);
  const done = await complete(rennes, upload_id);
  t.deepEqual(done.json, { root, body_size: bytes.length });
  t.deepEqual((await complete(rennes, upload_id)).json, done.json, 'completing again gives the same answer');
  t.is((await start(rennes, root, bytes.length)).json.state, 'complete');
});

test('an empty body needs no part', async (t) => {
  t.is((await upload(portal, rennes, new Uint8Array(0))).size, 0);
});

test('a part is refused unless it has its size, its number and its signed digest', async (t) => {
  const bytes = randomBytes(5000);
  const { root } = await hashBody(bytesOf(bytes));
  const { upload_id } = (await start(rennes, root, 5000)).json;
  t.is(reasonOf(await put(rennes, upload_id, 0, bytes.subarray(1))), '400 bad_request part_size');
  t.is(reasonOf(await put(rennes, upload_id, 1, bytes)), '400 bad_request no_such_part');
  t.is(reasonOf(await portal.call('PUT', `/api/v1/uploads/${upload_id}/parts/x`, { bytes, as: rennes.keys.api })), '400 bad_request no_such_part');
  const other = randomBytes(5000);
  const signed = await portal.call('PUT', `/api/v1/uploads/${upload_id}/parts/0`, { bytes, as: rennes.keys.api, headers: { 'content-digest': `sha-256=:${Buffer.from(other.subarray(0, 32)).toString('base64')}:` } });
  t.is(signed.status, 401);
  t.is((await portal.call('PUT', `/api/v1/uploads/${upload_id}/parts/0`, { bytes })).status, 401);
  t.is((await portal.call('PUT', `/api/v1/uploads/${upload_id}/parts/0`, { bytes, content_type: 'text/csv', as: rennes.keys.api })).status, 415);
  t.is(reasonOf(await complete(rennes, upload_id)), '409 conflict parts_missing', 'none of these counted');
});

test('bytes with another root than announced are not kept', async (t) => {
  const bytes = randomBytes(3000);
  const { root } = await hashBody(bytesOf(randomBytes(3000)));
  const { upload_id } = (await start(rennes, root, 3000)).json;
  await put(rennes, upload_id, 0, bytes);
  t.is(reasonOf(await complete(rennes, upload_id)), '422 bad_evidence root_mismatch');
  t.is(reasonOf(await complete(rennes, upload_id)), '409 conflict upload_ended');
  t.is(reasonOf(await put(rennes, upload_id, 0, bytes)), '409 conflict upload_ended');
  t.is(await count('body', root), 0);
  t.not((await start(rennes, root, 3000)).json.upload_id, upload_id);
});

test('a part sent again counts as last sent', async (t) => {
  const bytes = randomBytes(2_500_000);
  const { root } = await hashBody(bytesOf(bytes));
  const { upload_id } = (await start(rennes, root, bytes.length)).json;
  t.is((await put(rennes, upload_id, 0, randomBytes(bytes.length))).status, 204);
  t.is((await put(rennes, upload_id, 0, bytes)).status, 204);
  t.is((await complete(rennes, upload_id)).status, 200);
});

test('knowing a root is not having the bytes: another producer uploads them too', async (t) => {
  const bytes = randomBytes(4000);
  const { root } = await upload(portal, rennes, bytes);
  t.is((await start(brest, root, 4000)).json.state, 'open');
  await upload(portal, brest, bytes);
  t.is(await count('body_claim', root), 2);
  t.is(await count('body', root), 1);
});

test('an upload is hidden from others, and only nodes of active producers begin one', async (t) => {
  const bytes = randomBytes(10);
  const { root } = await hashBody(bytesOf(bytes));
  const { upload_id } = (await start(rennes, root, 10)).json;
  t.is(reasonOf(await put(brest, upload_id, 0, bytes)), '404 not_found');
  t.is(reasonOf(await complete(brest, upload_id)), '404 not_found');
  t.is(reasonOf(await put(rennes, portal.portal.newUuid(), 0, bytes)), '404 not_found');
  t.is(reasonOf(await portal.call('POST', '/api/v1/uploads', { json: { producer_id: rennes.producer_id, root, body_size: 10 }, as: brest.keys.api })), '403 forbidden not_your_producer');
  t.is((await portal.call('POST', '/api/v1/uploads', { json: { producer_id: rennes.producer_id, root, body_size: 10 } })).status, 401);
  const waiting = await portal.enrolProducer({ confirm: false });
  t.is(reasonOf(await start(waiting, root, 10)), '403 forbidden not_your_producer');
});

test('what announces an upload is read strictly', async (t) => {
  const { root } = await hashBody(bytesOf(new Uint8Array(1)));
  const announce = (json: unknown) => portal.call('POST', '/api/v1/uploads', { json, as: rennes.keys.api });
  const good = { producer_id: rennes.producer_id, root, body_size: 1 };
  t.is(reasonOf(await announce({ ...good, body_size: -1 })), '400 schema');
  t.is(reasonOf(await announce({ ...good, body_size: 1.5 })), '400 schema');
  t.is(reasonOf(await announce({ ...good, root: 'sha256:../../etc/passwd' })), '422 bad_evidence malformed_digest');
  t.is(reasonOf(await announce({ ...good, custody: 'none' })), '400 schema');
  t.is(reasonOf(await announce({ ...good, body_size: 200_000_000_000_000 })), '413 too_large body_too_large');
  await upload(portal, rennes, new Uint8Array(1));
  t.is(reasonOf(await announce({ ...good, body_size: 2 })), '409 conflict size_differs');
});

test('two calls that announce the same body at once get the same upload', async (t) => {
  const { root } = await hashBody(bytesOf(randomBytes(100)));
  const answers = await Promise.all([1, 2, 3, 4].map(() => start(rennes, root, 100)));
  t.is(new Set(answers.map((answer) => answer.json.upload_id)).size, 1);
});

test('a quota is kept, also against two that announce at once', async (t) => {
  const small = await testPortal(t, { config: { limits: { ...portal.portal.config.limits, body_bytes_per_producer: 10_000 } } });
  const producer = await small.enrolProducer();
  await upload(small, producer, randomBytes(6000));
  const roots = await Promise.all([1, 2, 3].map(async () => (await hashBody(bytesOf(randomBytes(3000)))).root));
  const answers = await Promise.all(roots.map((root) => start(producer, root, 3000, small)));
  t.deepEqual(answers.map(reasonOf).toSorted(), ['201 undefined', '413 too_large quota_exceeded', '413 too_large quota_exceeded']);
});

test('an upload that nobody touches for a day is discarded, and a touched one lives on', async (t) => {
  const clock = createClock();
  const other = await testPortal(t, { clock });
  const producer = await other.enrolProducer();
  const bytes = randomBytes(PART_SIZE + 1);
  const { root } = await hashBody(bytesOf(bytes));
  const { upload_id } = (await start(producer, root, bytes.length, other)).json;
  clock.advance(23 * 3600);
  t.is((await put(producer, upload_id, 1, bytes.subarray(PART_SIZE), other)).status, 204);
  clock.advance(23 * 3600);
  t.is(await discardExpiredUploads(other.portal), 0);
  clock.advance(2 * 3600);
  t.is(await discardExpiredUploads(other.portal), 1);
  t.is(await discardExpiredUploads(other.portal), 0);
  t.is(reasonOf(await complete(producer, upload_id, other)), '409 conflict upload_ended');
  t.is((await start(producer, root, bytes.length, other)).status, 201);
});

test('an upload that lapsed is not resumed: a new one takes its place', async (t) => {
  const clock = createClock();
  const other = await testPortal(t, { clock });
  const producer = await other.enrolProducer();
  const bytes = randomBytes(PART_SIZE + 1);
  const { root } = await hashBody(bytesOf(bytes));
  const lapsed = (await start(producer, root, bytes.length, other)).json.upload_id;
  t.is((await put(producer, lapsed, 1, bytes.subarray(PART_SIZE), other)).status, 204);
  clock.advance(25 * 3600);
  const again = await start(producer, root, bytes.length, other);
  t.is(again.status, 201);
  t.not(again.json.upload_id, lapsed);
  t.deepEqual(again.json.parts_done, []);
  t.is(reasonOf(await put(producer, lapsed, 0, bytes.subarray(0, PART_SIZE), other)), '409 conflict upload_ended');
  t.is((await put(producer, again.json.upload_id, 0, bytes.subarray(0, PART_SIZE), other)).status, 204);
  t.is((await put(producer, again.json.upload_id, 1, bytes.subarray(PART_SIZE), other)).status, 204);
  t.is((await complete(producer, again.json.upload_id, other)).status, 200);
  t.is(await discardExpiredUploads(other.portal), 0);
});

test('a body that the store lost, or whose leaf hashes it spoilt, is taken again from whoever uploaded it', async (t) => {
  const bytes = randomBytes(2_500_000);
  const { root } = await upload(portal, rennes, bytes);
  const root_hex = Buffer.from(root.slice(7), 'base64url').toString('hex');
  const leaves = join(portal.folder, 'store', 'o', root_hex.slice(0, 2), root_hex, 'leaves');
  t.is((await start(rennes, root, bytes.length)).json.state, 'complete');
  await writeFile(leaves, new Uint8Array(96));
  t.is((await start(rennes, root, bytes.length)).json.state, 'open');
  await upload(portal, rennes, bytes);
  t.is((await portal.portal.store.readLeaves(root_hex)).length, 96);
  await portal.portal.store.deleteBody(root_hex);
  t.is((await start(rennes, root, bytes.length)).json.state, 'open');
  await upload(portal, rennes, bytes);
  t.is(await portal.portal.store.statBody(root_hex), bytes.length);
  t.is((await start(rennes, root, bytes.length)).json.state, 'complete');
  t.is(await count('body', root), 1);
});

test('a call that goes on writing a part after another one completed the upload changes nothing', async (t) => {
  const bytes = new Uint8Array(1_500_000).fill(7);
  const { root } = await hashBody(bytesOf(bytes));
  const { upload_id } = (await start(rennes, root, bytes.length)).json;
  const node = { kind: 'node' as const, kid: rennes.keys.api.kid, producer_ids: [rennes.producer_id] };
  const began = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 1000);
    began.resolve();
    await go.promise;
    yield new Uint8Array(bytes.length - 1000).fill(9);
  }
  const late = t.throwsAsync(receivePart(portal.portal, node, { upload_id, part: 0, size: bytes.length, source: slow() }), { instanceOf: PortalError });
  await began.promise;
  t.is((await put(rennes, upload_id, 0, bytes)).status, 204);
  t.is((await complete(rennes, upload_id)).status, 200);
  go.resolve();
  await late;
  const root_hex = Buffer.from(root.slice(7), 'base64url').toString('hex');
  const stored = await hashBody(await portal.portal.store.readBody(root_hex, 0, bytes.length));
  t.is(stored.root, root);
});
