import { Decrypter } from 'age-encryption';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import {
  type ByteSource,
  bytesOf,
  CHUNK_SIZE,
  chunkCount,
  collect,
  createLeafVerifier,
  createStreamOpener,
  digestOf,
  equalBytes,
  generateContentKey,
  hashBody,
  LEAF_SIZE,
  leafCount,
  leafHash,
  nodeHash,
  openBody,
  openHeader,
  plaintextSize,
  randomBytes,
  rootOfLeaves,
  sealBody,
  sealedSize,
  sha256,
  TreeHasher,
  utf8,
  concatBytes,
} from '#crypto';
import { codeOf, refusal } from './conformance.ts';
import { dataset, key, open, seal, SEALED_CHUNK } from './sealing.ts';

const EDGES = [
  0,
  1,
  15,
  16,
  17,
  CHUNK_SIZE - 1,
  CHUNK_SIZE,
  CHUNK_SIZE + 1,
  2 * CHUNK_SIZE,
  LEAF_SIZE - 16 * 17,
  LEAF_SIZE - 1,
  LEAF_SIZE,
  LEAF_SIZE + 1,
  3 * LEAF_SIZE + 7,
];

test('what is sealed opens again, at every edge, whatever the pieces', async (t) => {
  for (const size of EDGES) {
    const plaintext = randomBytes(size);
    for (const [sealPiece, openPiece] of [
      [size + 1, size + 1],
      [65_536, 1_000_003],
      [4093, 4099],
    ] as const) {
      const { sealed, body } = await seal(plaintext, sealPiece);
      t.is(sealed.size, size);
      t.is(sealed.body_size, body.length);
      t.is(body.length, sealedSize(size));
      t.is(plaintextSize(body.length), size);
      t.is(sealed.header_size, 168);
      t.is(sealed.header_sha256, digestOf(sealed.header));
      t.deepEqual((await hashBody(bytesOf(body))).root, sealed.root);
      t.true(equalBytes(await open({ sealed, body, piece: openPiece }), plaintext), `${size} bytes`);
    }
  }
});

test('the library of the author of age opens what we seal, at sizes drawn at random', async (t) => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(key.identity);
  const sizes = fc.oneof(
    fc.integer({ min: 0, max: 300_000 }),
    fc.integer({ min: -3, max: 3 }).map((near) => 2 * CHUNK_SIZE + near),
  );
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 200_000 }), async (size, piece) => {
      const plaintext = randomBytes(size);
      const { sealed, body } = await seal(plaintext, piece);
      return equalBytes(await decrypter.decrypt(concatBytes(sealed.header, body)), plaintext);
    }),
    { numRuns: 25 },
  );
  t.pass();
});

test('a source that reuses its buffer is sealed as it was', async (t) => {
  const plaintext = randomBytes(300_000);
  const buffer = new Uint8Array(10_000);
  async function* reusing(): ByteSource {
    for (let offset = 0; offset < plaintext.length; offset += buffer.length) {
      buffer.set(plaintext.subarray(offset, offset + buffer.length));
      yield buffer;
    }
  }
  const output = collect();
  const sealed = await sealBody(reusing(), key.recipient, output.sink);
  t.true(equalBytes(await open({ sealed, body: output.bytes() }), plaintext));
  const copied = collect();
  const hashed = await hashBody(reusing(), copied.sink);
  t.true(equalBytes(copied.bytes(), plaintext));
  t.is(hashed.sha256, digestOf(plaintext));
});

test('a slow sink gets one piece at a time and is never at work once sealing or opening ended', async (t) => {
  const plaintext = randomBytes(3 * LEAF_SIZE);
  const { sealed, body } = await seal(plaintext);
  let working = 0;
  let most = 0;
  const slow = async (): Promise<void> => {
    most = Math.max(most, ++working);
    await new Promise((resolve) => setTimeout(resolve, 5));
    working -= 1;
  };
  await sealBody(bytesOf(plaintext), key.recipient, slow);
  t.is(working, 0);
  await openBody({ ...sealed, recipient: key.recipient, content_key: key }, bytesOf(body), slow);
  t.is(working, 0);
  const cut = openBody({ ...sealed, recipient: key.recipient, content_key: key }, bytesOf(body.slice(0, -1)), slow);
  await t.throwsAsync(cut, refusal('truncated'));
  t.is(working, 0);
  t.is(most, 1);
  const full = (): Promise<void> => Promise.reject(new Error('disk full'));
  await t.throwsAsync(openBody({ ...sealed, recipient: key.recipient, content_key: key }, bytesOf(body), full), {
    message: 'disk full',
  });
  await t.throwsAsync(sealBody(bytesOf(utf8('x')), key.recipient, full), { message: 'disk full' });
});

test('two sealings of one file share neither header, nor nonce, nor a byte run of ciphertext', async (t) => {
  const plaintext = new Uint8Array(100_000);
  const [one, two] = [await seal(plaintext), await seal(plaintext)];
  t.not(one.sealed.header_sha256, two.sealed.header_sha256);
  t.notDeepEqual(one.body.slice(0, 16), two.body.slice(0, 16));
  t.notDeepEqual(one.body.slice(16, 48), two.body.slice(16, 48));
  const [first, second] = await Promise.all(
    [one, two].map(({ sealed }) => openHeader(sealed.header, [key.identity], { maxStanzas: 1 })),
  );
  t.notDeepEqual(first, second);
});

test('equal chunks of one file become different ciphertext', async (t) => {
  const { body } = await seal(new Uint8Array(3 * CHUNK_SIZE));
  const chunks = [0, 1, 2].map((index) => body.slice(16 + index * SEALED_CHUNK, 16 + (index + 1) * SEALED_CHUNK));
  t.is(new Set(chunks.map((chunk) => digestOf(chunk))).size, 3);
});

test('a failing source or sink ends the sealing with its error', async (t) => {
  async function* broken(): ByteSource {
    yield randomBytes(10);
    throw new Error('disk gone');
  }
  await t.throwsAsync(
    sealBody(broken(), key.recipient, () => undefined),
    { message: 'disk gone' },
  );
  const full = (): Promise<void> => Promise.reject(new Error('disk full'));
  await t.throwsAsync(sealBody(bytesOf(randomBytes(2 * LEAF_SIZE)), key.recipient, full), { message: 'disk full' });
  await t.throwsAsync(
    sealBody(bytesOf(utf8('x')), 'age1wrong', () => undefined),
    refusal('malformed_recipient'),
  );
});

test('sizes that no sealed body has are known without a byte of it', (t) => {
  for (const size of [
    -1,
    0,
    15,
    16,
    31,
    16 + SEALED_CHUNK + 1,
    16 + SEALED_CHUNK + 15,
    16 + SEALED_CHUNK + 16,
    16 + 2 * SEALED_CHUNK + 16,
    1.5,
    NaN,
    Infinity,
    2 ** 53,
  ]) {
    t.throws(() => chunkCount(size), refusal('body_size_impossible'), String(size));
  }
  t.is(chunkCount(32), 1);
  t.is(chunkCount(16 + SEALED_CHUNK), 1);
  t.is(chunkCount(16 + SEALED_CHUNK + 17), 2);
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (size) => plaintextSize(sealedSize(size)) === size));
});

test('a stream opener refuses to end early and to go on after its last chunk', async (t) => {
  const { sealed, body } = await seal(utf8('abc'));
  const fileKey = await openHeader(sealed.header, [key.identity], { maxStanzas: 1 });
  const opener = createStreamOpener(fileKey, body.length);
  t.deepEqual(opener.push(body.subarray(0, 20)), new Uint8Array(0));
  t.throws(() => opener.finish(), refusal('truncated'));
  t.deepEqual(opener.push(body.subarray(20)), utf8('abc'));
  t.is(opener.finish(), 3);
  t.throws(() => opener.push(new Uint8Array(1)), refusal('trailing_bytes'));
});

function checkTree(t: ExecutionContext, size: number): void {
  const bytes = randomBytes(size);
  const tree = new TreeHasher();
  for (let offset = 0; offset < size; offset += 300_007) tree.update(bytes.subarray(offset, offset + 300_007));
  const { root, leaves } = tree.finish();
  t.is(leaves.length, leafCount(size) * 32);
  const hashes = Array.from({ length: leafCount(size) }, (_, index) =>
    leafHash(bytes.subarray(index * LEAF_SIZE, (index + 1) * LEAF_SIZE)),
  );
  const [a, b, c] = hashes;
  const expected =
    a === undefined ? sha256() : b === undefined ? a : c === undefined ? nodeHash(a, b) : nodeHash(nodeHash(a, b), c);
  t.is(root, `sha256:${Buffer.from(expected).toString('base64url')}`);
  t.is(rootOfLeaves(leaves), root);
}

test('the tree over a body is that of RFC 6962 over leaves of 1 MiB', (t) => {
  for (const size of [0, 1, LEAF_SIZE - 1, LEAF_SIZE, LEAF_SIZE + 1, 2 * LEAF_SIZE, 2 * LEAF_SIZE + 9, 3 * LEAF_SIZE]) {
    checkTree(t, size);
  }
});

test('a download taken up again at a leaf is verified from there', async (t) => {
  const { sealed, body } = await seal(randomBytes(3 * LEAF_SIZE));
  const verifier = createLeafVerifier({ ...sealed, from_leaf: 2 });
  const leaves = verifier.push(body.subarray(2 * LEAF_SIZE, 2 * LEAF_SIZE + 10));
  t.deepEqual(leaves, []);
  t.throws(() => verifier.finish(), refusal('truncated'));
  const released = verifier.push(body.subarray(2 * LEAF_SIZE + 10));
  t.true(equalBytes(concatBytes(...released), body.subarray(2 * LEAF_SIZE)));
  t.notThrows(() => verifier.finish());
  t.throws(() => verifier.push(new Uint8Array(1)), refusal('trailing_bytes'));
  t.throws(
    () => createLeafVerifier({ ...sealed, from_leaf: 2 }).push(body.subarray(LEAF_SIZE, 2 * LEAF_SIZE)),
    refusal('leaf_mismatch'),
  );
  t.notThrows(() => createLeafVerifier({ ...sealed, from_leaf: leafCount(sealed.body_size) }).finish());
  for (const from_leaf of [-1, 0.5, leafCount(sealed.body_size) + 1]) {
    t.throws(() => createLeafVerifier({ ...sealed, from_leaf }), refusal('leaf_count_mismatch'));
  }
});

test('an empty open file has the root of nothing and no leaves', async (t) => {
  const hashed = await hashBody(bytesOf(new Uint8Array(0)));
  t.is(hashed.root, digestOf(new Uint8Array(0)));
  t.is(hashed.leaves.length, 0);
  const verifier = createLeafVerifier({ root: hashed.root, leaves: hashed.leaves, body_size: 0 });
  t.notThrows(() => verifier.finish());
  t.throws(() => verifier.push(new Uint8Array(1)), refusal('trailing_bytes'));
});

test('post-quantum content keys seal and open the same way', async (t) => {
  const hybrid = await generateContentKey(dataset, 7, 'pq');
  const plaintext = randomBytes(100_000);
  const { sealed, body } = await seal(plaintext, 5000, hybrid.recipient);
  t.true(equalBytes(await open({ sealed, body, content_key: hybrid, recipient: hybrid.recipient }), plaintext));
  t.is(await codeOf(() => open({ sealed, body })), 'wrong_recipient');
});

test('random headers are refused without another failure', async (t) => {
  const lines = fc.constantFrom(
    'age-encryption.org/v1\n',
    '-> X25519 ',
    '-> ',
    'AAAA\n',
    '\n',
    `--- ${'A'.repeat(43)}\n`,
    '---',
    ' ',
    'a',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(lines, { maxLength: 12 }), async (parts) => {
      const header = utf8(parts.join(''));
      return (await codeOf(() => openHeader(header, [key.identity], { maxStanzas: 1 }))) !== undefined;
    }),
  );
  t.pass();
});
