import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { exportSigningKey, generateSigningKey, verifyKeySetChain } from '#crypto';
import { createPortalKeys } from '../../portal/keys/create-portal-keys.ts';
import { loadBrokerKeys } from '../../portal/keys/load-broker-keys.ts';
import { loadPortalKeys, requireRecordedKeys } from '../../portal/keys/load-portal-keys.ts';
import { testPortal } from '../support/portal.ts';

async function folderFor(t: import('ava').ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-keys-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('keys are made once, in files that nobody else may read, broker and portal apart', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  for (const [folder, files] of [
    ['keys', ['codes.key', 'decision.jwk', 'key-sets.json', 'log.jwk', 'offline-root']],
    ['broker-keys', ['broker-identity.txt', 'broker.jwk', 'key-sets.json']],
  ] as const) {
    const path = join(portal.folder, folder);
    t.deepEqual((await readdir(path)).toSorted(), [...files]);
    t.is((await stat(path)).mode & 0o777, 0o700);
    for (const file of files.filter((name) => name.includes('.'))) t.is((await stat(join(path, file))).mode & 0o777, 0o600, file);
  }
  const before = await readFile(join(portal.folder, 'keys', 'key-sets.json'), 'utf8');
  t.like(await createPortalKeys(portal.portal), { created: false, portal_id: portal.portal.keys.portal_id });
  t.is(await readFile(join(portal.folder, 'keys', 'key-sets.json'), 'utf8'), before);
  t.is((await portal.portal.db.selectFrom('log_act').select('act_id').where('type', '=', 'portal.keys').execute()).length, 1);
  const [set] = verifyKeySetChain(portal.portal.keys.key_sets, { typ: 'portal-keys+jws', party_id: portal.portal.keys.portal_id });
  t.deepEqual(set?.keys.map((key) => key.roles[0]), ['root', 'log', 'decision', 'broker']);
  const broker = await loadBrokerKeys(join(portal.folder, 'broker-keys'));
  t.is(broker.recipient, portal.portal.keys.broker_recipient);
});

test('two operators who make keys at once do not make two portals', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const folder = await folderFor(t);
  const config = { ...portal.portal.config, keys_dir: join(folder, 'keys'), broker_keys_dir: join(folder, 'broker') };
  t.like(await t.throwsAsync(createPortalKeys({ ...portal.portal, config })), { code: 'conflict', reason: 'other_portal' });
  t.deepEqual(await readdir(folder), [], 'nothing half-done');
});

test('key files that are open, missing, swapped or of another portal stop the start with what to do', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const folder = await folderFor(t);
  const keys = join(folder, 'keys');
  const fresh = async () => {
    await rm(keys, { recursive: true, force: true });
    await cp(join(portal.folder, 'keys'), keys, { recursive: true });
  };
  await fresh();
  t.is((await loadPortalKeys(keys)).portal_id, portal.portal.keys.portal_id);

  await chmod(join(keys, 'decision.jwk'), 0o640);
  t.like(await t.throwsAsync(loadPortalKeys(keys)), { code: 'unavailable', reason: 'key_file_mode' });
  await fresh();
  await rm(join(keys, 'log.jwk'));
  t.like(await t.throwsAsync(loadPortalKeys(keys)), { reason: 'key_file' });
  await fresh();
  await cp(join(keys, 'log.jwk'), join(keys, 'decision.jwk'));
  t.like(await t.throwsAsync(loadPortalKeys(keys)), { reason: 'key_mismatch' });
  await fresh();
  await writeFile(join(keys, 'log.jwk'), exportSigningKey(generateSigningKey()), { mode: 0o600 });
  t.like(await t.throwsAsync(loadPortalKeys(keys)), { reason: 'key_mismatch' });
  await fresh();
  const chain = await readFile(join(keys, 'key-sets.json'), 'utf8');
  await writeFile(join(keys, 'key-sets.json'), chain.replace(/"payload": "./, '"payload": "f'));
  await t.throwsAsync(loadPortalKeys(keys));
  await rm(join(keys, 'key-sets.json'));
  t.like(await t.throwsAsync(loadPortalKeys(keys)), { reason: 'key_file' });
  t.like(await t.throwsAsync(loadPortalKeys(join(folder, 'nowhere'))), { reason: 'key_file' });
});

test('a database that does not know the keys, or knows newer ones, stops the start', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const { db, keys } = portal.portal;
  await requireRecordedKeys(db, keys);
  t.like(await t.throwsAsync(requireRecordedKeys(db, { ...keys, portal_id: 'A'.repeat(43) })), { reason: 'keys_not_recorded' });
  t.like(await t.throwsAsync(requireRecordedKeys(db, { ...keys, key_set_digest: 'sha256:other' })), { reason: 'keys_differ' });
});
