import { mkdtempSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { bytesOf, equalBytes, randomBytes } from '#crypto';
import { PortalError } from '../../../portal/errors.ts';
import { PART_SIZE } from '../../../portal/storage/body-store.ts';
import { createDirectoryStore } from '../../../portal/storage/directory-store.ts';
import { describeBodyStore, readBytes, sampleBody, storeBody } from './body-store-contract.ts';

// Before any test is declared, which AVA wants done without waiting.
const path = mkdtempSync(join(tmpdir(), 'sceau-store-'));
const store = createDirectoryStore(path);
test.after.always(() => rm(path, { recursive: true, force: true }));

describeBodyStore(test, () => store);

test('a body lies in a folder named by its root, sharded by its first byte, unreadable to others until it is whole', async (t) => {
  const body = sampleBody(2000);
  const ref = await store.beginUpload(body.root_hex, 2000);
  const [, , private_name = ''] = ref.split('.');
  t.is((await stat(join(path, 'uploads', private_name))).mode & 0o777, 0o700);
  await store.writePart(ref, 0, bytesOf(body.bytes), 2000);
  await store.completeUpload(ref, ['directory'], body.leaves);
  const folder = join(path, 'o', body.root_hex.slice(0, 2), body.root_hex);
  t.deepEqual((await readdir(folder)).toSorted(), ['body', 'leaves']);
  t.true(equalBytes(new Uint8Array(await readFile(join(folder, 'body'))), body.bytes));
});

test('bytes that changed in the private file after their part was acknowledged are not acknowledged as a body', async (t) => {
  const body = sampleBody(3_000_000);
  const ref = await store.beginUpload(body.root_hex, body.bytes.length);
  await store.writePart(ref, 0, bytesOf(body.bytes), body.bytes.length);
  const [, , private_name = ''] = ref.split('.');
  const file = await open(join(path, 'uploads', private_name, 'part-0'), 'r+');
  await file.write(new Uint8Array([(body.bytes[1_500_000] ?? 0) ^ 1]), 0, 1, 1_500_000);
  await file.close();
  const error = await t.throwsAsync(store.completeUpload(ref, ['directory'], body.leaves), { instanceOf: PortalError });
  t.is(error.reason, 'stored_bytes_differ');
  t.is(await store.statBody(body.root_hex), undefined);
  await store.discardUpload(ref);
});

test('two uploads of one body that complete at once leave one whole body and nothing private', async (t) => {
  const body = sampleBody(1_200_000);
  await Promise.all([storeBody(store, body), storeBody(store, body), storeBody(store, body)]);
  t.true(equalBytes(await readBytes(store, body.root_hex, 0, body.bytes.length), body.bytes));
});

test('leaf hashes damaged on the disk are refused when read', async (t) => {
  const body = sampleBody(2_000_000);
  await storeBody(store, body);
  const leaves = body.leaves.slice();
  leaves[5] = (leaves[5] ?? 0) ^ 1;
  await writeFile(join(path, 'o', body.root_hex.slice(0, 2), body.root_hex, 'leaves'), leaves);
  const error = await t.throwsAsync(store.readLeaves(body.root_hex), { instanceOf: PortalError });
  t.is(error.reason, 'store_damaged');
});

test('a truncated body is replaced by the next upload of the same bytes', async (t) => {
  const body = sampleBody(2_000_000);
  await storeBody(store, body);
  await writeFile(join(path, 'o', body.root_hex.slice(0, 2), body.root_hex, 'body'), body.bytes.subarray(0, 10));
  await storeBody(store, body);
  t.true(equalBytes(await readBytes(store, body.root_hex, 0, body.bytes.length), body.bytes));
});

test('a body whose bytes changed without changing its size is replaced by the next upload of the same bytes', async (t) => {
  for (const size of [2_000_000, PART_SIZE + 2_000_000]) {
    const body = sampleBody(size);
    await storeBody(store, body);
    const file = await open(join(path, 'o', body.root_hex.slice(0, 2), body.root_hex, 'body'), 'r+');
    await file.write(new Uint8Array([(body.bytes[1_500_000] ?? 0) ^ 1]), 0, 1, 1_500_000);
    await file.close();
    await storeBody(store, body);
    t.true(equalBytes(await readBytes(store, body.root_hex, 0, size), body.bytes));
  }
});

test('a completion that was cut short is repeated, and nothing private is left behind', async (t) => {
  const body = sampleBody(PART_SIZE + 5000);
  const ref = await store.beginUpload(body.root_hex, body.bytes.length);
  await store.writePart(ref, 0, bytesOf(body.bytes.subarray(0, PART_SIZE)), PART_SIZE);
  await store.writePart(ref, 1, bytesOf(body.bytes.subarray(PART_SIZE)), 5000);
  const [, , private_name = ''] = ref.split('.');
  // What a crash leaves: a folder that was being filled.
  const half = join(path, 'uploads', private_name, 'whole-0123');
  await mkdir(half);
  await writeFile(join(half, 'body'), body.bytes.subarray(0, 100));
  await store.completeUpload(ref, ['directory', 'directory'], body.leaves);
  t.true(equalBytes(await readBytes(store, body.root_hex, 0, body.bytes.length), body.bytes));
  await t.throwsAsync(stat(join(path, 'uploads', private_name)), { code: 'ENOENT' });
});

test('a part sent again and again takes the room of one', async (t) => {
  const body = sampleBody(3000);
  const ref = await store.beginUpload(body.root_hex, 3000);
  for (let again = 0; again < 4; again += 1) await store.writePart(ref, 0, bytesOf(body.bytes), 3000);
  await t.throwsAsync(store.writePart(ref, 0, bytesOf(body.bytes.subarray(5)), 3000), { instanceOf: PortalError });
  const [, , private_name = ''] = ref.split('.');
  t.deepEqual(await readdir(join(path, 'uploads', private_name)), ['part-0']);
  await store.completeUpload(ref, ['directory'], body.leaves);
});

test('a reference that no store gave is an upload that is gone', async (t) => {
  for (const ref of ['', 'x', '../../etc', `${'a'.repeat(64)}.5.../../../etc`]) {
    const error = await t.throwsAsync(store.writePart(ref, 0, bytesOf(randomBytes(5)), 5), { instanceOf: PortalError });
    t.is(error.reason, 'upload_gone');
  }
});

test('parts of a body written at once land in their places', async (t) => {
  const body = sampleBody(2 * PART_SIZE + 1000);
  const ref = await store.beginUpload(body.root_hex, body.bytes.length);
  const receipts = await Promise.all(
    [0, 1, 2].map((part) => {
      const bytes = body.bytes.subarray(part * PART_SIZE, (part + 1) * PART_SIZE);
      return store.writePart(ref, part, bytesOf(bytes), bytes.length);
    }),
  );
  await store.completeUpload(ref, receipts, body.leaves);
  t.true(equalBytes(await store.readLeaves(body.root_hex), body.leaves));
  t.is(await store.statBody(body.root_hex), body.bytes.length);
});
