import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { bytesOf, CHUNK_SIZE, collect, equalBytes, hashBody, hashFile, LEAF_SIZE, openBody, openFile, randomBytes, sealFile, type SealedFile } from '#crypto';
import { createChunkSealer, payloadKey } from '../../crypto/body/chunk-cipher.ts';
import { createUnitMemory, shareUnits } from '../../crypto/file/shared-units.ts';
import { codeOf, refusal } from './conformance.ts';
import { key, other, seal } from './sealing.ts';

const UNIT = 32 * CHUNK_SIZE;

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-file-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function withFiles<T>(paths: readonly string[], run: (files: FileHandle[]) => Promise<T>): Promise<T> {
  const files = [];
  for (const [index, path] of paths.entries()) files.push(await open(path, index === 0 ? 'r' : 'w'));
  try {
    return await run(files);
  } finally {
    for (const file of files) await file.close();
  }
}

function sealFrom(source: string, target: string, o: { size: number; progress?: (done: number) => void }): Promise<SealedFile> {
  return withFiles([source, target], ([from, to]) => sealFile({ source: from?.fd ?? -1, target: to?.fd ?? -1, recipient: key.recipient, hash_source: true, ...o }));
}

function openFrom(body: string, target: string, sealed: Omit<SealedFile, 'source_root'>, content_key = key): Promise<{ size: number }> {
  return withFiles([body, target], ([from, to]) => openFile({ ...sealed, recipient: key.recipient, content_key, body: from?.fd ?? -1, target: to?.fd ?? -1 }));
}

test('threads seal and open what one thread opens and seals, at every edge of chunk, leaf and unit', async (t) => {
  await inFolder(async (folder) => {
    const [source, body, back] = ['source', 'body', 'back'].map((name) => join(folder, name)) as [string, string, string];
    // The second to last fills its last leaf exactly; the last one has more units than places to carry bytes in.
    const sizes = [0, 1, CHUNK_SIZE, CHUNK_SIZE + 1, LEAF_SIZE, UNIT - 1, UNIT, UNIT + 1, 2 * UNIT + LEAF_SIZE, 2 * LEAF_SIZE - 16 - 32 * 16, 21 * UNIT + 70_001];
    for (const size of sizes) {
      const plaintext = randomBytes(size);
      await writeFile(source, plaintext);
      const sealed = await sealFrom(source, body, { size });
      const bytes = new Uint8Array(await readFile(body));
      const { root, leaves, size: body_size } = await hashBody(bytesOf(bytes));
      t.deepEqual([sealed.root, sealed.body_size, sealed.size], [root, body_size, size]);
      t.true(equalBytes(sealed.leaves, leaves));
      t.is(sealed.source_root, (await hashBody(bytesOf(plaintext))).root);
      const output = collect();
      await openBody({ ...sealed, recipient: key.recipient, content_key: key }, bytesOf(bytes), output.sink);
      t.true(equalBytes(output.bytes(), plaintext), `${size} bytes sealed by threads`);

      const one = await seal(plaintext);
      await writeFile(body, one.body);
      t.deepEqual(await openFrom(body, back, one.sealed), { size });
      t.true(equalBytes(new Uint8Array(await readFile(back)), plaintext), `${size} bytes opened by threads`);
      await withFiles([body], async ([file]) => t.is((await hashFile({ body: file?.fd ?? -1, size: one.body.length })).root, one.sealed.root));
    }
  });
});

test('two sealings of one file by threads share neither header nor nonce', async (t) => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, 'source'), new Uint8Array(100));
    const one = await sealFrom(join(folder, 'source'), join(folder, 'one'), { size: 100 });
    const two = await sealFrom(join(folder, 'source'), join(folder, 'two'), { size: 100 });
    t.not(one.header_sha256, two.header_sha256);
    t.notDeepEqual((await readFile(join(folder, 'one'))).subarray(0, 16), (await readFile(join(folder, 'two'))).subarray(0, 16));
  });
});

test('a source that became shorter or longer, a target that cannot be written, and a caller who gives up end the sealing', async (t) => {
  await inFolder(async (folder) => {
    const [source, target] = [join(folder, 'source'), join(folder, 'target')];
    const size = 9 * UNIT;
    await writeFile(source, randomBytes(size));
    await t.throwsAsync(sealFrom(source, target, { size: size - 1 }), refusal('source_changed'));
    await t.throwsAsync(sealFrom(source, target, { size: size + 1 }), refusal('source_changed'));
    const unwritable = withFiles([source], ([file]) => sealFile({ source: file?.fd ?? -1, target: file?.fd ?? -1, size, recipient: key.recipient }));
    await t.throwsAsync(unwritable, { code: 'EBADF' });
    await t.throwsAsync(unwritable, { message: /write/ });
    const tired = (): never => {
      throw new Error('enough');
    };
    await t.throwsAsync(sealFrom(source, target, { size, progress: tired }), { message: 'enough' });
    await t.throwsAsync(
      withFiles([source, target], ([from, to]) => sealFile({ source: from?.fd ?? -1, target: to?.fd ?? -1, size, recipient: 'age1wrong' })),
      refusal('malformed_recipient'),
    );
  });
});

test('threads refuse an altered, cut, lengthened or foreign body with the code of one thread', async (t) => {
  await inFolder(async (folder) => {
    const [path, back] = [join(folder, 'body'), join(folder, 'back')];
    const { sealed, body } = await seal(randomBytes(3 * UNIT + 5));
    const opened = async (bytes: Uint8Array, change: Partial<typeof sealed> = {}, content_key = key): Promise<string> => {
      await writeFile(path, bytes);
      return (await codeOf(() => openFrom(path, back, { ...sealed, ...change }, content_key))) ?? 'opened';
    };
    for (const place of [0, 16, 2 * LEAF_SIZE - 1, 2 * LEAF_SIZE, 5 * LEAF_SIZE + 3, body.length - 1]) {
      const altered = body.slice();
      altered[place] = (altered[place] ?? 0) ^ 1;
      t.is(await opened(altered), 'leaf_mismatch', `byte ${place}`);
      // Whoever holds the content key can make leaves to fit: the chunks still do not open.
      const { root, leaves } = await hashBody(bytesOf(altered));
      t.is(await opened(altered, { root, leaves }), 'chunk_authentication', `byte ${place} under another root`);
    }
    t.is(await opened(body.subarray(0, -1)), 'truncated');
    t.is(await opened(body.subarray(0, 10)), 'truncated');
    t.is(await opened(Buffer.concat([body, new Uint8Array(1)])), 'trailing_bytes');
    t.is(await opened(body, { leaves: sealed.leaves.slice(32) }), 'leaf_count_mismatch');
    t.is(await opened(body, { leaves: sealed.leaves.toReversed() }), 'tree_mismatch');
    t.is(await opened(body, {}, other), 'recipient_mismatch');
    t.is(await opened(body, { header_size: sealed.header_size + 1 }), 'header_size_mismatch');
    t.is(await opened(body), 'opened');
    await withFiles([path], async ([file]) => {
      t.is(await codeOf(() => hashFile({ body: file?.fd ?? -1, size: body.length + 1 })), 'truncated');
      t.is(await codeOf(() => hashFile({ body: file?.fd ?? -1, size: body.length - 1 })), 'trailing_bytes');
    });
  });
});

test('a leaf that moved to the place of another one is refused by threads', async (t) => {
  await inFolder(async (folder) => {
    const { sealed, body } = await seal(randomBytes(3 * UNIT));
    const swapped = body.slice();
    swapped.copyWithin(0, 4 * LEAF_SIZE, 5 * LEAF_SIZE);
    swapped.set(body.subarray(0, LEAF_SIZE), 4 * LEAF_SIZE);
    await writeFile(join(folder, 'body'), swapped);
    t.is(await codeOf(() => openFrom(join(folder, 'body'), join(folder, 'back'), sealed)), 'leaf_mismatch');
    const { root, leaves } = await hashBody(createReadStream(join(folder, 'body')));
    t.is(await codeOf(() => openFrom(join(folder, 'body'), join(folder, 'back'), { ...sealed, root, leaves })), 'chunk_authentication');
  });
});

test('a body in which a unit begins just where a chunk does is opened to its end', async (t) => {
  // The first such unit is the 129th; eight more use up the places for carried bytes.
  const size = 138 * UNIT;
  await inFolder(async (folder) => {
    const [source, body, back] = ['source', 'body', 'back'].map((name) => join(folder, name)) as [string, string, string];
    await writeFile(source, '');
    await truncate(source, size);
    const sealed = await sealFrom(source, body, { size });
    t.deepEqual(await openFrom(body, back, sealed), { size });
    await withFiles([back], async ([file]) => t.deepEqual<string | null, string | null>((await hashFile({ body: file?.fd ?? -1, size })).root, sealed.source_root));
  });
});

test('each unit is taken once, and a sealer of some chunks seals no other', (t) => {
  const memory = createUnitMemory(3);
  const [one, two] = [shareUnits(memory), shareUnits(memory)];
  t.deepEqual([one.take(), two.take(), one.take(), two.take(), one.take()], [0, 1, 2, undefined, undefined]);
  two.giveUp();
  t.throws(() => one.take(), { name: 'Abandoned' });

  const into = new Uint8Array(CHUNK_SIZE + 16);
  const sealChunk = createChunkSealer(payloadKey(randomBytes(16), randomBytes(16)), { from: 32, to: 34 });
  sealChunk(new Uint8Array(CHUNK_SIZE), false, into, 0);
  sealChunk(new Uint8Array(CHUNK_SIZE), false, into, 0);
  t.throws(() => sealChunk(new Uint8Array(1), false, into, 0), refusal('counter_exhausted'));
});
