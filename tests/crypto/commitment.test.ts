import test from 'ava';
import {
  blindSubject,
  checkBlindSubject,
  checkCommitment,
  commitTo,
  decodeBase64url,
  digestOf,
  encodeBase64url,
  fingerprintOf,
  randomBytes,
  utf8,
} from '#crypto';
import { refusal } from './conformance.ts';

const contact = { contact_id: '1', name: 'Ana Pérez', email: 'ana@example.org' };

test('a commitment opens to its value under its salt only', (t) => {
  const { salt, commitment } = commitTo(contact);
  t.is(decodeBase64url(salt).length, 32);
  t.true(checkCommitment(contact, salt, commitment));
  t.true(checkCommitment({ email: 'ana@example.org', name: 'Ana Pérez', contact_id: '1' }, salt, commitment));
  t.false(checkCommitment({ ...contact, name: 'Ana Perez' }, salt, commitment));
  t.false(checkCommitment(contact, encodeBase64url(randomBytes(32)), commitment));
  t.false(checkCommitment(contact, salt, digestOf(utf8('x'))));
});

test('two commitments to one value look unrelated', (t) => {
  t.not(commitTo(contact).commitment, commitTo(contact).commitment);
});

test('a salt of another length is refused, so no byte can move between salt and value', (t) => {
  const { salt, commitment } = commitTo(contact);
  for (const wrong of [encodeBase64url(randomBytes(31)), encodeBase64url(randomBytes(33)), '', `${salt}=`]) {
    t.throws(() => checkCommitment(contact, wrong, commitment), refusal('malformed_salt'));
  }
});

test('a blinded subject is found again with its key only', (t) => {
  const digest = digestOf(utf8('grant'));
  const { key, subject } = blindSubject(digest);
  t.true(checkBlindSubject(digest, key, subject));
  t.false(checkBlindSubject(digestOf(utf8('another')), key, subject));
  t.false(checkBlindSubject(digest, encodeBase64url(randomBytes(32)), subject));
  t.not(blindSubject(digest).subject, subject);
  t.is(blindSubject(digest, key).subject, subject);
  t.throws(() => blindSubject(digest, encodeBase64url(randomBytes(16))), refusal('malformed_salt'));
});

test('a blinded subject is the HMAC of RFC 4231 case 2, with the key brought to 32 bytes', (t) => {
  // HMAC pads keys with zeros, so "Jefe" and its zero-padded form give one value.
  const key = new Uint8Array(32);
  key.set(utf8('Jefe'));
  t.is(
    blindSubject('what do ya want for nothing?', encodeBase64url(key)).subject,
    `sha256:${Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex').toString('base64url')}`,
  );
});

test('a fingerprint is six groups of five digits that depend on every part, its order and its boundaries', (t) => {
  const fingerprint = fingerprintOf('producer', 'portal');
  t.regex(fingerprint, /^\d{5}( \d{5}){5}$/);
  t.is(fingerprintOf('producer', 'portal'), fingerprint);
  for (const other of [
    fingerprintOf('portal', 'producer'),
    fingerprintOf('producerportal'),
    fingerprintOf('producer', 'portal', ''),
    fingerprintOf('producer', 'portaL'),
  ])
    t.not(other, fingerprint);
});
