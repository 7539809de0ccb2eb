import { join } from 'node:path';
import test from 'ava';
import { generateSigningKey, readUnverifiedPayload, signKeySet, statementDigest } from '#crypto';
import { loadPortalKeys } from '../../portal/keys/load-portal-keys.ts';
import { rotatePortalKeys } from '../../portal/keys/rotate-portal-keys.ts';
import { at, runSceau, temporaryFolder } from '../client/run-sceau.ts';
import { testPortal } from '../support/portal.ts';
import { described, enrolledProducer } from './cast.ts';
import { testNode } from './node-process.ts';

test('nodes and consumers follow a portal whose next key set the old root signed, and stop at any other', async (t) => {
  t.timeout(120_000);
  const portal = await testPortal(t);
  const node = await testNode(t);
  const here = await temporaryFolder(t);
  const sceau = (args: string[]) => runSceau(args, { env: { SCEAU_HOME: join(here, 'home'), SCEAU_PORTAL: portal.origin }, cwd: here });
  await enrolledProducer(t, node, portal);
  const file = await node.write('logement.csv', 'commune;demandes\nRennes;120\n');
  const first = await node.json(['publish', file, ...described('restricted', 'housing'), '--custody', 'portal']);
  t.is(first.code, 0, first.stderr);
  const id: string = first.json.dataset_id;
  await portal.logged();
  t.is((await sceau(['verify', id])).status, 0);
  const deposits = () => portal.owner_db.selectFrom('key_deposit').select('epoch').orderBy('epoch').execute();
  t.deepEqual(await deposits(), [{ epoch: 1 }]);

  // Somebody who has the portal's daily keys, not its root, shows keys of their own.
  const honest = portal.portal.keys;
  const [version_1] = honest.key_sets;
  const root = generateSigningKey();
  const payload = readUnverifiedPayload(version_1) as { keys: { roles: string[] }[] };
  const keys = payload.keys.map((key) => (key.roles[0] === 'root' ? { jwk: root.public_jwk, roles: ['root'] } : key));
  const forged = signKeySet('portal-keys+jws', { ...payload, version: 2, prev: statementDigest(version_1), keys }, [root]);
  portal.portal.keys = { ...honest, key_sets: [...honest.key_sets, forged], key_set_digest: statementDigest(forged) };
  await node.write('logement.csv', 'commune;demandes\nRennes;121\n');
  const refused = await node.json(['publish', file, '--yes']);
  t.is(refused.json.error.code, 'not_a_portal', refused.stderr);
  t.regex(refused.json.error.detail, /key sets do not verify/);
  const stopped = await sceau(['verify', id, '--json']);
  t.is(stopped.status, 5);
  t.regex(stopped.stderr, /"portal_keys_refused"/);

  // The root itself: both go on, and the next content key is deposited with the new recipient.
  const { keys_dir } = portal.portal.config;
  await rotatePortalKeys(portal.portal, { root_file: join(keys_dir, 'offline-root', 'root.jwk') });
  portal.portal.keys = await loadPortalKeys(keys_dir);
  await portal.logged();
  const second = await node.json(['publish', file, '--yes']);
  t.like(second.json, { version: 2, state: 'published' }, second.stderr);
  const other = await node.json(['publish', await node.write('autre.csv', 'a;b\n1;2\n'), ...described('restricted', 'housing'), '--custody', 'portal', '--new']);
  t.like(other.json, { version: 1, state: 'published' }, other.stderr);
  t.is((await deposits()).length, 2);
  await portal.logged();
  const verified = await sceau(['verify', id, '--json']);
  t.deepEqual([at(verified, 'authentic'), at(verified, 'version')], [true, 2], verified.stderr);

  // The keys of before are an older portal to both.
  portal.portal.keys = honest;
  t.is((await node.json(['publish', await node.write('autre.csv', 'a;b\n1;3\n'), '--yes'])).json.error.code, 'portal_keys_changed');
  t.regex((await sceau(['verify', id, '--json'])).stderr, /"portal_keys_shorter"/);
});
