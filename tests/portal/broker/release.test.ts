import test, { type ExecutionContext } from 'ava';
import { sql } from 'kysely';
import { decodeUtf8, digestOf, fingerprintOf, generateAgeIdentity, generateContentKey, generateSigningKey, openText, sealText, signKeySet, signStatement, verifyKeySetChain } from '#crypto';
import { expireGrants } from '../../../portal/access/expire-grants.ts';
import { revokeGrant } from '../../../portal/access/revoke-grant.ts';
import { releaseKeyPackage } from '../../../portal/broker/release-key-package.ts';
import { endJob, takeJobs } from '../../../portal/broker/job-store.ts';
import { runBroker, runReleaseJobs } from '../../../portal/broker/run-broker.ts';
import type { Broker } from '../../../portal/broker/broker.ts';
import { createClock } from '../../support/clock.ts';
import { type TestConsumer, testPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { grantAccess, requestPayload, signRequestPayload } from '../access/asking.ts';
import { depositOf, publishSealed, type SealedDataset } from '../catalog/publishing.ts';
import { releaseAll, testBroker } from './test-broker.ts';

interface Scene {
  portal: TestPortal;
  broker: Broker;
  rennes: TestProducer;
  anne: TestConsumer;
  dataset: SealedDataset;
  grant_id: string;
}

/** A granted access of which nothing is released yet. */
async function granted(t: ExecutionContext, o: { sequencer?: boolean } = {}): Promise<Scene> {
  const portal = await testPortal(t, { clock: createClock(), ...o });
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const rennes = await portal.enrolProducer();
  const anne = await portal.registerConsumer();
  const dataset = await publishSealed(portal, rennes);
  const { grant_id } = await grantAccess(portal, anne, { dataset, producer: rennes });
  return { portal, broker, rennes, anne, dataset, grant_id };
}

const jobOf = ({ portal, grant_id }: Scene) => portal.portal.db.selectFrom('release_job').select(['state', 'last_error', 'attempts']).where('grant_id', '=', grant_id).executeTakeFirstOrThrow();
const packagesOf = ({ portal }: Scene) => portal.portal.db.selectFrom('key_package').selectAll().execute();
const releasesLogged = async ({ portal }: Scene) => (await portal.portal.db.selectFrom('log_act').select('act_id').where('type', '=', 'key.release').execute()).length;

test('a package is handed out once, after the log holds it', async (t) => {
  const scene = await granted(t, { sequencer: false });
  const { broker, grant_id, anne, portal } = scene;
  t.is(await releaseKeyPackage(broker, { grant_id, epoch: 1 }), 'waiting_for_log');
  t.is((await packagesOf(scene)).length, 0, 'signed, but not in the log: nothing leaves');
  t.deepEqual((await portal.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: anne.identity_key })).json, { packages: [] });
  t.is(await releaseKeyPackage(broker, { grant_id, epoch: 1 }), 'waiting_for_log');
  t.is(await releasesLogged(scene), 1, 'a retry resumes the same package');
});

test('a retry after the hand-out changes nothing', async (t) => {
  const scene = await granted(t);
  const { broker, grant_id, portal, anne, dataset } = scene;
  await releaseAll(portal, broker);
  const before = await packagesOf(scene);
  t.is(before.length, 1);
  t.is(await releaseKeyPackage(broker, { grant_id, epoch: 1 }), 'released');
  t.deepEqual(await packagesOf(scene), before);
  t.is(await releasesLogged(scene), 1);
  t.is((await jobOf(scene)).state, 'done');
  const text = decodeUtf8(await openText(new Uint8Array(before[0]?.package ?? []), [anne.delivery.identity]));
  t.is(text, dataset.content_key.text);
});

test('two brokers at once release one package with one statement', async (t) => {
  const scene = await granted(t);
  const { portal, broker, grant_id } = scene;
  const second = await testBroker(portal);
  t.teardown(second.close);
  await Promise.all([1, 2, 3].flatMap(() => [releaseKeyPackage(broker, { grant_id, epoch: 1 }), releaseKeyPackage(second.broker, { grant_id, epoch: 1 })]));
  t.is(await releasesLogged(scene), 1);
  await portal.logged();
  const outcomes = await Promise.all([releaseKeyPackage(broker, { grant_id, epoch: 1 }), releaseKeyPackage(second.broker, { grant_id, epoch: 1 })]);
  t.deepEqual(outcomes, ['released', 'released']);
  t.is((await packagesOf(scene)).length, 1);
});

test('a revocation between sealing and handing out leaves the package with the broker', async (t) => {
  const scene = await granted(t);
  const { portal, broker, grant_id, rennes, anne } = scene;
  t.is(await releaseKeyPackage(broker, { grant_id, epoch: 1 }), 'waiting_for_log');
  await portal.logged();
  const officer = await portal.signInOfficer(rennes);
  await revokeGrant(portal.portal, officer.member, { grant_id, reason: 'Fin' });
  await t.throwsAsync(releaseKeyPackage(broker, { grant_id, epoch: 1 }), { message: /^forbidden/ });
  t.is((await packagesOf(scene)).length, 0);
  t.deepEqual([(await jobOf(scene)).state, (await jobOf(scene)).last_error], ['refused', 'grant_revoked']);
  t.is((await portal.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: anne.identity_key })).status, 403);
});

test('revoking while the broker releases never leaves a package open to a call', async (t) => {
  const portal = await testPortal(t);
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const rennes = await portal.enrolProducer();
  const officer = (await portal.signInOfficer(rennes)).member;
  for (let round = 0; round < 4; round += 1) {
    const anne = await portal.registerConsumer({ name: `Anne ${round}` });
    const dataset = await publishSealed(portal, rennes);
    const { grant_id } = await grantAccess(portal, anne, { dataset, producer: rennes });
    const releasing = releaseAll(portal, broker).catch(() => undefined);
    await revokeGrant(portal.portal, officer, { grant_id, reason: 'Fin' });
    t.is((await portal.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: anne.identity_key })).status, 403);
    await releasing;
    t.is((await portal.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: anne.identity_key })).status, 403);
  }
});

test('a grant that has expired meanwhile is not released', async (t) => {
  const scene = await granted(t);
  const { portal, broker } = scene;
  const clock = portal.portal.clock as ReturnType<typeof createClock>;
  clock.advance(366 * 86_400);
  await releaseAll(portal, broker);
  t.deepEqual([(await jobOf(scene)).state, (await jobOf(scene)).last_error], ['refused', 'grant_expired']);
});

test('whoever writes to the database as the web process does takes no end of a grant back', async (t) => {
  const end = {
    revocation: async ({ portal, rennes, grant_id }: Scene) => revokeGrant(portal.portal, (await portal.signInOfficer(rennes)).member, { grant_id, reason: 'Fin' }),
    expiry: async ({ portal }: Scene) => {
      // The clock is set back afterwards, as one that was wrong is: what stands in the log has ended all the same.
      const clock = portal.portal.clock as ReturnType<typeof createClock>;
      clock.advance(366 * 86_400);
      await expireGrants(portal.portal);
      clock.advance(-366 * 86_400);
    },
  };
  for (const [type, reason] of [['revocation', 'grant_revoked'], ['expiry', 'grant_expired']] as const) {
    const scene = await granted(t);
    const { portal, broker, grant_id } = scene;
    t.is(await releaseKeyPackage(broker, { grant_id, epoch: 1 }), 'waiting_for_log', 'one package is sealed already');
    await end[type](scene);
    const { db } = portal.portal;
    await db.updateTable('access_grant').set({ state: 'active', revoked_at: null, revocation: null, end_act_id: null }).where('grant_id', '=', grant_id).execute();
    await db.updateTable('release_job').set({ state: 'waiting', next_attempt_at: portal.portal.clock.now() }).where('grant_id', '=', grant_id).execute();
    for (const change of [db.deleteFrom('log_act').where('type', '=', type), db.updateTable('log_act').set({ type: 'heads' }), db.updateTable('access_grant').set({ digest: 'other' })]) {
      await t.throwsAsync(change.execute(), { message: /permission denied/ });
    }
    await releaseAll(portal, broker);
    t.is((await packagesOf(scene)).length, 0);
    t.deepEqual([(await jobOf(scene)).state, (await jobOf(scene)).last_error], ['refused', reason]);
  }
});

/** What somebody with the database, but not the keys, might change; and why the broker refuses then. */
const forgeries: [string, (scene: Scene) => Promise<unknown>, string][] = [
  [
    'a grant signed by somebody else',
    async ({ portal, grant_id }) => forgeGrant(portal, grant_id),
    'unknown_key',
  ],
  [
    'a grant with one flipped bit in its signature',
    async ({ portal, grant_id }) => flipGrant(portal, grant_id),
    'bad_signature',
  ],
  [
    'a request signed by another consumer',
    async ({ portal, anne, rennes, dataset, grant_id }) => {
      const mallory = await portal.registerConsumer({ name: 'Mallory' });
      const statement = JSON.stringify(signRequestPayload({ ...requestPayload(portal, mallory, { dataset, producer: rennes }), consumer_id: anne.consumer_id }, mallory.identity_key));
      await replaceRequest(portal, grant_id, statement);
    },
    'unknown_key',
  ],
  [
    'another request of the same consumer, with another delivery key',
    async ({ portal, anne, rennes, dataset, grant_id }) => {
      await replaceRequest(portal, grant_id, JSON.stringify(signRequestPayload(requestPayload(portal, anne, { dataset, producer: rennes }), anne.identity_key)));
    },
    'request_mismatch',
  ],
  [
    'the key set of another consumer',
    async ({ portal, anne }) => {
      const mallory = await portal.registerConsumer({ name: 'Mallory' });
      await portal.owner_db.updateTable('party_key_set').set({ statement: JSON.stringify(mallory.key_set) }).where('party_id', '=', anne.consumer_id).execute();
    },
    'party_mismatch',
  ],
  [
    'a deposit for another key, signed by nobody who may',
    async ({ portal, rennes, dataset }) => {
      const other = await generateContentKey(dataset.dataset_id, 1);
      const forged = await depositOf(portal, { ...rennes, keys: { ...rennes.keys, release: generateSigningKey() } }, other);
      await portal.owner_db.updateTable('key_deposit').set({ statement: JSON.stringify(forged.statement), deposit: Buffer.from(forged.deposit, 'base64url') }).execute();
    },
    'unknown_key',
  ],
  [
    'a deposit properly signed for another content key than the manifest names',
    async ({ portal, rennes, dataset }) => {
      const other = await depositOf(portal, rennes, await generateContentKey(dataset.dataset_id, 1));
      await portal.owner_db.updateTable('key_deposit').set({ statement: JSON.stringify(other.statement), deposit: Buffer.from(other.deposit, 'base64url') }).execute();
    },
    'deposit_mismatch',
  ],
  [
    'one flipped bit in the deposit',
    async ({ portal }) => {
      await sql`UPDATE key_deposit SET deposit = set_byte(deposit, length(deposit) - 1, get_byte(deposit, length(deposit) - 1) # 1)`.execute(portal.owner_db);
    },
    'deposit_mismatch',
  ],
  [
    'a manifest with one flipped bit',
    async ({ portal }) => {
      const row = await portal.portal.db.selectFrom('dataset_version').select('manifest').executeTakeFirstOrThrow();
      await portal.owner_db.updateTable('dataset_version').set({ manifest: flipSignature(row.manifest) }).execute();
    },
    'bad_signature',
  ],
  [
    'an epoch that the grant does not cover',
    async ({ portal, grant_id }) => {
      await portal.owner_db.updateTable('release_job').set({ epoch: 2 }).where('grant_id', '=', grant_id).execute();
    },
    'no_manifest',
  ],
];

for (const [what, forge, reason] of forgeries) {
  test(`the broker refuses ${what}`, async (t) => {
    const scene = await granted(t);
    await forge(scene);
    await releaseAll(scene.portal, scene.broker);
    const job = await jobOf(scene);
    t.deepEqual([job.state, job.last_error], ['refused', reason]);
    t.is((await packagesOf(scene)).length, 0);
    t.is(await releasesLogged(scene), 0);
  });
}

test('a content key deposited for another dataset is refused though its recipient is the signed one', async (t) => {
  const portal = await testPortal(t);
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const rennes = await portal.enrolProducer();
  const anne = await portal.registerConsumer();
  const dataset = await publishSealed(portal, rennes);
  const { grant_id } = await grantAccess(portal, anne, { dataset, producer: rennes });
  const relabelled = dataset.content_key.text.replace(dataset.dataset_id, portal.portal.newUuid());
  const deposit = await sealText(relabelled, [portal.portal.keys.broker_recipient]);
  const payload = { v: 1, producer_id: rennes.producer_id, dataset_id: dataset.dataset_id, epoch: 1, recipient: dataset.content_key.recipient, deposit_sha256: digestOf(deposit) };
  const statement = signStatement('key-deposit+jws', payload, [rennes.keys.release]);
  await portal.owner_db.updateTable('key_deposit').set({ statement: JSON.stringify(statement), deposit }).execute();
  await releaseAll(portal, broker);
  const job = await portal.portal.db.selectFrom('release_job').select('last_error').where('grant_id', '=', grant_id).executeTakeFirstOrThrow();
  t.is(job.last_error, 'content_key_mismatch');
});

test('a log that does not continue the one seen before releases nothing, and is not given up', async (t) => {
  const scene = await granted(t);
  const { portal, broker, grant_id } = scene;
  await portal.logged();
  const { size } = await portal.portal.db.selectFrom('log_checkpoint').select('size').orderBy('size', 'desc').executeTakeFirstOrThrow();
  await sql`INSERT INTO broker.checkpoint_seen (size, root, note) VALUES (${size}, ${Buffer.alloc(32, 7)}, 'forked')`.execute(portal.owner_db);
  await releaseKeyPackage(broker, { grant_id, epoch: 1 });
  await portal.logged();
  await portal.portal.db.updateTable('release_job').set({ next_attempt_at: portal.portal.clock.now() }).execute();
  await runReleaseJobs(broker);
  t.deepEqual([(await jobOf(scene)).state, (await jobOf(scene)).last_error], ['waiting', 'log_not_trusted']);
  t.is((await packagesOf(scene)).length, 0);
  await sql`UPDATE broker.checkpoint_seen SET size = 1000000`.execute(portal.owner_db);
  await portal.portal.db.updateTable('release_job').set({ next_attempt_at: portal.portal.clock.now() }).execute();
  await runReleaseJobs(broker);
  t.is((await jobOf(scene)).last_error, 'log_not_trusted', 'a log shorter than the one seen');
  await sql`DELETE FROM broker.checkpoint_seen`.execute(portal.owner_db);
  await releaseAll(portal, broker);
  t.is((await jobOf(scene)).state, 'done');
});

test('a delivery key that the consumer has retired gets no package, one added since the request does', async (t) => {
  const scene = await granted(t);
  const { portal, broker, anne, dataset } = scene;
  const fresh = await generateAgeIdentity();
  await nextKeySet(scene, [{ form: 'age', key: fresh.recipient }]);
  await releaseAll(portal, broker);
  const packages = await packagesOf(scene);
  t.deepEqual(packages.map((row) => row.delivery_fingerprint), [fingerprintOf('age', fresh.recipient)]);
  await t.throwsAsync(openText(new Uint8Array(packages[0]?.package ?? []), [anne.delivery.identity]), { message: /^wrong_recipient/ });
  t.is(decodeUtf8(await openText(new Uint8Array(packages[0]?.package ?? []), [fresh.identity])), dataset.content_key.text);
});

test('a delivery key added after the release gets its package, and the others keep theirs', async (t) => {
  const scene = await granted(t);
  const { portal, broker, anne, grant_id } = scene;
  await releaseAll(portal, broker);
  const [before] = await packagesOf(scene);
  const own = { form: 'age', key: anne.delivery.recipient };
  const fresh = { form: 'age', key: (await generateAgeIdentity()).recipient };
  await nextKeySet(scene, [own, fresh]);
  t.is((await jobOf(scene)).state, 'waiting');
  await releaseAll(portal, broker);
  const after = await packagesOf(scene);
  t.is(after.length, 2);
  t.deepEqual(after.find((row) => row.delivery_fingerprint === before?.delivery_fingerprint), before);
  t.is(await releasesLogged(scene), 2, 'one statement for each key');
  const seen = async () => (await portal.call('GET', `/api/v1/grants/${grant_id}/packages`, { as: anne.identity_key })).json.packages.map((entry: { delivery_fingerprint: string }) => entry.delivery_fingerprint);
  t.is((await seen()).length, 2);
  await nextKeySet(scene, [own]);
  t.deepEqual(await seen(), [fingerprintOf('age', anne.delivery.recipient)], 'a retired key: what lies here for it is not handed out');
});

test('a key set that changes while the broker works is worked on again', async (t) => {
  const scene = await granted(t);
  const { portal, broker, anne } = scene;
  const { db } = broker;
  const [job] = await takeJobs(db, { now: portal.portal.clock.now(), limit: 1, lease_seconds: 60 });
  if (job === undefined) throw new Error('no job');
  await nextKeySet(scene, [{ form: 'age', key: anne.delivery.recipient }, { form: 'age', key: (await generateAgeIdentity()).recipient }]);
  await endJob(db, job, { state: 'done' });
  t.is((await jobOf(scene)).state, 'waiting', 'the end of the former round ends nothing');
  await releaseAll(portal, broker);
  t.is((await packagesOf(scene)).length, 2);
});

test('a key set that has expired gets no package', async (t) => {
  const scene = await granted(t);
  const { portal, broker } = scene;
  const soon = new Date(portal.portal.clock.now().getTime() + 60_000).toISOString();
  await nextKeySet(scene, undefined, { expires_at: soon });
  (portal.portal.clock as ReturnType<typeof createClock>).advance(61);
  await releaseAll(portal, broker);
  t.deepEqual([(await jobOf(scene)).state, (await jobOf(scene)).last_error], ['refused', 'no_delivery_key']);
});

test('a job that fails for now is tried again later, each time later', async (t) => {
  const scene = await granted(t);
  const { portal, broker } = scene;
  const away: Broker = { ...broker, keys: { ...broker.keys, signing_key: new Proxy(broker.keys.signing_key, { get: () => { throw new Error('the key is away'); } }) } };
  const waits: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await portal.portal.db.updateTable('release_job').set({ next_attempt_at: portal.portal.clock.now() }).execute();
    await runReleaseJobs(away);
    const row = await portal.portal.db.selectFrom('release_job').select(['next_attempt_at', 'state', 'attempts', 'last_error']).executeTakeFirstOrThrow();
    waits.push(row.next_attempt_at.getTime() - portal.portal.clock.now().getTime());
    t.deepEqual([row.state, row.attempts, row.last_error], ['waiting', round + 1, 'internal']);
  }
  t.deepEqual(waits, [1000, 2000, 4000]);
  await releaseAll(portal, broker);
  t.is((await jobOf(scene)).state, 'done');
});

test('the broker’s loop works by itself, shares jobs, and stops when told', async (t) => {
  const portal = await testPortal(t);
  const [one, two] = [await testBroker(portal), await testBroker(portal)];
  t.teardown(one.close);
  t.teardown(two.close);
  const stop = new AbortController();
  const loops = Promise.all([runBroker(one.broker, stop.signal, { pause_ms: 20 }), runBroker(two.broker, stop.signal, { pause_ms: 20 })]);
  const rennes = await portal.enrolProducer();
  const dataset = await publishSealed(portal, rennes);
  for (const name of ['Anne', 'Bob', 'Carla']) await grantAccess(portal, await portal.registerConsumer({ name }), { dataset, producer: rennes });
  const deadline = Date.now() + 15_000;
  let done = 0;
  while (done < 3 && Date.now() < deadline) done = (await portal.portal.db.selectFrom('key_package').select('grant_id').execute()).length;
  stop.abort();
  await loops;
  t.is(done, 3);
  t.is((await portal.portal.db.selectFrom('log_act').select('act_id').where('type', '=', 'key.release').execute()).length, 3);
  t.truthy(await portal.portal.db.selectFrom('process_seen').select('seen_at').where('name', '=', 'broker').executeTakeFirst());
});

/** Registers the consumer's next key set, with these delivery keys and whatever else is changed. */
async function nextKeySet({ portal, anne }: Scene, delivery: readonly unknown[] | undefined, o: Record<string, unknown> = {}): Promise<void> {
  const stored = await portal.portal.db.selectFrom('party_key_set').select('statement').where('party_id', '=', anne.consumer_id).orderBy('version').execute();
  const key_sets: unknown[] = stored.map((row) => JSON.parse(row.statement));
  const newest = verifyKeySetChain(key_sets, { typ: 'consumer-keys+jws' }).at(-1);
  if (newest === undefined) throw new Error('no key set');
  const payload = { ...newest.payload, version: newest.version + 1, prev: newest.digest, ...(delivery === undefined ? {} : { delivery }), ...o };
  const answer = await portal.call('PUT', `/api/v1/consumers/${anne.consumer_id}`, { json: { key_sets: [...key_sets, signKeySet('consumer-keys+jws', payload, [anne.identity_key])] } });
  if (answer.status !== 200) throw new Error(`the key set was not taken: ${answer.text}`);
}

async function forgeGrant(portal: TestPortal, grant_id: string): Promise<void> {
  const row = await portal.portal.db.selectFrom('access_grant').select('statement').where('grant_id', '=', grant_id).executeTakeFirstOrThrow();
  const payload: unknown = JSON.parse(Buffer.from(JSON.parse(row.statement).payload, 'base64url').toString());
  await portal.owner_db.updateTable('access_grant').set({ statement: JSON.stringify(signStatement('grant+jws', payload, [generateSigningKey()])) }).where('grant_id', '=', grant_id).execute();
}

async function flipGrant(portal: TestPortal, grant_id: string): Promise<void> {
  const row = await portal.portal.db.selectFrom('access_grant').select('statement').where('grant_id', '=', grant_id).executeTakeFirstOrThrow();
  await portal.owner_db.updateTable('access_grant').set({ statement: flipSignature(row.statement) }).where('grant_id', '=', grant_id).execute();
}

async function replaceRequest(portal: TestPortal, grant_id: string, statement: string): Promise<void> {
  const { request_id } = await portal.portal.db.selectFrom('access_grant').select('request_id').where('grant_id', '=', grant_id).executeTakeFirstOrThrow();
  await portal.owner_db.updateTable('access_request').set({ statement }).where('request_id', '=', request_id).execute();
}

function flipSignature(text: string): string {
  const statement = JSON.parse(text);
  const bytes = Buffer.from(statement.signatures[0].signature, 'base64url');
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  return JSON.stringify({ ...statement, signatures: [{ ...statement.signatures[0], signature: bytes.toString('base64url') }] });
}
