import { Encrypter } from 'age-encryption';
import test from 'ava';
import {
  concatBytes,
  generateAgeIdentity,
  generateContentKey,
  headerLength,
  openText,
  parseContentKey,
  recipientKind,
  recipientOf,
  sealText,
  SEALED_TEXT_MAX_BYTES,
  SEALED_TEXT_MAX_RECIPIENTS,
  utf8,
} from '#crypto';
import { codeOf, flipped, refusal } from './conformance.ts';

const dataset = '5f0c3a52-7a0e-4c0e-9b1e-0d9a54c1a003';
const alice = await generateAgeIdentity();
const bob = await generateAgeIdentity();
const quantum = await generateAgeIdentity('pq');

test('a sealed text opens for each of its recipients and for nobody else', async (t) => {
  const file = await sealText('héllo', [alice.recipient, bob.recipient]);
  t.deepEqual(await openText(file, [alice.identity]), utf8('héllo'));
  t.deepEqual(await openText(file, [quantum.identity, bob.identity]), utf8('héllo'));
  await t.throwsAsync(openText(file, [quantum.identity]), refusal('wrong_recipient'));
  await t.throwsAsync(openText(file, []), refusal('malformed_identity'));
  await t.throwsAsync(openText(file, ['AGE-SECRET-KEY-1']), refusal('malformed_identity'));
});

test('one flipped bit anywhere in a sealed text is refused', async (t) => {
  const file = await sealText('hello', [alice.recipient]);
  for (let at = 0; at < file.length; at++) {
    t.not(await codeOf(() => openText(flipped(file, at, at % 8), [alice.identity])), undefined, `byte ${at}`);
  }
  t.is(await codeOf(() => openText(flipped(file, file.length - 1), [alice.identity])), 'chunk_authentication');
  t.is(await codeOf(() => openText(file.slice(0, -1), [alice.identity])), 'chunk_authentication');
  t.is(await codeOf(() => openText(concatBytes(file, utf8('x')), [alice.identity])), 'chunk_authentication');
  t.is(await codeOf(() => openText(file.slice(0, headerLength(file)), [alice.identity])), 'body_size_impossible');
});

test('recipients of the two kinds are never mixed, and nobody is no recipient', async (t) => {
  await t.throwsAsync(sealText('x', [alice.recipient, quantum.recipient]), refusal('mixed_recipients'));
  await t.throwsAsync(sealText('x', []), refusal('no_recipient'));
  t.deepEqual(await openText(await sealText('x', [quantum.recipient]), [quantum.identity]), utf8('x'));
});

test('texts keep to 1 MiB and 20 recipients, one more is refused', async (t) => {
  const largest = new Uint8Array(SEALED_TEXT_MAX_BYTES);
  t.deepEqual(await openText(await sealText(largest, [alice.recipient]), [alice.identity]), largest);
  await t.throwsAsync(sealText(new Uint8Array(SEALED_TEXT_MAX_BYTES + 1), [alice.recipient]), refusal('too_large'));
  const encrypter = new Encrypter();
  encrypter.addRecipient(alice.recipient);
  const larger = await encrypter.encrypt(new Uint8Array(SEALED_TEXT_MAX_BYTES + 1));
  await t.throwsAsync(openText(larger, [alice.identity]), refusal('too_large'));
  const many = Array.from({ length: SEALED_TEXT_MAX_RECIPIENTS }, () => alice.recipient);
  await t.notThrowsAsync(sealText('x', many));
  await t.throwsAsync(sealText('x', [...many, alice.recipient]), refusal('header_stanza_count'));
});

test('other kinds of recipients, and damaged ones, are refused', async (t) => {
  const damaged = alice.recipient.slice(0, -1) + (alice.recipient.endsWith('q') ? 'p' : 'q');
  for (const text of [
    '',
    'age1',
    damaged,
    alice.recipient.toUpperCase(),
    alice.identity,
    'ssh-ed25519 AAAA',
    'age1tag1qqqqqqqq',
    'age1yubikey1qqqqqqqq',
    `${alice.recipient} `,
  ]) {
    t.throws(() => recipientKind(text), refusal('malformed_recipient'), text.slice(0, 20));
    await t.throwsAsync(sealText('x', [text]), refusal('malformed_recipient'));
  }
  t.is(recipientKind(alice.recipient), 'classic');
  t.is(recipientKind(quantum.recipient), 'pq');
});

test('a recipient of small order is refused: everyone would know the shared secret', async (t) => {
  // The points 0 and 1, with valid checksums: in form they are recipients.
  for (const point of [
    'age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z',
    'age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya',
  ]) {
    t.is(recipientKind(point), 'classic');
    await t.throwsAsync(sealText('x', [point]), refusal('malformed_recipient'));
  }
});

test('the recipient of an identity is always the same, and errors never quote a secret', async (t) => {
  t.is(await recipientOf(bob.identity), bob.recipient);
  const damaged = bob.identity.slice(0, -1) + (bob.identity.endsWith('Q') ? 'P' : 'Q');
  const error = await t.throwsAsync(recipientOf(damaged), refusal('malformed_identity'));
  t.false(JSON.stringify([error?.message, String(error?.cause)]).includes(bob.identity.slice(20, 40)));
});

test('a content key is the exact text of formats: an age identity file', async (t) => {
  const key = await generateContentKey(dataset, 12);
  t.is(key.text, `# sceau content key v1\n# dataset: ${dataset}\n# epoch: 12\n# public key: ${key.recipient}\n${key.identity}\n`);
  t.deepEqual(await parseContentKey(key.text), key);
  const hybrid = await generateContentKey(dataset, 1, 'pq');
  t.deepEqual(await parseContentKey(hybrid.text), hybrid);
});

test('a content key text that differs in any way is refused', async (t) => {
  const key = await generateContentKey(dataset, 12);
  for (const text of [
    '',
    key.text.slice(0, -1),
    `${key.text}\n`,
    `\n${key.text}`,
    key.text.replaceAll('\n', '\r\n'),
    key.text.replace('v1', 'v2'),
    key.text.replace('epoch: 12', 'epoch: 012'),
    key.text.replace('epoch: 12', 'epoch: 0'),
    key.text.replace('epoch: 12', 'epoch: 1000000000'),
    key.text.replace('epoch: 12', 'epoch: -1'),
    key.text.replace(dataset, dataset.toUpperCase()),
    key.text.replace('# epoch', '#epoch'),
    key.text + key.identity,
    key.text.replace('AGE-SECRET', 'age-secret'),
    'x'.repeat(5000),
  ]) {
    await t.throwsAsync(parseContentKey(text), refusal('malformed_content_key'), text.slice(0, 40));
  }
  const foreign = await generateContentKey(dataset, 12);
  await t.throwsAsync(parseContentKey(key.text.replace(key.recipient, foreign.recipient)), refusal('recipient_mismatch'));
  await t.throwsAsync(
    parseContentKey(key.text.replace(/.\n$/, (end) => (end === 'Q\n' ? 'P\n' : 'Q\n'))),
    refusal('malformed_identity'),
  );
  await t.throwsAsync(generateContentKey('not-a-uuid', 1), refusal('malformed_content_key'));
  await t.throwsAsync(generateContentKey(dataset, 0), refusal('malformed_content_key'));
});
