import test from 'ava';
import {
  type ByteSource,
  bytesOf,
  CHUNK_SIZE,
  collect,
  digestOf,
  equalBytes,
  LEAF_SIZE,
  openBody,
  randomBytes,
  type SealedBody,
  utf8,
  concatBytes,
} from '#crypto';
import { codeOf, flipped } from './conformance.ts';
import { key, open, type Opening, other, resealed, seal, SEALED_CHUNK } from './sealing.ts';

test('one flipped bit anywhere in the header is refused, before and after its digest is adjusted', async (t) => {
  const { sealed, body } = await seal(utf8('restricted'));
  const codes = new Map<string, number>();
  for (let at = 0; at < sealed.header.length; at++) {
    const header = flipped(sealed.header, at, at % 8);
    t.is(await codeOf(() => open({ sealed: { ...sealed, header }, body })), 'header_digest_mismatch');
    const code = await codeOf(() => open({ sealed: { ...sealed, header, header_sha256: digestOf(header) }, body }));
    codes.set(code ?? 'opened', (codes.get(code ?? 'opened') ?? 0) + 1);
  }
  t.false(codes.has('opened'));
  for (const code of codes.keys()) {
    t.true(
      ['header_malformed', 'header_mac', 'wrong_recipient', 'stanza_not_allowed', 'header_stanza_count'].includes(code),
      code,
    );
  }
  t.true(codes.has('header_mac') && codes.has('header_malformed') && codes.has('wrong_recipient'));
});

test('a header that is longer, shorter, doubled, too large or another file’s is refused', async (t) => {
  const { sealed, body } = await seal(utf8('restricted'));
  const foreign = await seal(utf8('other file'));
  const with_ = (header: Uint8Array): Opening => ({
    sealed: { ...sealed, header, header_size: header.length, header_sha256: digestOf(header) },
    body,
  });
  t.is(await codeOf(() => open({ sealed: { ...sealed, header_size: 167 }, body })), 'header_size_mismatch');
  t.is(await codeOf(() => open({ sealed: { ...sealed, header: sealed.header.slice(1) }, body })), 'header_size_mismatch');
  t.is(await codeOf(() => open(with_(sealed.header.slice(0, -1)))), 'header_malformed');
  t.is(await codeOf(() => open(with_(concatBytes(sealed.header, utf8('x'))))), 'header_malformed');
  t.is(await codeOf(() => open(with_(concatBytes(sealed.header, sealed.header)))), 'header_malformed');
  t.is(
    await codeOf(() => open(with_(concatBytes(utf8('age-encryption.org/v1\n'), utf8('x'.repeat(17_000)))))),
    'header_too_large',
  );
  t.is(
    await codeOf(() => open(with_(utf8(`age-encryption.org/v1\n${'-> grease a\n\n'.repeat(1200)}--- ${'A'.repeat(43)}\n`)))),
    'header_stanza_count',
  );
  // Another file's header for the same content key opens as a header; its file key opens none of this body's chunks.
  t.is(await codeOf(() => open(with_(foreign.sealed.header))), 'chunk_authentication');
});

test('a content key that is not the one named is refused before the header is tried', async (t) => {
  const { sealed, body } = await seal(utf8('restricted'));
  t.is(await codeOf(() => open({ sealed, body, content_key: other })), 'recipient_mismatch');
  // The text of a content key may lie about its recipient: the secret decides.
  t.is(await codeOf(() => open({ sealed, body, content_key: { ...other, recipient: key.recipient } })), 'recipient_mismatch');
  t.is(await codeOf(() => open({ sealed, body, content_key: other, recipient: other.recipient })), 'wrong_recipient');
});

test('one flipped bit in the body is a wrong leaf, and under a tree that somebody signed over it a wrong chunk', async (t) => {
  const { sealed, body } = await seal(randomBytes(2 * LEAF_SIZE));
  for (const at of [
    0,
    15,
    16,
    17,
    16 + CHUNK_SIZE - 1,
    16 + CHUNK_SIZE,
    16 + SEALED_CHUNK,
    LEAF_SIZE - 1,
    LEAF_SIZE,
    body.length - 17,
    body.length - 1,
  ]) {
    const altered = flipped(body, at, at % 8);
    t.is(await codeOf(() => open({ sealed, body: altered })), 'leaf_mismatch', `byte ${at}`);
    t.is(await codeOf(() => open(resealed(sealed, altered))), 'chunk_authentication', `byte ${at}`);
  }
});

test('one flipped bit in the leaf hashes or the root is refused before any byte of body is read', async (t) => {
  const { sealed } = await seal(randomBytes(2 * LEAF_SIZE));
  let read = 0;
  async function* counting(): ByteSource {
    read += 1;
    yield new Uint8Array(1);
  }
  const attempt = (change: Partial<SealedBody>): Promise<unknown> =>
    openBody({ ...sealed, ...change, recipient: key.recipient, content_key: key }, counting(), () => undefined);
  for (let at = 0; at < sealed.leaves.length; at += 7) {
    t.is(await codeOf(() => attempt({ leaves: flipped(sealed.leaves, at) })), 'tree_mismatch');
  }
  t.is(await codeOf(() => attempt({ root: digestOf(utf8('another')) })), 'tree_mismatch');
  t.is(await codeOf(() => attempt({ leaves: sealed.leaves.slice(32) })), 'leaf_count_mismatch');
  t.is(await codeOf(() => attempt({ leaves: concatBytes(sealed.leaves, new Uint8Array(32)) })), 'leaf_count_mismatch');
  t.is(await codeOf(() => attempt({ leaves: sealed.leaves.slice(1) })), 'leaf_count_mismatch');
  t.is(read, 0);
});

test('truncation is refused, at chunk and leaf boundaries as elsewhere', async (t) => {
  const { sealed, body } = await seal(randomBytes(2 * LEAF_SIZE + 5));
  for (const length of [
    0,
    1,
    15,
    16,
    16 + SEALED_CHUNK,
    16 + 2 * SEALED_CHUNK,
    LEAF_SIZE,
    2 * LEAF_SIZE,
    body.length - SEALED_CHUNK,
    body.length - 21,
    body.length - 1,
  ]) {
    const cut = body.slice(0, length);
    t.is(await codeOf(() => open({ sealed, body: cut })), 'truncated', `cut to ${length}`);
    const code = await codeOf(() => open(resealed(sealed, cut)));
    t.true(code === 'body_size_impossible' || code === 'chunk_authentication', `cut to ${length} under its own tree: ${code}`);
  }
});

test('bytes after the end are refused, also a whole chunk that a second sealing made', async (t) => {
  const { sealed, body } = await seal(randomBytes(2 * CHUNK_SIZE));
  t.is(await codeOf(() => open({ sealed, body: concatBytes(body, new Uint8Array(1)) })), 'trailing_bytes');
  t.is(await codeOf(() => open({ sealed, body: concatBytes(body, new Uint8Array(1)), piece: 1000 })), 'trailing_bytes');
  for (const extra of [17, 1000, SEALED_CHUNK]) {
    t.is(await codeOf(() => open(resealed(sealed, concatBytes(body, randomBytes(extra))))), 'chunk_authentication');
  }
  t.is(await codeOf(() => open(resealed(sealed, concatBytes(body, new Uint8Array(16))))), 'body_size_impossible');
});

test('swapped, repeated and dropped chunks are refused even under a tree over them', async (t) => {
  const { sealed, body } = await seal(randomBytes(4 * CHUNK_SIZE));
  const nonce = body.slice(0, 16);
  const chunk = (index: number): Uint8Array => body.slice(16 + index * SEALED_CHUNK, 16 + (index + 1) * SEALED_CHUNK);
  for (const order of [
    [1, 0, 2, 3],
    [0, 1, 3, 2],
    [0, 1, 1, 3],
    [0, 1, 3],
    [0, 1, 2],
    [0, 1, 2, 3, 3],
    [3, 0, 1, 2],
  ]) {
    const mixed = concatBytes(nonce, ...order.map(chunk));
    t.is(await codeOf(() => open(resealed(sealed, mixed))), 'chunk_authentication', order.join());
  }
  const foreign = await seal(randomBytes(4 * CHUNK_SIZE));
  t.is(await codeOf(() => open(resealed(sealed, concatBytes(nonce, foreign.body.slice(16))))), 'chunk_authentication');
});

test('the sink gets verified plaintext only: a bad second leaf leaves it a prefix of the truth', async (t) => {
  const plaintext = randomBytes(3 * LEAF_SIZE);
  const { sealed, body } = await seal(plaintext);
  const output = collect();
  const altered = flipped(body, 2 * LEAF_SIZE + 5);
  t.is(
    await codeOf(() => openBody({ ...sealed, recipient: key.recipient, content_key: key }, bytesOf(altered), output.sink)),
    'leaf_mismatch',
  );
  const released = output.bytes();
  t.true(released.length > 0 && released.length <= 2 * LEAF_SIZE);
  t.true(equalBytes(released, plaintext.slice(0, released.length)));
});
