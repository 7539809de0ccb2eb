import { readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import {
  appendHashes,
  consistencyPath,
  encodeHex,
  type HashOf,
  hashesOf,
  inclusionPath,
  leafHash,
  rootOfSize,
  sha256,
  treeRoot,
  utf8,
  verifyConsistency,
  verifyInclusion,
} from '#crypto';
import { codeOf, conformance, flipped, refusal } from './conformance.ts';

const bytes = (text: string | null | undefined): Uint8Array => new Uint8Array(Buffer.from(text ?? '', 'base64'));
const lines = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

interface InclusionVector {
  file: string;
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  wantErr: boolean;
}

conformance('rfc6962-merkle/inclusion.jsonl', 'inclusion proofs agree with the 98 published vectors', async (t, file) => {
  const vectors = lines<InclusionVector>(file);
  t.is(vectors.length, 98);
  for (const v of vectors) {
    const claim = {
      index: v.leafIdx,
      size: v.treeSize,
      leaf_hash: bytes(v.leafHash),
      root: bytes(v.root),
      path: (v.proof ?? []).map(bytes),
    };
    t.is((await codeOf(() => verifyInclusion(claim))) !== undefined, v.wantErr, v.file);
  }
});

interface ConsistencyVector {
  file: string;
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[] | null;
  wantErr: boolean;
}

conformance(
  'rfc6962-merkle/consistency.jsonl',
  'consistency proofs agree with the 98 published vectors, but for one whose equal roots are no hashes',
  async (t, file) => {
    const vectors = lines<ConsistencyVector>(file);
    t.is(vectors.length, 98);
    for (const v of vectors) {
      const claim = {
        first: v.size1,
        second: v.size2,
        first_root: bytes(v.root1),
        second_root: bytes(v.root2),
        path: (v.proof ?? []).map(bytes),
      };
      const code = await codeOf(() => verifyConsistency(claim));
      if (v.file === 'consistency/additional/sizes-are-equal-one-and-proof-is-empty.json') {
        t.deepEqual([v.wantErr, claim.first_root.length, code], [false, 12, 'malformed_proof']);
      } else {
        t.is(code !== undefined, v.wantErr, v.file);
      }
    }
  },
);

const leaves = Array.from({ length: 70 }, (_, index) => leafHash(utf8(`act ${index}`)));
const hashOf = hashesOf(leaves);
/** Only what a log of that size has stored: asking for more is a mistake of the prover. */
const storedAt =
  (size: number): HashOf =>
  (level, index) => {
    if ((index + 1) * 2 ** level > size) throw new Error(`subtree ${level}/${index} is not complete at ${size}`);
    return hashOf(level, index);
  };
const rootAt = (size: number): Uint8Array => treeRoot(leaves.slice(0, size));

test('the root of few leaves is that of the definition', (t) => {
  t.is(encodeHex(treeRoot([])), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  t.is(encodeHex(leafHash(new Uint8Array(0))), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
  t.deepEqual(treeRoot(leaves.slice(0, 1)), leaves[0]);
});

test('the root from stored subtrees is the root of the leaves, at every size', async (t) => {
  for (let size = 1; size <= leaves.length; size++) {
    t.deepEqual(await rootOfSize(size, storedAt(size)), rootAt(size), String(size));
  }
  await t.throwsAsync(rootOfSize(0, hashOf), refusal('empty_tree'));
});

test('every leaf of every tree proves its inclusion, at no other place, size or root', async (t) => {
  for (let size = 1; size <= 35; size++) {
    for (let index = 0; index < size; index++) {
      const path = await inclusionPath(size, index, storedAt(size));
      const claim = { index, size, leaf_hash: leaves[index] ?? sha256(), path, root: rootAt(size) };
      t.notThrows(() => verifyInclusion(claim));
      for (const other of [index - 1, index + 1]) {
        if (other >= 0 && other < size) t.not(await codeOf(() => verifyInclusion({ ...claim, index: other })), undefined);
      }
      t.is(await codeOf(() => verifyInclusion({ ...claim, root: flipped(claim.root, 3) })), 'proof_mismatch');
      t.is(await codeOf(() => verifyInclusion({ ...claim, leaf_hash: flipped(claim.leaf_hash, 31) })), 'proof_mismatch');
      for (const [step, hash] of path.entries()) {
        t.is(await codeOf(() => verifyInclusion({ ...claim, path: path.with(step, flipped(hash, 0)) })), 'proof_mismatch');
      }
      t.is(await codeOf(() => verifyInclusion({ ...claim, path: [...path, sha256()] })), 'malformed_proof');
      if (path.length > 0) t.is(await codeOf(() => verifyInclusion({ ...claim, path: path.slice(1) })), 'malformed_proof');
    }
  }
});

test('every tree proves that it continues every earlier one, and no other', async (t) => {
  for (let second = 1; second <= 35; second++) {
    for (let first = 1; first <= second; first++) {
      const path = await consistencyPath(first, second, storedAt(second));
      const claim = { first, second, first_root: rootAt(first), second_root: rootAt(second), path };
      t.notThrows(() => verifyConsistency(claim), `${first} ${second}`);
      t.is(await codeOf(() => verifyConsistency({ ...claim, first_root: flipped(claim.first_root, 0) })), 'proof_mismatch');
      t.is(await codeOf(() => verifyConsistency({ ...claim, second_root: flipped(claim.second_root, 0) })), 'proof_mismatch');
      for (const [step, hash] of path.entries()) {
        t.is(await codeOf(() => verifyConsistency({ ...claim, path: path.with(step, flipped(hash, 0)) })), 'proof_mismatch');
      }
      t.is(await codeOf(() => verifyConsistency({ ...claim, path: [...path, sha256()] })), 'malformed_proof');
    }
  }
});

test('a leaf changed in a longer tree makes every proof of consistency fail', async (t) => {
  const forged = hashesOf(leaves.with(4, leafHash(utf8('another act'))));
  for (let first = 5; first < 20; first++) {
    const path = await consistencyPath(first, 20, forged);
    t.not(
      await codeOf(async () =>
        verifyConsistency({ first, second: 20, first_root: rootAt(first), second_root: await rootOfSize(20, forged), path }),
      ),
      undefined,
    );
  }
});

test('claims about empty trees, other sizes and hashes of another length are refused', async (t) => {
  const root = rootAt(3);
  const path = await inclusionPath(3, 0, hashOf);
  const leaf_hash = leaves[0] ?? root;
  for (const size of [0, -1, 0.5, NaN, 2 ** 53]) {
    t.throws(() => verifyInclusion({ index: 0, size, leaf_hash, path, root }), refusal('empty_tree'));
  }
  for (const index of [-1, 3, 0.5, NaN]) {
    t.throws(() => verifyInclusion({ index, size: 3, leaf_hash, path, root }), refusal('malformed_proof'));
  }
  t.throws(() => verifyInclusion({ index: 0, size: 3, leaf_hash: leaf_hash.slice(1), path, root }), refusal('malformed_proof'));
  t.throws(
    () => verifyInclusion({ index: 0, size: 3, leaf_hash, path: [...path.slice(1), new Uint8Array(31)], root }),
    refusal('malformed_proof'),
  );
  t.throws(
    () => verifyInclusion({ index: 0, size: 3, leaf_hash, path: Array.from({ length: 1000 }, () => root), root }),
    refusal('malformed_proof'),
  );
  await t.throwsAsync(async () => inclusionPath(0, 0, hashOf), refusal('empty_tree'));
  await t.throwsAsync(async () => inclusionPath(3, 3, hashOf), refusal('malformed_proof'));
  await t.throwsAsync(async () => consistencyPath(4, 3, hashOf), refusal('malformed_proof'));
  await t.throwsAsync(async () => consistencyPath(0, 3, hashOf), refusal('empty_tree'));
  t.throws(
    () => verifyConsistency({ first: 3, second: 3, first_root: root, second_root: rootAt(4), path: [] }),
    refusal('proof_mismatch'),
  );
  t.throws(
    () => verifyConsistency({ first: 3, second: 3, first_root: root, second_root: root, path: [root] }),
    refusal('malformed_proof'),
  );
  t.throws(
    () => verifyConsistency({ first: 3, second: 5, first_root: root, second_root: root, path: [] }),
    refusal('malformed_proof'),
  );
});

async function grow(t: ExecutionContext, batches: readonly number[]): Promise<void> {
  const stored = new Map<string, Uint8Array>();
  const read: HashOf = (level, index) => {
    const hash = stored.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`asked for ${level}/${index}, which is not stored`);
    return hash;
  };
  let size = 0;
  for (const batch of batches) {
    const appended = await appendHashes(size, leaves.slice(size, size + batch), read);
    for (const { level, index, hash } of appended.stored) {
      t.false(stored.has(`${level}/${index}`), 'a stored hash never changes');
      stored.set(`${level}/${index}`, hash);
    }
    size += batch;
    t.deepEqual(appended.root, rootAt(size));
  }
  for (let index = 0; index < size; index++) {
    verifyInclusion({
      index,
      size,
      leaf_hash: leaves[index] ?? sha256(),
      path: await inclusionPath(size, index, read),
      root: rootAt(size),
    });
  }
}

test('appending in any batches stores each complete subtree once and gives the same tree', async (t) => {
  await grow(t, [1, 1, 1, 1, 1, 1, 1, 1]);
  await grow(t, [70]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 1, maxLength: 5 }), async (batches) =>
      grow(t, batches),
    ),
    { numRuns: 40 },
  );
  await t.throwsAsync(appendHashes(0, [], hashOf), refusal('empty_tree'));
});

test('places beyond 32 bits are counted exactly', async (t) => {
  // A tree of 2^40 + 1 leaves whose left part is one stored hash.
  const left = sha256(utf8('2^40 leaves'));
  const size = 2 ** 40 + 1;
  const last = leafHash(utf8('last'));
  const big: HashOf = (level, index) =>
    level === 40 && index === 0 ? left : level === 0 && index === 2 ** 40 ? last : Promise.reject(new Error(`${level}/${index}`));
  const path = await inclusionPath(size, 2 ** 40, big);
  t.deepEqual(path, [left]);
  const root = await rootOfSize(size, big);
  t.notThrows(() => verifyInclusion({ index: 2 ** 40, size, leaf_hash: last, path, root }));
  t.throws(() => verifyInclusion({ index: 2 ** 40 - 1, size, leaf_hash: last, path, root }), refusal('malformed_proof'));
  t.notThrows(() => verifyConsistency({ first: 2 ** 40, second: size, first_root: left, second_root: root, path: [last] }));
});
