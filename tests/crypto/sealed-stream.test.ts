import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { bytesOf, collect, CryptoError, generateAgeIdentity, openSealedStream, randomBytes, sealStream } from '#crypto';
import { withStockAge } from './conformance.ts';

const execute = promisify(execFile);
const SIZES = [0, 1, 65_535, 65_536, 65_537, 3 * 65_536];

async function sealed(plaintext: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
  const file = collect();
  await sealStream(inPieces(plaintext, 10_000), recipients, file.sink);
  return file.bytes();
}

async function opened(file: Uint8Array, identity: string, size = file.length): Promise<Uint8Array> {
  const plaintext = collect();
  await openSealedStream(inPieces(file, 7001), size, [identity], plaintext.sink);
  return plaintext.bytes();
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(() => 'nothing', (error: unknown) => (error instanceof CryptoError ? error.code : String(error)));
}

test('what is sealed as a stream opens again for each of its recipients, at every edge of a chunk', async (t) => {
  const [anne, bruno] = [await generateAgeIdentity(), await generateAgeIdentity()];
  for (const size of SIZES) {
    const plaintext = randomBytes(size);
    const file = await sealed(plaintext, [anne.recipient, bruno.recipient]);
    t.deepEqual(await opened(file, anne.identity), plaintext);
    t.deepEqual(await opened(file, bruno.identity), plaintext);
  }
});

withStockAge('stock age opens a sealed stream', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-stream-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const anne = await generateAgeIdentity();
  await writeFile(join(folder, 'identity.txt'), `${anne.identity}\n`, { mode: 0o600 });
  for (const size of SIZES) {
    const plaintext = randomBytes(size);
    await writeFile(join(folder, 'file.age'), await sealed(plaintext, [anne.recipient]));
    await execute('age', ['-d', '-i', join(folder, 'identity.txt'), '-o', join(folder, 'file'), join(folder, 'file.age')]);
    // age makes no file for an empty one.
    t.deepEqual(new Uint8Array(size === 0 ? [] : await readFile(join(folder, 'file'))), plaintext);
  }
});

test('a sealed stream that was cut, lengthened, altered or sealed to another is refused', async (t) => {
  const [anne, bruno] = [await generateAgeIdentity(), await generateAgeIdentity()];
  const file = await sealed(randomBytes(100_000), [anne.recipient]);
  t.is(await refusal(opened(file, bruno.identity)), 'wrong_recipient');
  t.is(await refusal(opened(file.subarray(0, -1), anne.identity)), 'chunk_authentication');
  t.is(await refusal(opened(file.subarray(0, -1), anne.identity, file.length)), 'truncated');
  t.is(await refusal(opened(Buffer.concat([file, Buffer.alloc(1)]), anne.identity, file.length)), 'trailing_bytes');
  const flipped = file.slice();
  flipped[90_000] = (flipped[90_000] ?? 0) ^ 1;
  t.is(await refusal(opened(flipped, anne.identity)), 'chunk_authentication');
  t.is(await refusal(opened(file.subarray(0, 50), anne.identity)), 'header_malformed');
  t.is(await refusal(sealStream(bytesOf(new Uint8Array(1)), [], () => undefined)), 'no_recipient');
});
