import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { ExecutionContext } from 'ava';
import {
  bytesOf,
  type ContentKey,
  encodeHex,
  generateContentKey,
  hashBody,
  headerLength,
  openBody,
  openText,
  randomBytes,
  sealBody,
  sealText,
  sha256,
  digestOf,
  TreeHasher,
  utf8,
} from '#crypto';
import { withStockAge } from './conformance.ts';

const dataset = '5f0c3a52-7a0e-4c0e-9b1e-0d9a54c1a001';
const MiB = 1024 * 1024;
const SIZES = [0, 1, 65_535, 65_536, 65_537, MiB - 1, MiB, MiB + 1];

async function age(args: readonly string[], input?: string): Promise<void> {
  const child = spawn('age', args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'inherit'] });
  child.stdin?.end(input);
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`age ${args.join(' ')} ended with ${code}`);
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-age-'));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function sealFile(source: string, key: ContentKey, target: string): ReturnType<typeof sealBody> {
  const body = createWriteStream(target);
  const sealed = await sealBody(createReadStream(source, { highWaterMark: MiB }), key.recipient, async (bytes) => {
    if (!body.write(bytes)) await once(body, 'drain');
  });
  body.end();
  await once(body, 'close');
  return sealed;
}

async function expectStockAgeOpens(t: ExecutionContext, folder: string, source: string): Promise<void> {
  const key = await generateContentKey(dataset, 3);
  const sealed = await sealFile(source, key, join(folder, 'body'));
  await writeFile(join(folder, 'content-key.txt'), key.text, { mode: 0o600 });
  await writeFile(join(folder, 'header'), sealed.header);
  // Exactly what the documentation tells people to do without this software: cat header body | age -d -i content-key.txt
  const cat = spawn('sh', ['-c', 'cat header body | age -d -i content-key.txt > plain'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(cat, 'close')) as [number];
  t.is(code, 0);
  const before = await hashBody(createReadStream(source));
  const after = await hashBody(createReadStream(join(folder, 'plain')));
  t.is(after.sha256, before.sha256);
  t.is(after.size, sealed.size);
}

withStockAge('stock age opens what we seal, byte for byte, at every size where chunks and leaves begin or end', async (t) => {
  for (const size of SIZES) {
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'source'), randomBytes(size));
      await expectStockAgeOpens(t, folder, join(folder, 'source'));
    });
  }
});

withStockAge('we open what stock age seals, byte for byte, at the same sizes', async (t) => {
  for (const size of SIZES) {
    await inFolder(async (folder) => {
      const key = await generateContentKey(dataset, 3);
      const plain = randomBytes(size);
      await writeFile(join(folder, 'source'), plain);
      await age(['-r', key.recipient, '-o', join(folder, 'sealed.age'), join(folder, 'source')]);
      const file = new Uint8Array(await readFile(join(folder, 'sealed.age')));
      const length = headerLength(file);
      const body = file.slice(length);
      const tree = new TreeHasher();
      tree.update(body);
      const { root, leaves } = tree.finish();
      const header = file.slice(0, length);
      const pieces: Uint8Array[] = [];
      const opened = await openBody(
        {
          header,
          header_sha256: digestOf(header),
          header_size: length,
          recipient: key.recipient,
          body_size: body.length,
          root,
          leaves,
          content_key: key,
        },
        bytesOf(body),
        (bytes) => void pieces.push(bytes),
      );
      t.is(opened.size, size);
      t.is(encodeHex(sha256(...pieces)), encodeHex(sha256(plain)), `${size} bytes`);
    });
  }
});

withStockAge('stock age opens a 200 MB body sealed from a file', async (t) => {
  await inFolder(async (folder) => {
    const source = join(folder, 'source');
    const file = await open(source, 'w');
    const block = randomBytes(8 * MiB);
    for (let written = 0; written < 200e6; written += block.length) {
      block[0] = written % 251;
      await file.write(block.subarray(0, Math.min(block.length, 200e6 - written)));
    }
    await file.close();
    await expectStockAgeOpens(t, folder, source);
  });
});

withStockAge('sealed texts open with stock age, and stock age’s with us', async (t) => {
  await inFolder(async (folder) => {
    const [mine, other] = [await generateContentKey(dataset, 1), await generateContentKey(dataset, 2)];
    await writeFile(join(folder, 'key'), other.text, { mode: 0o600 });
    await writeFile(join(folder, 'text.age'), await sealText(mine.text, [mine.recipient, other.recipient]));
    await age(['-d', '-i', join(folder, 'key'), '-o', join(folder, 'text'), join(folder, 'text.age')]);
    t.is(await readFile(join(folder, 'text'), 'utf8'), mine.text);

    await age(['-r', mine.recipient, '-r', other.recipient, '-o', join(folder, 'back.age')], 'héllo');
    t.deepEqual(await openText(new Uint8Array(await readFile(join(folder, 'back.age'))), [other.identity]), utf8('héllo'));
  });
});
