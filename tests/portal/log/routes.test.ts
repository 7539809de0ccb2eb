import test from 'ava';
import { blindSubject, checkBlindSubject, verifyCheckpoint, verifyConsistency, verifyProof } from '#crypto';
import { appendAct } from '../../../portal/log/append-act.ts';
import { testPortal } from '../../support/portal.ts';

const SUBJECT = `sha256:${Buffer.alloc(32, 9).toString('base64url')}`;

test('a stranger reads the log, and checks leaf, proof and growth with nothing but the portal’s key set', async (t) => {
  const portal = await testPortal(t);
  const { key_sets } = (await portal.call('GET', '/api/v1/portal')).json;
  const payload = JSON.parse(Buffer.from(key_sets[0].payload, 'base64url').toString());
  const jwk = payload.keys.find((key: { roles: string[] }) => key.roles[0] === 'log').jwk;
  const known = { origin: payload.origin, jwk };
  await portal.logged();

  const first = await portal.call('GET', '/log/checkpoint');
  t.is(first.headers['content-type'], 'text/plain; charset=utf-8');
  const before = verifyCheckpoint(first.text, known);
  await portal.enrolProducer();
  await portal.logged();
  const after = verifyCheckpoint((await portal.call('GET', '/log/checkpoint')).text, known);
  t.true(after.size > before.size);

  const { acts, size } = (await portal.call('GET', '/api/v1/log/acts?from=0&limit=1000')).json;
  t.is(size, after.size);
  t.is(acts.length, size);
  t.deepEqual(acts.map((act: { index: number }) => act.index), [...acts.keys()]);
  t.deepEqual(acts.map((act: { leaf: string }) => JSON.parse(Buffer.from(act.leaf, 'base64url').toString()).type), ['portal.keys', 'operator.act', 'operator.act', 'producer.keys', 'operator.act']);
  for (const act of acts) {
    const proof = (await portal.call('GET', `/api/v1/log/proof?index=${act.index}`)).json;
    verifyProof(Buffer.from(act.leaf, 'base64url'), proof, known);
  }
  const { path } = (await portal.call('GET', `/api/v1/log/consistency?first=${before.size}&second=${after.size}`)).json;
  verifyConsistency({ first: before.size, second: after.size, first_root: before.root, second_root: after.root, path: path.map((step: string) => new Uint8Array(Buffer.from(step, 'base64url'))) });
  t.deepEqual((await portal.call('GET', '/api/v1/log/acts?from=2&limit=2')).json.acts.map((act: { index: number }) => act.index), [2, 3]);
});

test('the log’s parameters are checked', async (t) => {
  const portal = await testPortal(t);
  await portal.logged();
  const status = async (path: string) => (await portal.call('GET', path)).status;
  t.is(await status('/api/v1/log/proof'), 400);
  t.is(await status('/api/v1/log/proof?index=-1'), 400);
  t.is(await status('/api/v1/log/proof?index=1e3'), 400);
  t.is(await status('/api/v1/log/proof?index=1000'), 404);
  t.is(await status('/api/v1/log/proof?index=99999999999999999999'), 400);
  t.is(await status('/api/v1/log/consistency?first=0&second=1'), 400, 'nothing is no beginning');
  t.is(await status('/api/v1/log/consistency?first=2&second=1'), 400);
  t.is(await status('/api/v1/log/consistency?first=1&second=5000'), 404);
  t.is(await status('/api/v1/log/acts?limit=1001'), 400);
  t.is(await status('/api/v1/log/acts?limit=0'), 400);
  t.is(await status('/log/checkpoint?x=1'), 400);
});

test('private subjects and actors are blinded under one fresh key per act, and the log names nobody', async (t) => {
  const portal = await testPortal(t);
  const { db } = portal.portal;
  const append = () => appendAct(db, portal.portal, { type: 'request', subject_digest: SUBJECT, public: false, actor: 'member nadia@example.org' });
  const [one, two] = [await append(), await append()];
  t.not(one.blind_key, two.blind_key);
  const open = await appendAct(db, portal.portal, { type: 'heads', subject_digest: SUBJECT, public: true });
  t.is(open.blind_key, undefined);
  await portal.logged();
  const { acts } = (await portal.call('GET', '/api/v1/log/acts')).json;
  const leaf = JSON.parse(Buffer.from(acts.at(-3).leaf, 'base64url').toString());
  t.true(checkBlindSubject(SUBJECT, one.blind_key ?? '', leaf.subject));
  t.is(leaf.actor, blindSubject('member nadia@example.org', one.blind_key).subject);
  t.false(JSON.stringify(acts.map((act: { leaf: string }) => Buffer.from(act.leaf, 'base64url').toString())).includes('nadia'));
  t.is(JSON.parse(Buffer.from(acts.at(-1).leaf, 'base64url').toString()).subject, SUBJECT);
});
