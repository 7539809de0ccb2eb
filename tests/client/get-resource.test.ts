import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { LEAF_SIZE, randomBytes } from '#crypto';
import { ClientError, createClient, type ClientErrorCode, verifyDataset } from '#client';
import { createFakeFederation, NOW } from './fake-federation.ts';
import { sendBody, startFakePortal } from './fake-portal.ts';

const SIZE = 2 * LEAF_SIZE + 12_345;

async function scene(t: ExecutionContext, size = SIZE) {
  const federation = await createFakeFederation();
  const bytes = randomBytes(size);
  const published = await federation.publish({ files: [{ name: 'data.csv', bytes }] });
  federation.signHeads([published]);
  const portal = await startFakePortal(federation);
  portal.versions.push(published);
  const folder = await mkdtemp(join(tmpdir(), 'sceau-get-'));
  t.teardown(async () => {
    await portal.close();
    await rm(folder, { recursive: true });
  });
  const client = createClient({ portal_url: portal.origin, now: () => NOW });
  const version = await verifyDataset(client, published.manifest.dataset_id);
  const resource = version.verdict.manifest.resources[0];
  if (resource?.kind !== 'file') throw new Error('no file');
  const path = join(folder, 'data.csv');
  const lieAboutBody = (lie: (response: ServerResponse, range: string | undefined) => void): void => {
    portal.lie = (asked, response, request) => {
      if (!asked.endsWith('/body')) return false;
      lie(response, request.headers.range);
      return true;
    };
  };
  return { federation, bytes, portal, folder, client, version, resource, path, lieAboutBody, get: (force = false) => client.get(version, resource, { path, force }) };
}

async function refused(act: Promise<unknown>): Promise<ClientError> {
  try {
    await act;
  } catch (error) {
    if (error instanceof ClientError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test('a file comes whole, under its final name only', async (t) => {
  const { get, path, bytes, folder } = await scene(t);
  t.is((await get()).resumed_from, 0);
  t.true((await readFile(path)).equals(bytes));
  t.deepEqual(await readdir(folder), ['data.csv']);
});

for (const size of [0, 1, LEAF_SIZE - 1, LEAF_SIZE, LEAF_SIZE + 1]) {
  test(`a file of ${size} bytes comes whole`, async (t) => {
    const { get, path, bytes } = await scene(t, size);
    await get();
    t.true((await readFile(path)).equals(bytes));
  });
}

test('an interrupted download resumes at the leaf boundary and fetches only the rest', async (t) => {
  const { get, path, bytes, portal } = await scene(t);
  await writeFile(`${path}.part`, bytes.subarray(0, LEAF_SIZE + 777));
  t.is((await get()).resumed_from, LEAF_SIZE);
  t.true((await readFile(path)).equals(bytes));
  t.deepEqual(portal.seen.filter((call) => call.path.endsWith('/body')).map((call) => call.headers.range), [`bytes=${LEAF_SIZE}-`]);
});

test('what an interrupted download left is checked again before it is built upon', async (t) => {
  const { get, path, bytes, portal } = await scene(t);
  const spoiled = bytes.slice(0, 2 * LEAF_SIZE);
  spoiled[5] = (spoiled[5] ?? 0) ^ 1;
  await writeFile(`${path}.part`, spoiled);
  t.is((await get()).resumed_from, 0);
  t.true((await readFile(path)).equals(bytes));
  t.is(portal.seen.filter((call) => call.path.endsWith('/body'))[0]?.headers.range, undefined);
});

test('a whole .part needs no body at all, and one that is too long is cut', async (t) => {
  const { get, path, bytes, portal } = await scene(t);
  await writeFile(`${path}.part`, Buffer.concat([bytes, Buffer.from('tail')]));
  t.is((await get()).resumed_from, SIZE);
  t.true((await readFile(path)).equals(bytes));
  t.is(portal.seen.filter((call) => call.path.endsWith('/body')).length, 0);
});

test('a connection that breaks off is taken up again where the last verified leaf ends', async (t) => {
  const { get, path, bytes, lieAboutBody, portal } = await scene(t);
  let broken = 0;
  lieAboutBody((response, range) => {
    if (broken++ > 0) return sendBody(response, bytes, range);
    response.writeHead(200, { 'content-length': SIZE });
    response.write(bytes.subarray(0, LEAF_SIZE + 1000), () => response.destroy());
  });
  await get();
  t.true((await readFile(path)).equals(bytes));
  t.deepEqual(portal.seen.filter((call) => call.path.endsWith('/body')).map((call) => call.headers.range), [undefined, `bytes=${LEAF_SIZE}-`]);
});

const lies: [what: string, lie: (response: ServerResponse, bytes: Uint8Array) => void, code: ClientErrorCode, resumed: boolean][] = [
  ['200 instead of 206', (response, bytes) => response.writeHead(200, { 'content-length': SIZE }).end(bytes), 'range_refused', true],
  ['another range', (response, bytes) => response.writeHead(206, { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}`, 'content-length': SIZE }).end(bytes), 'range_refused', true],
  ['a range of another size', (response, bytes) => response.writeHead(206, { 'content-range': `bytes ${LEAF_SIZE}-${SIZE}/${SIZE + 1}` }).end(bytes.subarray(LEAF_SIZE)), 'range_refused', true],
  ['a range without saying so', (response, bytes) => response.writeHead(206).end(bytes.subarray(LEAF_SIZE)), 'range_refused', true],
  ['a range nobody asked for', (response, bytes) => response.writeHead(206, { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}` }).end(bytes), 'range_refused', false],
  ['416', (response) => response.writeHead(416).end(), 'range_refused', true],
  ['gzip', (response, bytes) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(bytes)), 'encoding_refused', false],
  ['gzip under no name', (response, bytes) => response.writeHead(200).end(gzipSync(bytes, { level: 0 })), 'body_refused', false],
  ['a byte more, announced', (response, bytes) => response.writeHead(200, { 'content-length': SIZE + 1 }).end(Buffer.concat([bytes, Buffer.of(0)])), 'body_long', false],
  ['a byte more, not announced', (response, bytes) => response.writeHead(200).end(Buffer.concat([bytes, Buffer.of(0)])), 'body_long', false],
  ['a byte less, announced', (response, bytes) => response.writeHead(200, { 'content-length': SIZE - 1 }).end(bytes.subarray(1)), 'body_short', false],
  ['a byte less, not announced', (response, bytes) => response.writeHead(200).end(bytes.subarray(0, SIZE - 1)), 'range_refused', false],
  ['the bytes of another place', (response, bytes) => response.writeHead(206, { 'content-range': `bytes ${LEAF_SIZE}-${SIZE - 1}/${SIZE}` }).end(bytes.subarray(0, SIZE - LEAF_SIZE)), 'body_refused', true],
  ['a redirect that leads nowhere', (response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(), 'portal_away', false],
];

for (const [what, lie, code, resumed] of lies) {
  test(`a server that sends ${what} is refused as ${code}`, async (t) => {
    const { get, path, bytes, lieAboutBody, folder } = await scene(t);
    if (resumed) await writeFile(`${path}.part`, bytes.subarray(0, LEAF_SIZE));
    lieAboutBody((response) => lie(response, bytes));
    t.is((await refused(get())).code, code);
    t.false((await readdir(folder)).includes('data.csv'));
  });
}

test('one flipped bit in the body is refused, and the leaves before it are kept', async (t) => {
  const { get, path, bytes, lieAboutBody, folder } = await scene(t);
  const altered = bytes.slice();
  altered[LEAF_SIZE + 3] = (altered[LEAF_SIZE + 3] ?? 0) ^ 1;
  lieAboutBody((response, range) => sendBody(response, altered, range));
  const error = await refused(get());
  t.deepEqual([error.code, error.reason], ['body_refused', 'leaf_mismatch']);
  t.deepEqual(await readdir(folder), ['data.csv.part']);
  t.is((await stat(`${path}.part`)).size, LEAF_SIZE);
});

test('one flipped bit in the list of leaves, or another length, is refused before any byte is fetched', async (t) => {
  const { get, portal, folder } = await scene(t);
  for (const change of [(leaves: Uint8Array) => leaves.map((byte, index) => (index === 40 ? byte ^ 1 : byte)), (leaves: Uint8Array) => leaves.subarray(0, 64), (leaves: Uint8Array) => new Uint8Array([...leaves, 0])]) {
    portal.lie = (path, response) => {
      if (!path.endsWith('/leaves')) return false;
      response.end(change([...(portal.versions[0]?.stored.values() ?? [])][0]?.leaves ?? new Uint8Array()));
      return true;
    };
    t.true(['leaves_refused', 'answer_malformed'].includes((await refused(get())).code));
  }
  t.is(portal.seen.filter((call) => call.path.endsWith('/body')).length, 0);
  t.deepEqual(await readdir(folder), []);
});

test('a file that is there is not replaced unless told', async (t) => {
  const { get, path, bytes, portal } = await scene(t);
  await writeFile(path, 'mine');
  t.is((await refused(get())).code, 'output_exists');
  t.is(await readFile(path, 'utf8'), 'mine');
  t.is(portal.seen.filter((call) => call.path.endsWith('/body')).length, 0);
  await truncate(path, 0);
  await get(true);
  t.true((await readFile(path)).equals(bytes));
});

test('a file that comes into being meanwhile is not replaced either', async (t) => {
  const { get, path, bytes, lieAboutBody } = await scene(t);
  lieAboutBody((response, range) => void writeFile(path, 'mine').then(() => sendBody(response, bytes, range)));
  t.is((await refused(get())).code, 'output_exists');
  t.is(await readFile(path, 'utf8'), 'mine');
});

test('a folder that is missing or closed is told as such', async (t) => {
  const { client, version, resource, folder } = await scene(t);
  const error = await refused(client.get(version, resource, { path: join(folder, 'nowhere', 'data.csv') }));
  t.deepEqual([error.code, error.reason], ['output_unwritable', 'ENOENT']);
});

test('a portal that is gone is told as away, after some tries', async (t) => {
  const { get, portal, bytes, path } = await scene(t);
  await writeFile(`${path}.part`, bytes.subarray(0, LEAF_SIZE));
  await portal.close();
  t.is((await refused(get())).code, 'portal_away');
  t.is((await stat(`${path}.part`)).size, LEAF_SIZE, 'what was there stays for the next time');
});

test('a body is fetched where it was asked for, wherever the answer points', async (t) => {
  const { get, bytes, folder, portal, lieAboutBody } = await scene(t);
  lieAboutBody((response, range) => {
    if (portal.seen.some((call) => call.path === '/elsewhere/body')) sendBody(response, bytes, range);
    else response.writeHead(302, { location: `${portal.origin}/elsewhere/body` }).end();
  });
  t.is((await refused(get())).code, 'portal_away');
  t.false(portal.seen.some((call) => call.path === '/elsewhere/body'));
  t.false((await readdir(folder)).includes('data.csv'));
});
