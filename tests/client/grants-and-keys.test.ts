import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type ContentKey, digestOf, fingerprintOf, generateContentKey, generateSigningKey, LEAF_SIZE, randomBytes, utf8 } from '#crypto';
import { isSealed, type Manifest } from '#catalog-schema';
import {
  ClientError, type ClientErrorCode, createClient, findGrant, generateConsumerKeys, getSealed, grantCovers, noPins, obtainContentKey, openOffline, type OwnRequest, openParcel, readParcel, verifyDataset,
  verifyGrant, verifyKeyRelease, verifyPortalKeys, verifyProducerKeys,
} from '#client';
import { createFakeFederation, flipped, NOW, sealedFile } from './fake-federation.ts';
import { grantAccess, sendJson, startFakePortal } from './fake-portal.ts';

const SIZE = LEAF_SIZE + 70_000;

async function scene(t: ExecutionContext) {
  const federation = await createFakeFederation();
  const consumer = await generateConsumerKeys('Ada', NOW);
  const dataset_id = '1f1f7a3e-0000-4000-8000-000000000001';
  const key: ContentKey = await generateContentKey(dataset_id, 1);
  const bytes = randomBytes(SIZE);
  const published = await federation.publish({ dataset_id, files: [{ name: 'secret.csv', bytes, sealed: key }] });
  federation.signHeads([published]);
  const portal = await startFakePortal(federation);
  portal.versions.push(published);
  const grant_id = await grantAccess(portal, federation, consumer, dataset_id, key);
  const folder = await mkdtemp(join(tmpdir(), 'sceau-open-'));
  t.teardown(async () => {
    await portal.close();
    await rm(folder, { recursive: true });
  });
  const client = createClient({ portal_url: portal.origin, now: () => NOW, consumer_keys: consumer });
  const version = await verifyDataset(client, dataset_id);
  const resource = version.verdict.manifest.resources[0];
  if (resource === undefined || !isSealed(resource)) throw new Error('not sealed');
  const verified = {
    portal: verifyPortalKeys([federation.portal_keys], noPins()),
    producer: verifyProducerKeys(federation.producer_keys, federation.producer_id, noPins()),
    custody: 'portal' as Manifest['custody'],
    dataset_id,
    own_requests: [] as OwnRequest[],
  };
  return { federation, consumer, dataset_id, key, bytes, published, portal, grant_id, folder, client, version, resource, path: join(folder, 'out.csv'), verified };
}

type Scene = Awaited<ReturnType<typeof scene>>;

async function refused(act: () => unknown): Promise<ClientError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ClientError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test('a granted consumer opens a sealed file, and nothing else is left behind', async (t) => {
  const { client, version, resource, path, bytes, folder } = await scene(t);
  t.deepEqual(await client.open(version, resource, { path }), { path, size: SIZE });
  t.true((await readFile(path)).equals(bytes));
  t.deepEqual(await readdir(folder), ['out.csv']);
});

test('what get leaves opens without the portal, by sceau and by stock age', async (t) => {
  const { client, version, resource, path, bytes, folder, consumer, portal, federation } = await scene(t);
  const got = await getSealed(client, version, resource, { path, keep: true });
  t.deepEqual((await readdir(folder)).toSorted(), ['out.csv.age-body', 'out.csv.age-header', 'out.csv.content-key.txt', 'out.csv.sceau.json']);
  t.is(got.files.length, 4);
  await portal.close();

  const parcel = await readParcel(`${path}.sceau.json`);
  if (parcel === undefined) throw new Error('no parcel');
  const opened = await openParcel({ base: path, parcel, keys: consumer, pins: noPins(), now: new Date('2031-01-01T00:00:00Z'), output: { path: join(folder, 'a') } });
  t.is(opened.verdict?.producer.producer_id, federation.producer_id);
  t.true((await readFile(join(folder, 'a'))).equals(bytes));

  const parts = { header_path: `${path}.age-header`, body_path: `${path}.age-body`, content_key_path: `${path}.content-key.txt` };
  t.is((await openOffline({ ...parts, output: { path: join(folder, 'b') } })).verdict, null);
  t.true((await readFile(join(folder, 'b'))).equals(bytes));

  try {
    execFileSync('age', ['--version'], { stdio: 'ignore' });
  } catch {
    t.log('NOT CHECKED: there is no age on this machine');
    return;
  }
  execFileSync('sh', ['-c', `cat out.csv.age-header out.csv.age-body | age -d -i out.csv.content-key.txt > c`], { cwd: folder });
  t.true((await readFile(join(folder, 'c'))).equals(bytes));
});

test('without a grant nothing of a sealed file is fetched', async (t) => {
  const { client, version, resource, path, portal, folder } = await scene(t);
  portal.grants.length = 0;
  portal.seen.length = 0;
  const error = await refused(() => client.open(version, resource, { path }));
  t.deepEqual([error.code, error.reason], ['not_granted', 'no_grant']);
  t.false(portal.seen.some((call) => /body|header/.test(call.path)));
  t.deepEqual(await readdir(folder), []);
});

test('a revoked or ended grant opens nothing, whatever the portal says of it', async (t) => {
  const { client, version, resource, path, portal, federation, consumer, dataset_id } = await scene(t);
  portal.grants = portal.grants.map((grant) => ({ ...grant, state: 'revoked' }));
  t.deepEqual([(await refused(() => client.open(version, resource, { path }))).code], ['grant_not_live']);
  portal.grants = [await federation.grant(consumer, dataset_id, { starts_at: '2026-01-01T00:00:00Z', ends_at: '2026-02-01T00:00:00Z' })];
  t.is((await refused(() => client.open(version, resource, { path }))).code, 'grant_not_live', 'the portal calls it active, its dates do not');
});

test('a package that does not come is waited for, then told', async (t) => {
  const { client, version, resource, path, portal, grant_id } = await scene(t);
  portal.packages.set(grant_id, []);
  t.is((await refused(() => client.open(version, resource, { path }))).code, 'package_missing');
});

test('a grant: its signature, its holder, its place in the log', async (t) => {
  const { federation, consumer, dataset_id, portal, verified } = await scene(t);
  const policy = { ...verified, consumer_id: consumer.consumer_id, dataset_id };
  const [good] = portal.grants;
  if (good === undefined) throw new Error('no grant');
  t.is(verifyGrant(good.statement, good.act, policy).signed_by, 'portal');
  const code = async (grant: typeof good, o: Partial<typeof policy> = {}) => (await refused(() => verifyGrant(grant.statement, grant.act, { ...policy, ...o }))).code;

  t.is(await code({ ...good, statement: { ...good.statement, payload: flipped(good.statement.payload) } }), 'grant_refused');
  t.is(await code({ ...good, statement: { ...good.statement, signatures: good.statement.signatures.map((one) => ({ ...one, signature: flipped(one.signature) })) } }), 'grant_refused');
  t.is(await code(await federation.grant(consumer, dataset_id, { key: federation.portal.broker })), 'grant_refused', 'a key of another role');
  t.is(await code(await federation.grant(consumer, dataset_id, { key: generateSigningKey() })), 'grant_refused', 'a stranger\'s key');
  t.is(await code(good, { consumer_id: federation.producer_id }), 'grant_mismatch');
  t.is(await code(good, { dataset_id: '1f1f7a3e-0000-4000-8000-000000000002' }), 'grant_mismatch');
  t.is(await code({ ...good, act: null }), 'not_in_log');
  const other = await federation.grant(consumer, dataset_id);
  t.is(await code({ ...good, act: other.act }), 'act_mismatch', 'the entry of another grant');
  t.is(await code({ ...good, act: good.act === null ? null : { ...good.act, blind_key: flipped(good.act.blind_key) } }), 'act_mismatch');
  t.is(await code({ ...good, act: good.act === null ? null : { ...good.act, proof: { ...good.act.proof, path: good.act.proof.path.map((step) => flipped(step)) } } }), 'log_proof_refused');

  const byProducer = await federation.grant(consumer, dataset_id, { key: federation.producer.decide });
  t.is(verifyGrant(byProducer.statement, byProducer.act, policy).signed_by, 'producer');
});

test('custody decides who grants and releases: in the producer\'s own custody, the producer alone', async (t) => {
  const { federation, consumer, dataset_id, portal, verified, key, grant_id, resource } = await scene(t);
  const policy = { ...verified, consumer_id: consumer.consumer_id };
  const [good] = portal.grants;
  const [pack] = portal.packages.get(grant_id) ?? [];
  if (good === undefined || pack === undefined) throw new Error('nothing granted');
  for (const custody of ['producer', 'none'] as const) {
    const byPortal = await refused(() => verifyGrant(good.statement, good.act, { ...policy, custody }));
    t.deepEqual([byPortal.code, byPortal.reason], ['grant_refused', 'not_by_producer']);
  }
  const own = await federation.grant(consumer, dataset_id, { key: federation.producer.decide });
  const { grant } = verifyGrant(own.statement, own.act, { ...policy, custody: 'producer' });
  const release = { ...verified, custody: 'producer', grant, content_recipient: resource.age.recipient, delivery_fingerprint: fingerprintOf('age', consumer.recipient), consumer_kids: consumer.identity_kids } as const;
  const byBroker = await federation.release(consumer, grant.grant_id, key);
  const error = await refused(() => verifyKeyRelease(byBroker, release));
  t.deepEqual([error.code, error.reason], ['release_refused', 'not_by_producer']);
  t.notThrows(() => verifyKeyRelease(byBroker, { ...release, custody: 'portal' }));
  const byProducer = await federation.release(consumer, grant.grant_id, key, { key: federation.producer.release });
  t.notThrows(() => verifyKeyRelease(byProducer, release));
});

test('a grant rests on a request that was made here, where such requests are known', async (t) => {
  const { federation, consumer, dataset_id, verified, folder, portal, key } = await scene(t);
  const policy = { ...verified, consumer_id: consumer.consumer_id };
  const own = (digest: OwnRequest['digest'], about = dataset_id): OwnRequest => ({ request_id: '1f1f7a3e-0000-4000-8000-00000000000a', dataset_id: about, digest });
  const right = digestOf(utf8('mine'));
  const wrong = digestOf(utf8('other'));
  const grant = await federation.grant(consumer, dataset_id, { request_sha256: right });
  const verify = (own_requests: OwnRequest[]) => verifyGrant(grant.statement, grant.act, { ...policy, own_requests });
  t.notThrows(() => verify([own(wrong), own(right)]));
  t.notThrows(() => verify([own(wrong, '1f1f7a3e-0000-4000-8000-000000000009')]), 'of this dataset nothing is known here');
  t.is((await refused(() => verify([own(wrong)]))).code, 'grant_without_request');

  // The client reads them from its home, and another grant that rests on its request does.
  const home = join(folder, 'home');
  await mkdir(home, { mode: 0o700 });
  await writeFile(join(home, 'requests.json'), JSON.stringify({ v: 1, requests: [own(right)] }), { mode: 0o600 });
  const client = createClient({ portal_url: portal.origin, now: () => NOW, consumer_keys: consumer, home });
  const version = await verifyDataset(client, dataset_id);
  t.is((await refused(() => findGrant(client, version, 1))).code, 'grant_without_request', 'that of the scene rests on none of ours');
  portal.grants.push(grant);
  portal.packages.set(grant.grant_id, [await federation.release(consumer, grant.grant_id, key)]);
  t.deepEqual((await findGrant(client, version, 1)).listed.statement, grant.statement, 'one grant that does not verify keeps no other from being used');
});

test('a grant opens its epochs, between its dates', async (t) => {
  const { portal, consumer, dataset_id, verified, federation } = await scene(t);
  const verify = (one: typeof portal.grants[number]) => verifyGrant(one.statement, one.act, { ...verified, consumer_id: consumer.consumer_id, dataset_id }).grant;
  const grant = verify(await federation.grant(consumer, dataset_id, { epoch_from: 3 }));
  t.notThrows(() => grantCovers(grant, 3, NOW));
  t.notThrows(() => grantCovers(grant, 4, NOW));
  t.is((await refused(() => grantCovers(grant, 2, NOW))).code, 'grant_mismatch');
  t.notThrows(() => grantCovers({ ...grant, history: true }, 2, NOW));
  t.is((await refused(() => grantCovers({ ...grant, epoch_to: 3 }, 4, NOW))).code, 'grant_mismatch');
  t.notThrows(() => grantCovers(grant, 3, new Date(grant.starts_at)));
  t.is((await refused(() => grantCovers(grant, 3, new Date(Date.parse(grant.starts_at) - 1)))).code, 'grant_not_live');
  t.is((await refused(() => grantCovers(grant, 3, new Date(grant.ends_at)))).code, 'grant_not_live');
});

test('a release statement: its signature, what it is about, its package, its place in the log', async (t) => {
  const { federation, consumer, dataset_id, key, portal, grant_id, verified, resource } = await scene(t);
  const [listed] = portal.grants;
  const [pack] = portal.packages.get(grant_id) ?? [];
  if (listed === undefined || pack === undefined) throw new Error('nothing released');
  const { grant } = verifyGrant(listed.statement, listed.act, { ...verified, consumer_id: consumer.consumer_id });
  const policy = { ...verified, grant, content_recipient: resource.age.recipient, delivery_fingerprint: fingerprintOf('age', consumer.recipient), consumer_kids: consumer.identity_kids };
  t.is(verifyKeyRelease(pack, policy).release.epoch, 1);
  const code = async (change: Partial<typeof pack>): Promise<ClientErrorCode> => (await refused(() => verifyKeyRelease({ ...pack, ...change }, policy))).code;

  t.is(await code({ release: { ...pack.release, payload: flipped(pack.release.payload) } }), 'release_refused');
  t.is(await code({ release: { ...pack.release, signatures: pack.release.signatures.map((one) => ({ ...one, signature: flipped(one.signature) })) } }), 'release_refused');
  t.is(await code(await federation.release(consumer, grant_id, key, { key: federation.portal.decision })), 'release_refused', 'a key of another role');
  const altered = pack.bytes.slice();
  altered[60] = (altered[60] ?? 0) ^ 1;
  t.is(await code({ bytes: altered }), 'package_refused');
  t.is(await code({ epoch: 2 }), 'release_mismatch');
  const other = generateSigningKey().kid;
  for (const payload of [{ grant_id: dataset_id }, { dataset_id: grant_id }, { epoch: 2 }, { content_recipient: consumer.recipient }, { consumer_kid: other }, { delivery_fingerprint: '00000 00000 00000 00000 00000 00000' }]) {
    t.is(await code(await federation.release(consumer, grant_id, key, { payload })), 'release_mismatch', Object.keys(payload)[0]);
  }
  t.is(await code({ act: { ...pack.act, leaf: listed.act?.leaf ?? '', proof: listed.act?.proof ?? pack.act.proof } }), 'act_mismatch', 'the entry of the grant');
  t.is(await code({ act: { ...pack.act, leaf: flipped(pack.act.leaf) } }), 'log_proof_refused');
  t.is(await code({ act: { ...pack.act, blind_key: 'short' } }), 'act_mismatch');
  t.notThrows(() => verifyKeyRelease(pack, policy));
  const byProducer = await federation.release(consumer, grant_id, key, { key: federation.producer.release });
  t.notThrows(() => verifyKeyRelease(byProducer, policy), 'the producer\'s release key may, too');
});

const swaps: [what: string, change: (s: Scene) => Promise<void> | void, code: ClientErrorCode][] = [
  ['a package sealed to somebody else', async (s) => {
    const stranger = await generateConsumerKeys('Bob', NOW);
    s.portal.packages.set(s.grant_id, [await s.federation.release(s.consumer, s.grant_id, s.key, { recipient: stranger.recipient })]);
  }, 'package_refused'],
  ['the key of another epoch in a package that claims to be right', async (s) => {
    const other = await generateContentKey(s.dataset_id, 1);
    s.portal.packages.set(s.grant_id, [await s.federation.release(s.consumer, s.grant_id, other, { payload: { content_recipient: s.key.recipient } })]);
  }, 'content_key_mismatch'],
  ['a header with one bit flipped', (s) => {
    const stored = s.published.stored.get(s.resource.resource_id);
    if (stored?.header !== undefined) stored.header[100] = (stored.header[100] ?? 0) ^ 1;
  }, 'header_refused'],
  ['a header that is longer', (s) => {
    const stored = s.published.stored.get(s.resource.resource_id);
    if (stored?.header !== undefined) stored.header = new Uint8Array([...stored.header, 10]);
  }, 'header_refused'],
  ['a body with one bit flipped', (s) => {
    const stored = s.published.stored.get(s.resource.resource_id);
    if (stored !== undefined) stored.body[LEAF_SIZE + 9] = (stored.body[LEAF_SIZE + 9] ?? 0) ^ 1;
  }, 'body_refused'],
  ['a leaf list with one bit flipped', (s) => {
    const stored = s.published.stored.get(s.resource.resource_id);
    if (stored !== undefined) stored.leaves[9] = (stored.leaves[9] ?? 0) ^ 1;
  }, 'leaves_refused'],
];

for (const [what, change, code] of swaps) {
  test(`${what} is refused as ${code}, and no plaintext is left`, async (t) => {
    const s = await scene(t);
    await change(s);
    t.is((await refused(() => s.client.open(s.version, s.resource, { path: s.path }))).code, code);
    t.deepEqual(await readdir(s.folder), []);
  });
}

test('a log that was rewritten since is noticed before a key is used', async (t) => {
  const { client, version, resource, path, portal, folder } = await scene(t);
  // The portal loses the bytes between the last checkpoint seen and this one: its proof of consistency cannot hold.
  portal.lie = (asked, response) => {
    if (!asked.startsWith('/api/v1/log/consistency')) return false;
    response.end(JSON.stringify({ path: [] }));
    return true;
  };
  const { pins } = client;
  await pins.change((held) => ({ ...held, portals: held.portals.map((pin) => ({ ...pin, checkpoint: { size: 2, root: 'A'.repeat(43) } })) }));
  t.is((await refused(() => client.open(version, resource, { path }))).code, 'log_forked');
  t.deepEqual(await readdir(folder), []);
});

test('files kept from a download are checked as strictly as the network', async (t) => {
  const { client, version, resource, path, folder, consumer, federation } = await scene(t);
  await getSealed(client, version, resource, { path, keep: true });
  const output = { path: join(folder, 'a') };
  const open = async () => {
    const parcel = await readParcel(`${path}.sceau.json`);
    if (parcel === undefined) throw new Error('no parcel');
    return openParcel({ base: path, parcel, keys: consumer, pins: noPins(), now: NOW, output });
  };
  const flipIn = async (name: string, at: number): Promise<() => Promise<void>> => {
    const before = await readFile(name);
    const after = Buffer.from(before);
    after[at] = (after[at] ?? 0) ^ 1;
    await writeFile(name, after);
    return () => writeFile(name, before);
  };
  let restore = await flipIn(`${path}.age-body`, 777);
  t.is((await refused(open)).code, 'body_refused');
  await restore();
  const text = await readFile(`${path}.sceau.json`, 'utf8');
  const parcel = JSON.parse(text);
  for (const [change, code] of [
    [{ ...parcel, header: flipped(parcel.header) }, 'header_refused'],
    [{ ...parcel, package: { ...parcel.package, package: flipped(parcel.package.package) } }, 'package_refused'],
    [{ ...parcel, grant: { ...parcel.grant, statement: { ...parcel.grant.statement, payload: flipped(parcel.grant.statement.payload) } } }, 'grant_refused'],
    [{ ...parcel, evidence: { ...parcel.evidence, manifest: { ...parcel.evidence.manifest, payload: flipped(parcel.evidence.manifest.payload, 0.9) } } }, 'manifest_refused'],
    [{ ...parcel, resource_id: federation.producer_id }, 'evidence_malformed'],
    ['no parcel', 'evidence_malformed'],
  ] as const) {
    await writeFile(`${path}.sceau.json`, typeof change === 'string' ? change : JSON.stringify(change));
    t.is((await refused(open)).code, code);
  }
  await writeFile(`${path}.sceau.json`, text);
  t.is((await open()).size, SIZE);

  const parts = { header_path: `${path}.age-header`, body_path: `${path}.age-body`, content_key_path: `${path}.content-key.txt`, output: { path: join(folder, 'b') } };
  for (const [name, at, codes] of [[parts.header_path, 90, ['header_refused']], [parts.body_path, 999, ['body_refused']], [parts.content_key_path, 200, ['content_refused']]] as const) {
    restore = await flipIn(name, at);
    t.true((codes as readonly string[]).includes((await refused(() => openOffline(parts))).code), name);
    await restore();
  }
  await rm(parts.content_key_path);
  t.is((await refused(() => openOffline(parts))).code, 'file_unreadable');
  t.false((await readdir(folder)).some((name) => name === 'b' || name.endsWith('.part')));
});

test('sealed data of which the producer said nothing for 30 days open only when told', async (t) => {
  const { client, version, resource, path, folder } = await scene(t);
  const at = (days: number) => ({ ...version, verdict: { ...version.verdict, current: { verdict: 'freshness_unknown', since: new Date(NOW.getTime() - days * 86_400_000).toISOString() } as const } });
  t.is((await refused(() => client.open(at(31), resource, { path }))).code, 'stale');
  t.is((await refused(() => getSealed(client, at(31), resource, { path }))).code, 'stale');
  t.deepEqual(await readdir(folder), []);
  t.is((await client.open(at(30), resource, { path })).size, SIZE);
  t.is((await client.open(at(31), resource, { path: join(folder, 'b'), accept_stale: true })).size, SIZE);
});

test('an interruption leaves no plaintext, and the next time resumes', async (t) => {
  const { client, version, resource, path, folder, portal } = await scene(t);
  const first = new AbortController();
  t.is((await refused(() => client.open(version, resource, { path, signal: first.signal, progress: (done) => { if (done >= LEAF_SIZE) first.abort(); } }))).code, 'interrupted');
  t.deepEqual(await readdir(folder), ['out.csv.age-body.tmp.part']);
  portal.seen.length = 0;
  await client.open(version, resource, { path });
  t.is(portal.seen.find((call) => call.path.endsWith('/body'))?.headers.range, `bytes=${LEAF_SIZE}-`);
  t.deepEqual(await readdir(folder), ['out.csv']);

  await getSealed(client, version, resource, { path: join(folder, 'kept') });
  const parcel = await readParcel(join(folder, 'kept.sceau.json'));
  if (parcel === undefined) throw new Error('no parcel');
  const second = new AbortController();
  const output = { path: join(folder, 'late'), signal: second.signal, progress: () => second.abort() };
  t.is((await refused(async () => openParcel({ base: join(folder, 'kept'), parcel, keys: await client.consumerKeys(), pins: noPins(), now: NOW, output }))).code, 'interrupted');
  t.false((await readdir(folder)).some((name) => name.startsWith('late')));
});

test('a content key is obtained only for the recipient that the manifest signs', async (t) => {
  const { client, version, published } = await scene(t);
  const file = sealedFile(published);
  const other = await generateContentKey(published.manifest.dataset_id, 1);
  const error = await refused(() => obtainContentKey(client, version, { ...file, age: { ...file.age, recipient: other.recipient } }));
  t.is(error.code, 'release_mismatch');
});

test('lists are read to their last page, and pages without an end are refused', async (t) => {
  const { portal, consumer } = await scene(t);
  const client = createClient({ portal_url: portal.origin, consumer_keys: consumer, now: () => NOW });
  const [only] = portal.grants;
  if (only === undefined) throw new Error('the scene has a grant');
  const { statement, ...rest } = only;
  const titles = ['un', 'deux', 'trois'];
  let endless = false;
  portal.lie = (path, response) => {
    const page = /^\/api\/v1\/grants(?:\?cursor=p(\d))?$/.exec(path);
    if (page === null) return false;
    const at = Number(page[1] ?? 0);
    sendJson(response, 200, { grants: [{ grant: statement, ...rest, title: titles[at] }], next: endless ? 'p1' : at < 2 ? `p${at + 1}` : null });
    return true;
  };
  t.deepEqual((await client.grants()).map((grant) => grant.title), titles);
  endless = true;
  t.is((await t.throwsAsync(client.grants(), { instanceOf: ClientError })).code, 'answer_malformed');
});
