import { open, readFile } from 'node:fs/promises';
import { type ContentKey, openFile, sealFile, type SealedBody } from '#crypto';

/** One work of the benchmark, done in a process of its own so that its memory can be told. */
export interface CryptoWork {
  kind: 'seal' | 'seal-checked' | 'open';
  source: string;
  target: string;
  content_key: ContentKey;
  /** For opening: a file with what sealing gave, bytes as base64. */
  sealed: string;
}

/** What the process prints. */
export interface CryptoOutcome {
  seconds: number;
  cpu_seconds: number;
  peak_rss: number;
  sealed: string;
}

const work = JSON.parse(process.argv[2] ?? '') as CryptoWork;
const source = await open(work.source, 'r');
const target = await open(work.target, 'wx', 0o600);
const { size } = await source.stat();
const sealed = work.kind === 'open' ? decode(await readFile(work.sealed, 'utf8')) : undefined;
const cpu = process.cpuUsage();
const started = performance.now();
let text = '';
if (sealed === undefined) {
  const made = await sealFile({ source: source.fd, target: target.fd, size, recipient: work.content_key.recipient, hash_source: work.kind === 'seal-checked' });
  text = JSON.stringify({ ...made, header: Buffer.from(made.header).toString('base64'), leaves: Buffer.from(made.leaves).toString('base64') });
} else {
  await openFile({ ...sealed, recipient: work.content_key.recipient, content_key: work.content_key, body: source.fd, target: target.fd });
}
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
await source.close();
await target.close();
const outcome: CryptoOutcome = { seconds, cpu_seconds: (user + system) / 1e6, peak_rss: process.resourceUsage().maxRSS * 1024, sealed: text };
process.stdout.write(JSON.stringify(outcome));

function decode(json: string): SealedBody {
  const read = JSON.parse(json) as SealedBody & { header: string; leaves: string };
  return { ...read, header: new Uint8Array(Buffer.from(read.header, 'base64')), leaves: new Uint8Array(Buffer.from(read.leaves, 'base64')) };
}
