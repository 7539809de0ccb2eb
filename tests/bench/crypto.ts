import { randomUUID } from 'node:crypto';
import { copyFile, mkdtemp, open, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ContentKey, generateContentKey, hashFile, headerLength, digestOf, LEAF_SIZE, randomBytes, type SealedBody } from '#crypto';
import type { CryptoOutcome, CryptoWork } from './crypto-once.ts';
import { figure, machine, median, rounded, say, sayResult } from './figures.ts';
import { hasProgram, runCommand } from './run-command.ts';

/**
 * Program behind `npm run bench:crypto`: seals and opens a file of SCEAU_BENCH_BYTES bytes (1 GiB) in the temporary folder (TMPDIR),
 * tree included, beside stock `age`, which hashes nothing. Alternating rounds, medians; what one sealed is opened by the other and
 * compared byte for byte. Nobody waits for the disk (`fsync`), neither we nor they. The last line is JSON: `ratio` is our sealing
 * speed over age's, `open_ratio` the same of opening, null without age.
 */
const ROUNDS = 5;
const size = Number(process.env['SCEAU_BENCH_BYTES'] ?? 2 ** 30);
if (!Number.isSafeInteger(size) || size < 1) throw new Error('SCEAU_BENCH_BYTES is a number of bytes');
const folder = await mkdtemp(join(tmpdir(), 'sceau-bench-'));
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => void rm(folder, { recursive: true, force: true }).finally(() => process.exit(1)));
const place = (name: string): string => join(folder, name);
try {
  await bench();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const room = await statfs(folder);
  if (room.bavail * room.bsize < size * 9) throw new Error(`${folder} needs room for nine times ${size} bytes: set TMPDIR or SCEAU_BENCH_BYTES`);
  const with_age = await hasProgram('age');
  say(`bench:crypto, ${size} bytes in ${folder}; ${machine()}`);
  say(with_age ? (await runCommand('age', ['--version'])).output.trim().replace(/^/, 'age ') : 'age is not installed: nothing to compare with');

  const key = await generateContentKey(randomUUID(), 1);
  await writeFile(place('key.txt'), key.text, { mode: 0o600 });
  await makeSource(place('source'));
  if (with_age) await crossCheck(key);

  const took: Record<string, CryptoOutcome[]> = {};
  const peer: Record<string, { seconds: number; cpu_seconds: number }[]> = {};
  const ours = async (name: string, work: Pick<CryptoWork, 'kind' | 'source' | 'target'>): Promise<void> => void (took[name] ??= []).push(await once(key, work));
  const theirs = async (name: string, command: string, args: string[]): Promise<void> => void (peer[name] ??= []).push(await runCommand(command, args));
  for (let round = 0; round < ROUNDS; round++) {
    const sealing = [
      () => ours('seal', { kind: 'seal', source: 'source', target: 'body' }),
      ...(with_age ? [() => theirs('age', 'age', ['-r', key.recipient, '-o', place('by-age'), place('source')])] : []),
    ];
    for (const run of round % 2 === 0 ? sealing : sealing.toReversed()) await run();
    const opening = [
      () => ours('open', { kind: 'open', source: 'body', target: 'opened' }),
      ...(with_age ? [() => theirs('age -d', 'age', ['-d', '-i', place('key.txt'), '-o', place('opened-by-age'), place('by-age')])] : []),
    ];
    for (const run of round % 2 === 0 ? opening : opening.toReversed()) await run();
    await same('opened', 'source');
    if (with_age) await same('opened-by-age', 'source');
    await remove('body', 'by-age', 'opened', 'opened-by-age');
    await ours('seal, source hashed too', { kind: 'seal-checked', source: 'source', target: 'checked' });
    await theirs('cp', 'cp', [place('source'), place('copy')]);
    await remove('checked', 'copy');
  }
  const peak_rss = Math.max(...Object.values(took).flat().map((one) => one.peak_rss));
  const peak_rss_large = await largeFile(key);

  const speed = (runs: readonly { seconds: number }[] | undefined): number => size / 1e6 / median((runs ?? []).map((one) => one.seconds));
  const per_cpu = (runs: readonly { cpu_seconds: number }[] | undefined): number => size / 1e6 / median((runs ?? []).map((one) => one.cpu_seconds));
  say(`medians of ${ROUNDS} alternating rounds: MB/s, and MB per second of processor`);
  for (const [name, runs] of [...Object.entries(took), ...Object.entries(peer)]) say(`  ${name.padEnd(26)} ${figure(speed(runs)).padStart(6)} ${figure(per_cpu(runs)).padStart(8)}`);
  for (const line of await opensslLimits()) say(`  ${line}`);
  say(`peak memory ${figure(peak_rss / 1e6)} MB, with four times the bytes ${figure(peak_rss_large / 1e6)} MB`);
  sayResult({
    bench: 'crypto',
    bytes: size,
    ratio: rounded(speed(took['seal']) / speed(peer['age'])),
    open_ratio: rounded(speed(took['open']) / speed(peer['age -d'])),
    checked_ratio: rounded(speed(took['seal, source hashed too']) / speed(peer['age'])),
    seal_mb_per_second: rounded(speed(took['seal'])),
    open_mb_per_second: rounded(speed(took['open'])),
    age_mb_per_second: rounded(speed(peer['age'])),
    age_open_mb_per_second: rounded(speed(peer['age -d'])),
    cp_mb_per_second: rounded(speed(peer['cp'])),
    peak_rss_bytes: peak_rss,
    peak_rss_bytes_large: peak_rss_large,
    missing: with_age ? [] : ['age'],
  });
}

// One work in a process of its own. The clock runs from the call, with the start of its threads, not with the start of Node.
async function once(key: ContentKey, work: Pick<CryptoWork, 'kind' | 'source' | 'target'>): Promise<CryptoOutcome> {
  const whole: CryptoWork = { ...work, source: place(work.source), target: place(work.target), content_key: key, sealed: place('sealed.json') };
  const { output } = await runCommand(process.execPath, [fileURLToPath(new URL('crypto-once.js', import.meta.url)), JSON.stringify(whole)]);
  const outcome = JSON.parse(output) as CryptoOutcome;
  if (work.kind === 'seal') await writeFile(place('sealed.json'), outcome.sealed);
  return outcome;
}

// Before anything is measured: age opens what we seal, and we open what age seals.
async function crossCheck(key: ContentKey): Promise<void> {
  const { sealed } = await once(key, { kind: 'seal', source: 'source', target: 'body' });
  const made = JSON.parse(sealed) as { header: string };
  await writeFile(place('header'), Buffer.from(made.header, 'base64'));
  await runCommand('sh', ['-c', 'cat "$1" "$2" | age -d -i "$3" -o "$4"', 'sh', place('header'), place('body'), place('key.txt'), place('opened')]);
  await same('opened', 'source');
  await remove('opened', 'body');

  await runCommand('age', ['-r', key.recipient, '-o', place('by-age'), place('source')]);
  await writeFile(place('sealed.json'), await cutByAge('by-age', 'body'));
  await once(key, { kind: 'open', source: 'body', target: 'opened' });
  await same('opened', 'source');
  await remove('opened', 'body', 'by-age', 'header');
  say('age opened what we sealed, we opened what age sealed: byte for byte the source');
}

// Cuts an age file in two, as a sealed body is stored, and says of it what a manifest would.
async function cutByAge(from: string, to: string): Promise<string> {
  const [file, body] = [await open(place(from), 'r'), await open(place(to), 'wx+')];
  try {
    const start = new Uint8Array(4096);
    await file.read(start, 0, start.length, 0);
    const header = start.slice(0, headerLength(start));
    const piece = new Uint8Array(LEAF_SIZE);
    let position = 0;
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length, header.length + position);
      if (bytesRead === 0) break;
      await body.write(piece, 0, bytesRead, position);
      position += bytesRead;
    }
    const { root, leaves } = await hashFile({ body: body.fd, size: position });
    const described: Omit<SealedBody, 'header' | 'leaves'> = { header_sha256: digestOf(header), header_size: header.length, body_size: position, size, root };
    return JSON.stringify({ ...described, header: Buffer.from(header).toString('base64'), leaves: Buffer.from(leaves).toString('base64') });
  } finally {
    await file.close();
    await body.close();
  }
}

// Memory must not grow with the file: a file of four times the size, with holes for bytes, sealed and opened once.
async function largeFile(key: ContentKey): Promise<number> {
  await rm(place('source'));
  await writeFile(place('source'), '');
  await truncate(place('source'), size * 4);
  const sealed = await once(key, { kind: 'seal', source: 'source', target: 'body' });
  const opened = await once(key, { kind: 'open', source: 'body', target: 'opened' });
  await same('opened', 'source');
  return Math.max(sealed.peak_rss, opened.peak_rss);
}

async function opensslLimits(): Promise<string[]> {
  if (!(await hasProgram('openssl'))) return ['openssl is not installed: no limits'];
  const lines: string[] = [];
  for (const name of ['chacha20-poly1305', 'sha256']) {
    const { output } = await runCommand('openssl', ['speed', '-seconds', '1', '-bytes', '65536', '-evp', name]);
    const thousands = /([\d.]+)k\s*$/.exec(output.trim())?.[1];
    lines.push(`openssl speed ${name}: ${figure(Number(thousands) / 1000)} MB/s on one processor, in memory`);
  }
  return lines;
}

async function makeSource(path: string): Promise<void> {
  const block = randomBytes(8 * LEAF_SIZE);
  const file = await open(path, 'wx');
  for (let written = 0; written < size; written += block.length) {
    // No two blocks alike.
    new DataView(block.buffer).setFloat64(0, written);
    await file.write(block, 0, Math.min(block.length, size - written), written);
  }
  await file.close();
  // Once through the cache, so that the first reader has no other start than the next.
  await copyFile(path, `${path}.copy`);
  await rm(`${path}.copy`);
}

async function same(one: string, two: string): Promise<void> {
  await runCommand('cmp', [place(one), place(two)]);
}

async function remove(...names: readonly string[]): Promise<void> {
  for (const name of names) await rm(place(name), { force: true });
}
