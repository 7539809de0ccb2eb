import test from 'ava';
import fc from 'fast-check';
import {
  decodeBase64url,
  decodeHex,
  digestBytes,
  digestFromBytes,
  digestFromHex,
  digestOf,
  encodeBase64url,
  encodeHex,
  equalBytes,
  hexOfDigest,
  sha256,
  utf8,
} from '#crypto';
import { codeOf, refusal } from './conformance.ts';

test('base64url has one text for each byte string, and back', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => equalBytes(decodeBase64url(encodeBase64url(bytes)), bytes)),
  );
  t.is(encodeBase64url(new Uint8Array([251, 255, 0])), '-_8A');
});

test('base64url refuses padding, blanks, the other alphabet, loose last bits and a length that no bytes have', (t) => {
  for (const text of ['AA==', 'AA ', ' AA', 'A\nA', '+_8A', '/_8A', 'AB', 'A', 'AAAAA', 'Zg=', 'é', 'AA\u0000']) {
    t.throws(() => decodeBase64url(text), refusal('malformed_base64url'), JSON.stringify(text));
  }
});

test('any text either decodes to bytes that encode to it again or is refused', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 40 }), async (text) => {
      const code = await codeOf(() => decodeBase64url(text));
      return code === undefined ? encodeBase64url(decodeBase64url(text)) === text : code === 'malformed_base64url';
    }),
  );
  t.pass();
});

test('base64url of a given length refuses one byte less and one more', (t) => {
  const text = encodeBase64url(new Uint8Array(32));
  t.is(decodeBase64url(text, 32).length, 32);
  t.throws(() => decodeBase64url(text, 31), refusal('malformed_base64url'));
  t.throws(() => decodeBase64url(text, 33), refusal('malformed_base64url'));
});

test('SHA-256 gives the published digests, over one part or several', (t) => {
  t.is(encodeHex(sha256()), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  t.is(encodeHex(sha256(utf8('a'), utf8('bc'))), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('a digest goes to bytes, to hexadecimal and back', (t) => {
  const digest = digestOf(utf8('abc'));
  t.is(digest, 'sha256:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
  t.deepEqual(digestFromBytes(digestBytes(digest)), digest);
  t.is(digestFromHex(hexOfDigest(digest)), digest);
});

test('a digest of another length, prefix, case or encoding is refused', (t) => {
  for (const text of [
    'sha256:',
    'sha256:AAAA',
    'sha512:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0',
    'SHA256:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0',
    'sha256:ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa1',
  ] as const) {
    t.throws(() => digestBytes(text as `sha256:${string}`), refusal('malformed_digest'), text);
  }
  t.throws(() => digestFromHex('AB'.repeat(32)), refusal('malformed_digest'));
  t.throws(() => digestFromHex('ab'.repeat(31)), refusal('malformed_digest'));
  t.throws(() => decodeHex('abc'), refusal('malformed_hex'));
});

test('equality of bytes holds for equal bytes only', (t) => {
  t.true(equalBytes(utf8('same'), utf8('same')));
  t.false(equalBytes(utf8('same'), utf8('sama')));
  t.false(equalBytes(utf8('same'), utf8('sam')));
  t.true(equalBytes(utf8(''), utf8('')));
});
