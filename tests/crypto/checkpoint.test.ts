import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {
  encodeBase64url,
  generateSigningKey,
  hashesOf,
  inclusionPath,
  inclusionProof,
  type InclusionProof,
  leafHash,
  parseVkey,
  sha256,
  signBytes,
  signCheckpoint,
  treeRoot,
  utf8,
  verifyCheckpoint,
  verifyProof,
  vkeyOf,
} from '#crypto';
import { codeOf, conformance, flipped, refusal } from './conformance.ts';

const origin = 'portal.example/log';
const key = generateSigningKey();
const jwk = key.public_jwk;
const acts = Array.from({ length: 13 }, (_, index) => utf8(`{"v":1,"n":${index}}`));
const hashes = acts.map(leafHash);
const root = treeRoot(hashes);
const note = signCheckpoint({ origin, size: 13, root }, key);

conformance(
  'tlog-tiles-tessera/testdata/log',
  'the 16 checkpoints of a published C2SP log verify, with the roots of its published leaves',
  (t, folder) => {
    const { name, jwk: published } = parseVkey('example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx');
    t.is(vkeyOf(name, published), 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx');
    const words = 'one two three four five six seven eit nain ten ileven twelf threeten fourten fivten'.split(' ');
    const files = readdirSync(folder).filter((file) => /^checkpoint\.\d+$/.test(file));
    t.is(files.length, 16);
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      const verified = verifyCheckpoint(text, { origin: name, jwk: published });
      t.is(verified.size, Number(file.split('.')[1]));
      t.deepEqual(verified.root, treeRoot(words.slice(0, verified.size).map((word) => leafHash(utf8(word)))), file);
    }
  },
);

test('a checkpoint verifies under its origin and key only', (t) => {
  t.deepEqual(verifyCheckpoint(note, { origin, jwk }), { size: 13, root });
  t.throws(() => verifyCheckpoint(note, { origin: 'portal.example/log2', jwk }), refusal('checkpoint_signature'));
  t.throws(() => verifyCheckpoint(note, { origin, jwk: generateSigningKey().public_jwk }), refusal('checkpoint_signature'));
});

test('one flipped bit anywhere in a checkpoint is refused', async (t) => {
  const bytes = utf8(note);
  const codes = new Set<string | undefined>();
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [0, 5]) {
      const altered = new TextDecoder('utf-8').decode(flipped(bytes, at, bit));
      codes.add(await codeOf(() => verifyCheckpoint(altered, { origin, jwk })));
    }
  }
  t.deepEqual(codes, new Set(['checkpoint_signature', 'malformed_checkpoint']));
});

const sign = (text: string): string => {
  const [line = ''] = note.split('\n\n')[1]?.split('\n') ?? [];
  const id = Buffer.from(line.split(' ')[2] ?? '', 'base64').subarray(0, 4);
  return `${text}\n— ${origin} ${Buffer.concat([id, signBytes(key, utf8(text))]).toString('base64')}\n`;
};
const b64root = Buffer.from(root).toString('base64');
for (const [what, text, code] of [
  ['of another log', `other.example/log\n13\n${b64root}\n`, 'checkpoint_origin'],
  ['with a leading zero', `${origin}\n013\n${b64root}\n`, 'malformed_checkpoint'],
  ['with a sign', `${origin}\n+13\n${b64root}\n`, 'malformed_checkpoint'],
  ['with a size beyond 2^53', `${origin}\n9007199254740992\n${b64root}\n`, 'malformed_checkpoint'],
  ['with a hexadecimal root', `${origin}\n13\n${Buffer.from(root).toString('hex')}\n`, 'malformed_checkpoint'],
  ['with a short root', `${origin}\n13\n${Buffer.from(root.slice(1)).toString('base64')}\n`, 'malformed_checkpoint'],
  ['with an extension line', `${origin}\n13\n${b64root}\nmore\n`, 'malformed_checkpoint'],
  ['without a root', `${origin}\n13\n`, 'malformed_checkpoint'],
  ['of size 0 with a root of something', `${origin}\n0\n${b64root}\n`, 'malformed_checkpoint'],
] as const) {
  test(`a correctly signed checkpoint ${what} is refused`, (t) => {
    t.throws(() => verifyCheckpoint(sign(text), { origin, jwk }), refusal(code));
  });
}

test('signatures of witnesses are passed over, a second one of the log is not', (t) => {
  const witness = generateSigningKey();
  const cosigned = `${note}${note.replace(origin, 'witness.example').split('\n\n')[1]?.replace(origin, 'witness.example') ?? ''}`;
  t.is(verifyCheckpoint(cosigned, { origin, jwk }).size, 13);
  t.throws(
    () => verifyCheckpoint(cosigned, { origin: 'witness.example', jwk: witness.public_jwk }),
    refusal('checkpoint_signature'),
  );
  t.throws(() => verifyCheckpoint(note + (note.split('\n\n')[1] ?? ''), { origin, jwk }), refusal('checkpoint_signature'));
});

test('notes without signature, with control characters or too many lines are refused', (t) => {
  for (const text of [
    '',
    '\n',
    note.slice(0, -1),
    note.split('\n\n')[0] ?? '',
    `${note}\n`,
    note.replace('13', '1\t3'),
    note.replace('\n', '\r\n'),
    note + '— x AAAA\n',
    note + '- x AAAAAAAA\n',
    note + (note.split('\n\n')[1] ?? '').repeat(32),
    'x'.repeat(20_000),
  ]) {
    t.throws(() => verifyCheckpoint(text, { origin, jwk }), refusal('malformed_checkpoint'), JSON.stringify(text.slice(-30)));
  }
});

test('only a log name and an Ed25519 key sign checkpoints', (t) => {
  for (const name of ['', 'a b', 'a+b', '"@method"', 'a\nb', 'é', 'x'.repeat(256), '-x']) {
    t.throws(() => signCheckpoint({ origin: name, size: 13, root }, key), refusal('checkpoint_origin'), name);
  }
  t.throws(() => signCheckpoint({ origin, size: 13, root }, generateSigningKey('ES256')), refusal('algorithm_not_allowed'));
  for (const [size, hash] of [
    [-1, root],
    [1.5, root],
    [13, root.slice(1)],
    [0, root],
  ] as const)
    t.throws(() => signCheckpoint({ origin, size, root: hash }, key), refusal('malformed_checkpoint'));
  t.is(verifyCheckpoint(signCheckpoint({ origin, size: 0, root: sha256() }, key), { origin, jwk }).size, 0);
});

test('verifier keys that do not add up are refused', (t) => {
  const vkey = vkeyOf(origin, jwk);
  t.deepEqual(parseVkey(vkey), { name: origin, jwk, type: 1 });
  for (const text of [
    '',
    vkey.replace(origin, 'other.example'),
    vkey.slice(0, -1),
    vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
  ])
    t.throws(() => parseVkey(text), refusal('malformed_key'));
});

async function proofOf(index: number): Promise<InclusionProof> {
  return inclusionProof({
    log_origin: origin,
    index,
    size: 13,
    path: await inclusionPath(13, index, hashesOf(hashes)),
    checkpoint: note,
  });
}

test('a proof verifies offline for its leaf only', async (t) => {
  for (const [index, act] of acts.entries()) {
    const proof = JSON.parse(JSON.stringify(await proofOf(index))) as unknown;
    t.deepEqual(verifyProof(act, proof, { origin, jwk }), { size: 13, root });
    t.throws(() => verifyProof(acts[(index + 1) % 13] ?? act, proof, { origin, jwk }), refusal('proof_mismatch'));
    t.throws(() => verifyProof(flipped(act, 4), proof, { origin, jwk }), refusal('proof_mismatch'));
  }
});

test('a proof with any member altered is refused for what was altered', async (t) => {
  const proof = await proofOf(5);
  const [act = utf8('')] = acts.slice(5);
  const [first = ''] = proof.path;
  const changes: readonly (readonly [Record<string, unknown>, Parameters<typeof refusal>[0]])[] = [
    [{ log_origin: 'other.example/log' }, 'checkpoint_origin'],
    [{ index: 4 }, 'proof_mismatch'],
    [{ index: 13 }, 'malformed_proof'],
    [{ index: '5' }, 'malformed_proof'],
    [{ size: 12 }, 'proof_mismatch'],
    [{ path: proof.path.slice(1) }, 'malformed_proof'],
    [{ path: [...proof.path, first] }, 'malformed_proof'],
    [{ path: proof.path.toReversed() }, 'proof_mismatch'],
    [
      { path: [encodeBase64url(flipped(new Uint8Array(Buffer.from(first, 'base64url')), 7)), ...proof.path.slice(1)] },
      'proof_mismatch',
    ],
    [{ path: [`${first}=`, ...proof.path.slice(1)] }, 'malformed_base64url'],
    [{ path: [first.slice(4), ...proof.path.slice(1)] }, 'malformed_base64url'],
    [{ path: [1] }, 'malformed_proof'],
    [{ path: Array.from({ length: 54 }, () => first) }, 'malformed_proof'],
    [{ checkpoint: note.replace('13', '14') }, 'checkpoint_signature'],
    [{ checkpoint: signCheckpoint({ origin, size: 14, root }, key) }, 'proof_mismatch'],
    [{ extra: 1 }, 'malformed_proof'],
  ];
  for (const [change, code] of changes) {
    t.throws(
      () => verifyProof(act, { ...proof, ...change }, { origin, jwk }),
      refusal(code),
      JSON.stringify(change).slice(0, 60),
    );
  }
  const empty = { ...proof, size: 0, index: 0, path: [], checkpoint: signCheckpoint({ origin, size: 0, root: sha256() }, key) };
  t.throws(() => verifyProof(act, empty, { origin, jwk }), refusal('empty_tree'));
});

test('any text as a checkpoint and any JSON as a proof is refused without another failure', async (t) => {
  const parts = fc.constantFrom(origin, '\n', '\n\n', '— ', '13', b64root, ' ', 'AAAAAAAA', '=');
  await fc.assert(
    fc.asyncProperty(
      fc.array(parts, { maxLength: 12 }),
      async (text) => (await codeOf(() => verifyCheckpoint(text.join(''), { origin, jwk }))) !== undefined,
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.jsonValue(),
      async (value) => (await codeOf(() => verifyProof(utf8('x'), value, { origin, jwk }))) !== undefined,
    ),
  );
  t.pass();
});
