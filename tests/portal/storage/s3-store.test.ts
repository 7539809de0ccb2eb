import { randomBytes } from 'node:crypto';
import test from 'ava';
import { Client } from 'minio';
import { bytesOf, equalBytes } from '#crypto';
import { PortalError } from '../../../portal/errors.ts';
import type { BodyStore } from '../../../portal/storage/body-store.ts';
import { PART_SIZE } from '../../../portal/storage/body-store.ts';
import { createStore } from '../../../portal/storage/create-store.ts';
import { requireSwift, startSwift, type Swift } from '../../support/swift.ts';
import { testWith } from '../../support/test-with.ts';
import { describeBodyStore, readBytes, sampleBody } from './body-store-contract.ts';

const needed = requireSwift();
let swift: Swift | undefined;
let store: BodyStore | undefined;
const bucket = `sceau-${randomBytes(6).toString('hex')}`;

test.before(async () => {
  if ('missing' in needed) return;
  swift = await startSwift();
  if (swift === undefined) return;
  const { access_key: accessKey, secret_key: secretKey, host: endPoint, port, region } = swift;
  await new Client({ endPoint, port, useSSL: false, accessKey, secretKey, region, pathStyle: true }).makeBucket(bucket, region);
  store = createStore(configOf(swift, bucket));
});
test.after.always(() => swift?.stop());

function configOf({ endpoint, region, access_key, secret_key }: Swift, name: string) {
  return { kind: 's3' as const, endpoint, region, bucket: name, access_key, secret_key };
}

function opened(): { store: BodyStore; swift: Swift } {
  if (store === undefined || swift === undefined) throw new Error('Swift did not start');
  return { store, swift };
}

if ('missing' in needed) testWith(needed, 'the S3 store keeps the contract of stores', () => undefined);
else describeBodyStore(test, () => opened().store);

testWith(needed, 'of two writers of one part the one whose receipt is kept counts', async (t) => {
  const body = sampleBody(PART_SIZE + 5);
  const s3 = opened().store;
  const ref = await s3.beginUpload(body.root_hex, body.bytes.length);
  const first = body.bytes.subarray(0, PART_SIZE);
  const last = await s3.writePart(ref, 1, bytesOf(body.bytes.subarray(PART_SIZE)), 5);
  const receipt = await s3.writePart(ref, 0, bytesOf(first), PART_SIZE);
  t.not(await s3.writePart(ref, 0, bytesOf(randomBytes(PART_SIZE)), PART_SIZE), receipt);
  await t.throwsAsync(s3.completeUpload(ref, [receipt, last], body.leaves), { instanceOf: PortalError });
  t.is(await s3.statBody(body.root_hex), undefined, 'bytes whose receipt is not the last one are never made a body');
  t.is(await s3.writePart(ref, 0, bytesOf(first), PART_SIZE), receipt);
  await s3.completeUpload(ref, [receipt, last], body.leaves);
  t.true(equalBytes(await readBytes(s3, body.root_hex, 0, body.bytes.length), body.bytes));
});

testWith(needed, 'a store that is away, refuses us or has no such bucket is unavailable', async (t) => {
  const { swift: server } = opened();
  const body = sampleBody(10);
  const away = createStore({ ...configOf(server, bucket), endpoint: 'http://127.0.0.1:9' });
  const stranger = createStore({ ...configOf(server, bucket), secret_key: 'wrong' });
  const elsewhere = createStore(configOf(server, `${bucket}-other`));
  for (const broken of [away, stranger, elsewhere]) {
    t.is((await t.throwsAsync(broken.ping(), { instanceOf: PortalError })).reason, 'store_away');
    t.is((await t.throwsAsync(broken.beginUpload(body.root_hex, 10), { instanceOf: PortalError })).code, 'unavailable');
  }
  t.is((await t.throwsAsync(away.readBody(body.root_hex, 0, 1), { instanceOf: PortalError })).code, 'unavailable');
});
