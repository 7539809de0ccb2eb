import type { ServerResponse } from 'node:http';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { ClientError, createClient, verifyDataset } from '#client';
import { createFakeFederation, NOW } from '../client/fake-federation.ts';
import { startFakePortal } from '../client/fake-portal.ts';

test('attack 39: an answer without end, and one that is small until it is unpacked, are given up at their limit', async (t) => {
  const federation = await createFakeFederation();
  const portal = await startFakePortal(federation);
  t.teardown(portal.close);
  const published = await federation.publish({ files: [{ name: 'data.csv', bytes: new Uint8Array(10) }] });
  portal.versions.push(published);
  const client = createClient({ portal_url: portal.origin, now: () => NOW });
  let sent = 0;
  const endless = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const piece = Buffer.from(`"${'a'.repeat(65_533)}",`);
    const go = (): void => {
      while (!response.destroyed && response.write(piece)) sent += piece.length;
      if (!response.destroyed) response.once('drain', go);
    };
    response.write('[');
    go();
  };
  const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024, 32));
  t.true(bomb.length < 1024 * 1024);
  for (const lie of [endless, (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)]) {
    portal.lie = (path, response) => {
      if (!path.includes('/evidence')) return false;
      lie(response);
      return true;
    };
    const error = await t.throwsAsync(verifyDataset(client, published.manifest.dataset_id), { instanceOf: ClientError });
    t.is((error as ClientError).code, 'answer_malformed');
  }
  t.true(sent < 64 * 1024 * 1024, `${sent} bytes were taken`);
});

test('attack 43: a link that waits where a file is to be written is neither followed nor overwritten', async (t) => {
  const federation = await createFakeFederation();
  const portal = await startFakePortal(federation);
  const folder = await mkdtemp(join(tmpdir(), 'sceau-attack-'));
  t.teardown(async () => {
    await portal.close();
    await rm(folder, { recursive: true });
  });
  const published = await federation.publish({ files: [{ name: 'data.csv', bytes: new Uint8Array(10).fill(66) }] });
  portal.versions.push(published);
  const client = createClient({ portal_url: portal.origin, now: () => NOW });
  const version = await verifyDataset(client, published.manifest.dataset_id);
  const [resource] = version.verdict.manifest.resources;
  if (resource?.kind !== 'file') return t.fail();
  const victim = join(folder, 'victim');
  await writeFile(victim, 'mine');
  for (const name of ['data.csv', 'data.csv.part']) {
    await symlink(victim, join(folder, name));
    const error = await t.throwsAsync(client.get(version, resource, { path: join(folder, 'data.csv') }), { instanceOf: ClientError });
    t.true(['output_exists', 'output_unwritable'].includes((error as ClientError).code), String(error));
    t.is(await readFile(victim, 'utf8'), 'mine');
    await rm(join(folder, name));
  }
  await client.get(version, resource, { path: join(folder, 'data.csv') });
  t.deepEqual((await readdir(folder)).toSorted(), ['data.csv', 'victim']);
});
