import type { TestFn } from 'ava';
import { bytesOf, collect, equalBytes, hexOfDigest, randomBytes, TreeHasher } from '#crypto';
import { PortalError } from '../../../portal/errors.ts';
import { type BodyStore, PART_SIZE } from '../../../portal/storage/body-store.ts';

const MIB = 1024 * 1024;

/** A body with what its tree says of it. */
export interface SampleBody {
  bytes: Uint8Array;
  root_hex: string;
  leaves: Uint8Array;
}

/** Random bytes of this size, with root and leaves. */
export function sampleBody(size: number): SampleBody {
  const bytes = randomBytes(size);
  const tree = new TreeHasher();
  tree.update(bytes);
  const { root, leaves } = tree.finish();
  return { bytes, root_hex: hexOfDigest(root), leaves };
}

/** Puts a body through the store in parts, in the order given by `order` (all parts ascending unless told). */
export async function storeBody(store: BodyStore, body: SampleBody, order?: readonly number[]): Promise<void> {
  const ref = await store.beginUpload(body.root_hex, body.bytes.length);
  const count = Math.ceil(body.bytes.length / PART_SIZE);
  const receipts: string[] = [];
  for (const part of order ?? Array.from({ length: count }, (_, index) => index)) {
    const bytes = body.bytes.subarray(part * PART_SIZE, (part + 1) * PART_SIZE);
    receipts[part] = await store.writePart(ref, part, bytesOf(bytes), bytes.length);
  }
  await store.completeUpload(ref, receipts, body.leaves);
}

/** All bytes that a store gives for [start, end) of a body. */
export async function readBytes(store: BodyStore, root_hex: string, start: number, end: number): Promise<Uint8Array> {
  const read = collect();
  for await (const bytes of await store.readBody(root_hex, start, end)) await read.sink(bytes);
  return read.bytes();
}

/** What every store of bodies promises, as tests; each store's test file calls this with a way to make an empty one. */
export function describeBodyStore(test: TestFn, store: () => BodyStore): void {
  for (const size of [0, 1, MIB - 1, MIB, MIB + 1, PART_SIZE, PART_SIZE + 1]) {
    test(`a body of ${size} bytes comes back as it went in`, async (t) => {
      const body = sampleBody(size);
      t.is(await store().statBody(body.root_hex), undefined);
      await storeBody(store(), body);
      t.is(await store().statBody(body.root_hex), size);
      t.true(equalBytes(await readBytes(store(), body.root_hex, 0, size), body.bytes));
      t.true(equalBytes(await store().readLeaves(body.root_hex), body.leaves));
    });
  }

  test('ranges of a body are exact at their edges', async (t) => {
    const body = sampleBody(2 * MIB + 17);
    await storeBody(store(), body);
    for (const [start, end] of [[0, 1], [MIB - 1, MIB + 1], [2 * MIB, 2 * MIB + 17], [5, 5]] as const) {
      t.true(equalBytes(await readBytes(store(), body.root_hex, start, end), body.bytes.slice(start, end)));
    }
  });

  test('parts may come in any order, and the last write of a part wins', async (t) => {
    const body = sampleBody(PART_SIZE + 3 * MIB);
    const ref = await store().beginUpload(body.root_hex, body.bytes.length);
    const last = body.bytes.subarray(PART_SIZE);
    const first = body.bytes.subarray(0, PART_SIZE);
    const receipts: string[] = [];
    receipts[1] = await store().writePart(ref, 1, bytesOf(last), last.length);
    await store().writePart(ref, 0, bytesOf(randomBytes(PART_SIZE)), PART_SIZE);
    receipts[0] = await store().writePart(ref, 0, bytesOf(first), PART_SIZE);
    await store().completeUpload(ref, receipts, body.leaves);
    t.true(equalBytes(await readBytes(store(), body.root_hex, 0, body.bytes.length), body.bytes));
  });

  test('nothing is visible before completion, and completion may be repeated', async (t) => {
    const body = sampleBody(MIB + 5);
    const ref = await store().beginUpload(body.root_hex, body.bytes.length);
    const receipt = await store().writePart(ref, 0, bytesOf(body.bytes), body.bytes.length);
    t.is(await store().statBody(body.root_hex), undefined);
    await t.throwsAsync(async () => store().readBody(body.root_hex, 0, 1), { instanceOf: PortalError, message: /^not_found/ });
    await store().completeUpload(ref, [receipt], body.leaves);
    await store().completeUpload(ref, [receipt], body.leaves);
    t.is(await store().statBody(body.root_hex), body.bytes.length);
  });

  test('a writer that outlives the completion changes nothing of the body', async (t) => {
    const body = sampleBody(PART_SIZE + MIB);
    const ref = await store().beginUpload(body.root_hex, body.bytes.length);
    const began = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const slow = async function* (size: number): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(1000);
      began.resolve();
      await go.promise;
      yield new Uint8Array(size - 1000);
    };
    const late = [PART_SIZE, MIB].map((size, part) => store().writePart(ref, part, slow(size), size).then(() => 'kept', () => 'refused'));
    await began.promise;
    const first = await store().writePart(ref, 0, bytesOf(body.bytes.subarray(0, PART_SIZE)), PART_SIZE);
    const last = await store().writePart(ref, 1, bytesOf(body.bytes.subarray(PART_SIZE)), MIB);
    await store().completeUpload(ref, [first, last], body.leaves);
    go.resolve();
    await Promise.all(late);
    t.true(equalBytes(await readBytes(store(), body.root_hex, 0, body.bytes.length), body.bytes));
  });

  test('a part with one byte too many or too few is refused', async (t) => {
    const body = sampleBody(MIB);
    const ref = await store().beginUpload(body.root_hex, body.bytes.length);
    const long = await t.throwsAsync(store().writePart(ref, 0, bytesOf(body.bytes), MIB - 1), { instanceOf: PortalError });
    t.is(long.reason, 'part_too_long');
    const short = await t.throwsAsync(store().writePart(ref, 0, bytesOf(body.bytes.subarray(1)), MIB), { instanceOf: PortalError });
    t.is(short.reason, 'part_too_short');
    const outside = await t.throwsAsync(store().writePart(ref, 1, bytesOf(body.bytes), MIB), { instanceOf: PortalError });
    t.is(outside.reason, 'part_out_of_range');
    await store().discardUpload(ref);
  });

  test('leaf hashes of another body are refused at completion', async (t) => {
    const body = sampleBody(MIB);
    const ref = await store().beginUpload(body.root_hex, body.bytes.length);
    const receipt = await store().writePart(ref, 0, bytesOf(body.bytes), MIB);
    const error = await t.throwsAsync(store().completeUpload(ref, [receipt], sampleBody(MIB).leaves), { instanceOf: PortalError });
    t.is(error.reason, 'store_damaged');
    t.is(await store().statBody(body.root_hex), undefined);
    await store().discardUpload(ref);
  });

  test('a discarded upload is gone, and discarding again does nothing', async (t) => {
    const body = sampleBody(100);
    const ref = await store().beginUpload(body.root_hex, 100);
    await store().discardUpload(ref);
    await store().discardUpload(ref);
    const error = await t.throwsAsync(store().writePart(ref, 0, bytesOf(body.bytes), 100), { instanceOf: PortalError });
    t.is(error.reason, 'upload_gone');
  });

  test('a deleted body is gone, and deleting again does nothing', async (t) => {
    const body = sampleBody(100);
    await storeBody(store(), body);
    await store().deleteBody(body.root_hex);
    await store().deleteBody(body.root_hex);
    t.is(await store().statBody(body.root_hex), undefined);
    await t.throwsAsync(store().readLeaves(body.root_hex), { instanceOf: PortalError, message: /^not_found/ });
  });

  test('text that is no root never becomes a name in the store', async (t) => {
    for (const name of ['../../etc/passwd', 'A'.repeat(64), '', `${'a'.repeat(64)}/x`, '%2e%2e', `${'a'.repeat(63)}\0`]) {
      await t.throwsAsync(async () => store().beginUpload(name, 1), { message: /^not_found/ });
      await t.throwsAsync(async () => store().readBody(name, 0, 1), { message: /^not_found/ });
      await t.throwsAsync(async () => store().readLeaves(name), { message: /^not_found/ });
      await t.throwsAsync(async () => store().deleteBody(name), { message: /^not_found/ });
    }
  });

  test('the store answers when asked', async (t) => {
    await t.notThrowsAsync(store().ping());
  });
}
