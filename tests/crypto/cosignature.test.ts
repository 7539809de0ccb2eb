import test from 'ava';
import {
  cosignCheckpoint,
  generateSigningKey,
  leafHash,
  signCheckpoint,
  utf8,
  verifyCheckpoint,
  verifyCosignatures,
} from '#crypto';
import { codeOf, flipped, refusal } from './conformance.ts';

const now = new Date('2026-11-24T12:00:00Z');
const logKey = generateSigningKey();
const log = { origin: 'portal.example/log', jwk: logKey.public_jwk };
const note = signCheckpoint({ origin: log.origin, size: 1, root: leafHash(utf8('act')) }, logKey);
const [north, south] = ['node-north.example', 'node-south.example'].map((name) => ({ name, key: generateSigningKey() })) as [
  { name: string; key: ReturnType<typeof generateSigningKey> },
  { name: string; key: ReturnType<typeof generateSigningKey> },
];
const known = [north, south].map(({ name, key }) => ({ name, jwk: key.public_jwk }));

test('a checkpoint carries the cosignatures of its witnesses and still verifies', (t) => {
  const cosigned = cosignCheckpoint(cosignCheckpoint(note, log, north, { now }), log, south, {
    now: new Date('2026-11-24T12:00:05Z'),
  });
  t.is(verifyCheckpoint(cosigned, log).size, 1);
  t.deepEqual(verifyCosignatures(cosigned, known), [
    { name: north.name, cosigned_at: '2026-11-24T12:00:00Z' },
    { name: south.name, cosigned_at: '2026-11-24T12:00:05Z' },
  ]);
  t.deepEqual(verifyCosignatures(note, known), []);
});

test('one witness under two names counts once, and unknown witnesses not at all', (t) => {
  const alias = { name: 'other.example', key: north.key };
  const cosigned = cosignCheckpoint(cosignCheckpoint(note, log, north, { now }), log, alias, { now });
  t.is(verifyCosignatures(cosigned, [...known, { name: alias.name, jwk: north.key.public_jwk }]).length, 1);
  t.is(verifyCosignatures(cosigned, [{ name: south.name, jwk: south.key.public_jwk }]).length, 0);
});

test('a witness does not cosign what the log did not sign', (t) => {
  t.throws(() => cosignCheckpoint(note.replace('\n1\n', '\n2\n'), log, north, { now }), refusal('checkpoint_signature'));
});

test('one flipped bit in a cosignature, its time included, is refused; so is a second one of the same witness', async (t) => {
  const cosigned = cosignCheckpoint(note, log, north, { now });
  const line = cosigned.slice(note.length);
  const blob = new Uint8Array(Buffer.from(line.split(' ')[2] ?? '', 'base64'));
  t.is(blob.length, 76);
  for (let at = 4; at < blob.length; at++) {
    const altered = `${note}— ${north.name} ${Buffer.from(flipped(blob, at, at % 8)).toString('base64')}\n`;
    t.is(await codeOf(() => verifyCosignatures(altered, known)), 'cosignature_invalid', `byte ${at}`);
  }
  t.is(
    await codeOf(() =>
      verifyCosignatures(`${note}— ${north.name} ${Buffer.from(blob.slice(0, -1)).toString('base64')}\n`, known),
    ),
    'cosignature_invalid',
  );
  t.is(await codeOf(() => verifyCosignatures(cosigned + line, known)), 'cosignature_invalid');
});

test('the plain signature of a witness is no cosignature, nor the log’s own', (t) => {
  const plain = signCheckpoint({ origin: north.name, size: 1, root: leafHash(utf8('act')) }, north.key).split('\n\n')[1] ?? '';
  t.deepEqual(verifyCosignatures(note + plain, known), []);
  t.deepEqual(verifyCosignatures(note, [{ name: log.origin, jwk: log.jwk }]), []);
});
