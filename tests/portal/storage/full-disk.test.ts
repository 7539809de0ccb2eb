import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { bytesOf, hashBody, randomBytes } from '#crypto';
import { createDirectoryStore } from '../../../portal/storage/directory-store.ts';
import { testPortal } from '../../support/portal.ts';
import type { Requirement } from '../../support/requirement.ts';
import { testWith } from '../../support/test-with.ts';

/** Whether a small file system can be mounted here: root may, and not every container lets it. */
function requireTmpfs(): Requirement {
  if (process.getuid?.() !== 0) return { missing: 'only root can mount a small file system' };
  const probe = mkdtempSync(join(tmpdir(), 'sceau-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe]).status === 0;
  if (mounted) spawnSync('umount', [probe]);
  rmSync(probe, { recursive: true });
  return mounted ? { path: 'mount' } : { missing: 'a small file system cannot be mounted here' };
}

function smallDisk(t: ExecutionContext, size: string): string {
  const path = mkdtempSync(join(tmpdir(), 'sceau-small-'));
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
  t.teardown(() => {
    spawnSync('umount', ['-l', path]);
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}

testWith(requireTmpfs(), 'on a full disk an upload is refused with a sentence, nothing is left behind, and smaller bodies still go', async (t) => {
  const path = smallDisk(t, '6m');
  const portal = await testPortal(t, { replace: { store: createDirectoryStore(path) } });
  const rennes = await portal.enrolProducer();
  const start = async (bytes: Uint8Array) => {
    const { root } = await hashBody(bytesOf(bytes));
    return portal.call('POST', '/api/v1/uploads', { json: { producer_id: rennes.producer_id, root, body_size: bytes.length }, as: rennes.keys.api });
  };
  const large = randomBytes(9_000_000);
  const { upload_id } = (await start(large)).json;
  const refused = await portal.call('PUT', `/api/v1/uploads/${upload_id}/parts/0`, { bytes: large, as: rennes.keys.api });
  t.is(refused.status, 503);
  t.is(refused.json.reason, 'disk_full');
  t.true(refused.json.detail.includes('no room left'));
  t.deepEqual(readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()), []);
  t.not((await start(large)).json.upload_id, upload_id, 'it begins anew');
  const small = randomBytes(2_000_000);
  const next = (await start(small)).json.upload_id;
  t.is((await portal.call('PUT', `/api/v1/uploads/${next}/parts/0`, { bytes: small, as: rennes.keys.api })).status, 204);
  t.is((await portal.call('POST', `/api/v1/uploads/${next}/complete`, { json: {}, as: rennes.keys.api })).status, 200);
});

test('a limit on file sizes is a full disk too', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sceau-limit-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const script = fileURLToPath(new URL('write-until-full.js', import.meta.url));
  const run = spawnSync('sh', ['-c', 'ulimit -f 2000; exec "$0" "$@"', process.execPath, script, folder], { encoding: 'utf8' });
  t.is(run.stdout, 'unavailable disk_full\n', run.stderr);
  t.deepEqual(readdirSync(join(folder, 'uploads')), []);
});

test('a store in a folder that is gone or not ours is unavailable', async (t) => {
  const store = createDirectoryStore('/dev/null/store');
  t.like(await t.throwsAsync(store.ping()), { code: 'unavailable', reason: 'store_away' });
  t.like(await t.throwsAsync(store.beginUpload('a'.repeat(64), 5)), { code: 'unavailable', reason: 'store_away' });
});
