import { chmod, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { exportSigningKey, generateSigningKey, verifyKeySetChain } from '#crypto';
import { noPins, withPortalPin } from '../../portal/client/trust/pins.ts';
import { portalPin, verifyPortalKeys } from '../../portal/client/trust/verify-portal-keys.ts';
import { loadPortalKeys, requireRecordedKeys } from '../../portal/keys/load-portal-keys.ts';
import { rotatePortalKeys } from '../../portal/keys/rotate-portal-keys.ts';
import { testPortal } from '../support/portal.ts';
import { grantAccess } from './access/asking.ts';
import { releaseAll, testBroker } from './broker/test-broker.ts';
import { publishSealed } from './catalog/publishing.ts';

test('the broker gets new keys under the old root, opens what was deposited before and after, and nobody who pinned the portal stops', async (t) => {
  const portal = await testPortal(t);
  const { keys_dir, broker_keys_dir = '' } = portal.portal.config;
  const root_file = join(keys_dir, 'offline-root', 'root.jwk');
  const before = portal.portal.keys;
  const rennes = await portal.enrolProducer();
  const anne = await portal.registerConsumer();
  const first = await publishSealed(portal, rennes);
  await grantAccess(portal, anne, { dataset: first, producer: rennes });
  const pins = withPortalPin(noPins(), portalPin(verifyPortalKeys(before.key_sets, noPins()), portal.origin, new Date()));

  const stranger = join(portal.folder, 'stranger.jwk');
  await writeFile(stranger, exportSigningKey(generateSigningKey()), { mode: 0o600 });
  await chmod(stranger, 0o600);
  t.like(await t.throwsAsync(rotatePortalKeys(portal.portal, { root_file: stranger })), { code: 'unavailable', reason: 'key_mismatch' });

  t.like(await rotatePortalKeys(portal.portal, { root_file }), { portal_id: before.portal_id, version: 2 });
  t.deepEqual((await readdir(broker_keys_dir)).toSorted(), ['broker-identity-1.txt', 'broker-identity.txt', 'broker.jwk', 'key-sets.json']);
  const keys = await loadPortalKeys(keys_dir);
  await requireRecordedKeys(portal.portal.db, keys);
  t.not(keys.broker_recipient, before.broker_recipient);
  t.is(keys.decision_key.kid, before.decision_key.kid);

  // Whoever knew the portal goes on with the longer chain; the chain of before is refused from then on.
  const followed = verifyPortalKeys(keys.key_sets, pins);
  t.is(followed.newest.version, 2);
  const grown = withPortalPin(pins, portalPin(followed, portal.origin, new Date()));
  t.throws(() => verifyPortalKeys(before.key_sets, grown), { message: /portal_keys_shorter/ });

  // The restarted processes: a deposit of before and one of after both open, and statements are by the new key.
  portal.portal.keys = keys;
  const second = await publishSealed(portal, rennes);
  await grantAccess(portal, anne, { dataset: second, producer: rennes });
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  await releaseAll(portal, broker);
  const packages = await portal.portal.db.selectFrom('key_package').select('statement').execute();
  t.is(packages.length, 2);
  const newest = verifyKeySetChain(keys.key_sets, { typ: 'portal-keys+jws' }).at(-1);
  t.is(newest?.keys.find((key) => key.roles[0] === 'broker')?.kid, broker.keys.signing_key.kid);
  t.is((await portal.portal.db.selectFrom('log_act').select('act_id').where('type', '=', 'portal.keys').execute()).length, 2);
});

test('a rotation that was cut short is finished by the next call, with the keys it had made', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const { keys_dir, broker_keys_dir = '' } = portal.portal.config;
  const root_file = join(keys_dir, 'offline-root', 'root.jwk');
  t.like(await rotatePortalKeys(portal.portal, { root_file }), { version: 2 });
  const { broker_recipient } = await loadPortalKeys(keys_dir);

  // As after a crash when the broker's folder was done and the portal's was not: no root key is needed to finish.
  await rename(join(keys_dir, 'key-sets.json'), join(keys_dir, 'key-sets.json.next'));
  await rm(join(keys_dir, 'offline-root'), { recursive: true });
  t.like(await rotatePortalKeys(portal.portal, { root_file }), { version: 2 });
  t.is((await loadPortalKeys(keys_dir)).broker_recipient, broker_recipient);
  t.false((await readdir(broker_keys_dir)).some((name) => name.endsWith('.next')));
  t.like(await t.throwsAsync(rotatePortalKeys(portal.portal, { root_file })), { code: 'unavailable', reason: 'key_file' });
});
