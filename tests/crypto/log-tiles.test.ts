import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendHashes, concatBytes, encodeHex, type HashOf, leafHash, rootOfSize, treeRoot, utf8, verifyCheckpoint, parseVkey } from '#crypto';
import { conformance } from './conformance.ts';

const VKEY = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
const WORDS = 'one two three four five six seven eit nain ten ileven twelf threeten fourten fivten'.split(' ');

conformance('tlog-tiles-tessera/testdata/log/tile', 'the 15 bundles and 15 hash tiles of a published C2SP log hold its leaves and our hashes of them, down to each signed root', async (t, folder) => {
  const bundles = readdirSync(join(folder, 'entries/000.p'));
  const tiles = readdirSync(join(folder, '0/000.p'));
  t.is(bundles.length, 15);
  t.is(tiles.length, bundles.length);
  const { name, jwk } = parseVkey(VKEY);
  for (const width of bundles) {
    const leaves = readBundle(readFileSync(join(folder, 'entries/000.p', width)));
    t.deepEqual(leaves, WORDS.slice(0, Number(width)).map(utf8), `bundle ${width}`);
    const hashes = leaves.map(leafHash);
    t.is(encodeHex(concatBytes(...hashes)), readFileSync(join(folder, '0/000.p', width)).toString('hex'), `tile ${width}`);
    const { root } = verifyCheckpoint(readFileSync(join(folder, '..', `checkpoint.${width}`), 'utf8'), { origin: name, jwk });
    t.deepEqual(treeRoot(hashes), root, `checkpoint ${width}`);
  }
});

conformance('tlog-tiles-tessera/testdata/log/tile', 'a log grown leaf by leaf from the published bundle has each published root on the way', async (t, folder) => {
  const leaves = readBundle(readFileSync(join(folder, 'entries/000.p/15')));
  const stored = new Map<string, Uint8Array>();
  const hashOf: HashOf = async (level, index) => {
    const hash = stored.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`no hash ${level}/${index}`);
    return hash;
  };
  const { name, jwk } = parseVkey(VKEY);
  for (const [size, leaf] of leaves.entries()) {
    const appended = await appendHashes(size, [leafHash(leaf)], hashOf);
    for (const { level, index, hash } of appended.stored) stored.set(`${level}/${index}`, hash);
    const signed = verifyCheckpoint(readFileSync(join(folder, '..', `checkpoint.${size + 1}`), 'utf8'), { origin: name, jwk });
    t.deepEqual(appended.root, signed.root, `${size + 1} leaves, while appending`);
    t.deepEqual(await rootOfSize(size + 1, hashOf), signed.root, `${size + 1} leaves, from what is stored`);
  }
  t.is(leaves.length, 15);
});

/** The entries of a bundle: each has two bytes of length, big-endian, before it (C2SP tlog-tiles). */
function readBundle(bundle: Buffer): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bundle.length; ) {
    const length = bundle.readUInt16BE(at);
    entries.push(new Uint8Array(bundle.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  return entries;
}
