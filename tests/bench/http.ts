import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startThrowawayServer } from '../support/throwaway-server.ts';
import { figure, machine, median, rounded, say, sayResult } from './figures.ts';
import { hasProgram } from './run-command.ts';
import type { ServedPortal } from './serve-portal.ts';
import { cpuSeconds, pidOf, startServer } from './server-process.ts';

/**
 * Program behind `npm run bench:http`: downloads of an open body, whole and in ranges of 1 MiB, beside nginx sending the same file with
 * sendfile; searches beside bare koa and router answering the same JSON. Servers are processes of their own on loopback; what counts is
 * work per second of the server's processor time, so the client and other work on the machine weigh little. Each answer is checked.
 * The last line is JSON with `download_ratio`, `range_ratio`, `api_ratio`; null where a peer is missing.
 */
const ROUNDS = 5;
const BODY_SIZE = 64 * 1024 * 1024;
const DOWNLOADS = 8;
const RANGE = 1024 * 1024;
const RANGES = 256;
const CALLS = 800;
const AT_ONCE = 16;

const folder = await mkdtemp(join(tmpdir(), 'sceau-bench-'));
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
let expected: string | undefined;
const endings: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
try {
  await bench();
} finally {
  agent.destroy();
  for (const end of endings.toReversed()) await end();
}

async function bench(): Promise<void> {
  say(`bench:http; ${machine()}`);
  const postgres = await startThrowawayServer(process.pid);
  endings.push(() => postgres.remove());
  const portal = await startServer<ServedPortal>('serve-portal.js', [String(BODY_SIZE)], { SCEAU_TEST_DATABASE_URL: postgres.url, SCEAU_TEST_RUN: `bench${process.pid}` });
  endings.push(() => portal.end());
  const { origin, body_path, stored_body, search_path } = portal.said;
  const answer = join(folder, 'answer.json');
  await writeFile(answer, (await fetchAll(`${origin}${search_path}`)).bytes);
  const bare = await startServer<{ origin: string }>('serve-bare.js', [answer]);
  endings.push(() => bare.end());
  const nginx = await startNginx(stored_body);

  const portal_body = { url: `${origin}${body_path}`, pid: portal.pid };
  const rates: Record<string, number[]> = {};
  const measure = async (name: string, pid: number, amount: number, run: () => Promise<void>): Promise<void> => {
    const before = await cpuSeconds(pid);
    await run();
    (rates[name] ??= []).push(amount / ((await cpuSeconds(pid)) - before));
  };
  for (let round = 0; round < ROUNDS; round++) {
    const peers = [{ name: 'portal', ...portal_body }, ...(nginx === undefined ? [] : [{ name: 'nginx', ...nginx }])];
    for (const { name, url, pid } of round % 2 === 0 ? peers : peers.toReversed()) {
      await measure(`${name}, whole body`, pid, (DOWNLOADS * BODY_SIZE) / 1e6, () => downloads(url));
      await measure(`${name}, ranges of 1 MiB`, pid, (RANGES * RANGE) / 1e6, () => ranges(url));
    }
    const apis = [{ name: 'portal, search', url: `${origin}${search_path}`, pid: portal.pid }, { name: 'bare koa, same JSON', url: `${bare.said.origin}${search_path}`, pid: bare.pid }];
    for (const { name, url, pid } of round % 2 === 0 ? apis : apis.toReversed()) await measure(name, pid, CALLS, () => calls(url));
  }
  say(`medians of ${ROUNDS} alternating rounds, per second of the server's processor: MB, or calls`);
  for (const [name, figures] of Object.entries(rates)) say(`  ${name.padEnd(26)} ${figure(median(figures)).padStart(8)}`);
  const ratio = (ours: string, peer: string): number | null => rounded(median(rates[ours] ?? []) / median(rates[peer] ?? []));
  sayResult({
    bench: 'http',
    download_ratio: ratio('portal, whole body', 'nginx, whole body'),
    range_ratio: ratio('portal, ranges of 1 MiB', 'nginx, ranges of 1 MiB'),
    api_ratio: ratio('portal, search', 'bare koa, same JSON'),
    download_mb_per_cpu_second: rounded(median(rates['portal, whole body'] ?? [])),
    calls_per_cpu_second: rounded(median(rates['portal, search'] ?? [])),
    missing: nginx === undefined ? ['nginx'] : [],
  });
}

// nginx as one process of one thread that sends the stored file; undefined where it is not installed.
async function startNginx(stored_body: string): Promise<{ url: string; pid: number } | undefined> {
  if (!(await hasProgram('nginx'))) return undefined;
  const port = await freePort();
  await copyFile(stored_body, join(folder, 'body'));
  await chmod(join(folder, 'body'), 0o644);
  const config = `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; events { worker_connections 64; }
http { access_log off; sendfile on; tcp_nopush on; client_body_temp_path ${folder}/t1; proxy_temp_path ${folder}/t2; fastcgi_temp_path ${folder}/t3;
uwsgi_temp_path ${folder}/t4; scgi_temp_path ${folder}/t5; server { listen 127.0.0.1:${port}; root ${folder}; keepalive_requests 100000; } }\n`;
  await writeFile(join(folder, 'nginx.conf'), config);
  const child = spawn('nginx', ['-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  endings.push(async () => {
    child.kill('SIGTERM');
    await gone;
  });
  const url = `http://127.0.0.1:${port}/body`;
  for (let tries = 0; tries < 100; tries++) {
    const answers = await ask(url, { range: 'bytes=0-0' }).then(drained, () => undefined);
    if (answers !== undefined) return { url, pid: pidOf(child) };
    await sleep(50);
  }
  throw new Error('nginx does not answer');
}

async function downloads(url: string): Promise<void> {
  const digests = new Set<string>();
  for (let one = 0; one < DOWNLOADS; one++) {
    const { status, sha256, size } = one === 0 ? await hashed(await ask(url)) : { ...(await drained(await ask(url))), sha256: undefined };
    if (status !== 200 || size !== BODY_SIZE) throw new Error(`${url} answered ${status} with ${size} bytes`);
    if (sha256 !== undefined) digests.add(sha256);
  }
  expected ??= [...digests][0];
  if (!digests.has(expected ?? '')) throw new Error(`${url} gave other bytes than its peer`);
}

async function ranges(url: string): Promise<void> {
  for (let one = 0; one < RANGES; one++) {
    const start = (one * 7 * RANGE) % BODY_SIZE;
    const { status, size } = await drained(await ask(url, { range: `bytes=${start}-${start + RANGE - 1}` }));
    if (status !== 206 || size !== RANGE) throw new Error(`${url} answered ${status} with ${size} bytes to a range`);
  }
}

async function calls(url: string): Promise<void> {
  const expected_size = (await drained(await ask(url))).size;
  let left = CALLS;
  const caller = async (): Promise<void> => {
    while (left-- > 0) {
      const { status, size } = await drained(await ask(url));
      if (status !== 200 || size !== expected_size) throw new Error(`${url} answered ${status} with ${size} bytes`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, caller));
}

function ask(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, resolve).on('error', reject);
  });
}

async function drained(response: IncomingMessage): Promise<{ status: number; size: number }> {
  let size = 0;
  for await (const bytes of response) size += (bytes as Buffer).length;
  return { status: response.statusCode ?? 0, size };
}

async function hashed(response: IncomingMessage): Promise<{ status: number; size: number; sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const bytes of response) {
    hash.update(bytes as Buffer);
    size += (bytes as Buffer).length;
  }
  return { status: response.statusCode ?? 0, size, sha256: hash.digest('hex') };
}

async function fetchAll(url: string): Promise<{ bytes: Buffer }> {
  const pieces: Buffer[] = [];
  const response = await ask(url);
  for await (const bytes of response) pieces.push(bytes as Buffer);
  if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
  return { bytes: Buffer.concat(pieces) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
