import test, { type ExecutionContext } from 'ava';
import { generateAgeIdentity, generateSigningKey, partyIdOf, signKeySet, type Statement, utf8 } from '#crypto';
import { ClientError, confirmProducer, createClient, findProducerToConfirm, followLog, meetPortal, noPins, pinsInMemory, proveAct, type SeenCheckpoint, verifyDataset, verifyEvidence, verifyPortalKeys } from '#client';
import { forgetParty } from '../../portal/client/trust/forget-party.ts';
import { createFakeFederation, NOW } from './fake-federation.ts';
import { startFakePortal } from './fake-portal.ts';

const PORTAL = 'https://portal.example';

async function code(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (error instanceof ClientError) return error.code;
    throw error;
  }
  return 'accepted';
}

async function producerOf(domain: string | undefined): Promise<{ statement: Statement; producer_id: string }> {
  const root = generateSigningKey();
  const { recipient } = await generateAgeIdentity();
  const statement = signKeySet('producer-keys+jws', {
    v: 1, version: 1, prev: null, name: 'Métropole', ...(domain === undefined ? {} : { domain }), threshold: 1, expires_at: '2036-01-01T00:00:00Z',
    keys: [{ jwk: root.public_jwk, roles: ['root'] }], recovery_recipient: recipient, intake_recipient: recipient,
  }, [root]);
  return { statement, producer_id: partyIdOf(statement) };
}

/** A fetch that answers from a list of addresses. */
function fetchOf(answers: Record<string, unknown>): typeof fetch {
  return (input) => {
    const value = answers[String(input)];
    return Promise.resolve(value === undefined ? new Response('{"title":"Not found","status":404}', { status: 404 }) : Response.json(value));
  };
}

test('a domain confirms the name of the producer that it names and that names it', async (t) => {
  const { statement, producer_id } = await producerOf('metropole.example');
  const answers = {
    'https://metropole.example/.well-known/sceau-producer.json': { producer_id },
    [`${PORTAL}/api/v1/producers/${producer_id}`]: { producer_id, key_sets: [statement] },
  };
  const client = createClient({ portal_url: PORTAL, now: () => NOW, fetch: fetchOf(answers) });
  const found = await findProducerToConfirm(client, 'Metropole.example');
  t.is(found.producer.name, 'Métropole');
  const pin = await confirmProducer(client, found, 'domain');
  t.deepEqual([pin.confirmed_by, pin.domain], ['domain', 'metropole.example']);
  t.is((await client.pins.load()).producers.length, 1);
  t.is(await code(() => findProducerToConfirm(client, 'nowhere.example')), 'not_found');
  for (const text of ['not an id', 'a..example', '-a.example', 'localhost.', '127.0.0.1']) t.is(await code(() => findProducerToConfirm(client, text)), 'bad_input', text);
});

test('a domain cannot lend its name to a producer that does not name it, nor a portal another\'s keys', async (t) => {
  const one = await producerOf('other.example');
  const two = await producerOf(undefined);
  const answers = {
    'https://metropole.example/.well-known/sceau-producer.json': { producer_id: one.producer_id },
    [`${PORTAL}/api/v1/producers/${one.producer_id}`]: { key_sets: [one.statement] },
    [`${PORTAL}/api/v1/producers/${two.producer_id}`]: { key_sets: [one.statement] },
  };
  const client = createClient({ portal_url: PORTAL, fetch: fetchOf(answers) });
  t.is(await code(() => findProducerToConfirm(client, 'metropole.example')), 'producer_mismatch');
  t.is(await code(() => findProducerToConfirm(client, two.producer_id)), 'producer_keys_refused');
});

async function followed(t: ExecutionContext) {
  const federation = await createFakeFederation();
  const one = await federation.publish({ files: [{ name: 'f.csv', bytes: utf8('1') }] });
  const portal = await startFakePortal(federation);
  t.teardown(portal.close);
  portal.versions.push(one);
  const client = createClient({ portal_url: portal.origin, now: () => NOW });
  await verifyDataset(client, one.manifest.dataset_id);
  const portal_id = partyIdOf(federation.portal_keys);
  const seen = async (): Promise<SeenCheckpoint | null | undefined> => (await client.pins.load()).portals[0]?.checkpoint;
  const verified = verifyPortalKeys([federation.portal_keys], noPins());
  const now = async (): Promise<SeenCheckpoint> => proveAct(await federation.log.prove(0), verified).checkpoint;
  return { federation, portal, client, portal_id, seen, now };
}

test('the log is followed from one checkpoint to the next, and an older one must be its beginning', async (t) => {
  const { federation, client, portal_id, seen, now, portal } = await followed(t);
  const first = await seen();
  t.is(first?.size, 3);
  for (let more = 0; more < 4; more++) federation.log.append({ type: 'operator.act', subject: `sha256:${'A'.repeat(43)}` });
  await followLog(client, portal_id, [await now()]);
  t.is((await seen())?.size, 7);
  portal.seen.length = 0;
  if (first === null || first === undefined) throw new Error('nothing was seen');
  await followLog(client, portal_id, [first]);
  t.deepEqual(portal.seen.map((call) => call.path), ['/api/v1/log/consistency?first=3&second=7']);
  t.is((await seen())?.size, 7, 'what was seen stays');
});

test('a log that begins anew is forked, and what was seen stays', async (t) => {
  const { federation, client, portal_id, seen, now } = await followed(t);
  const before = await seen();
  const root = Buffer.from('x'.repeat(32)).toString('base64url');
  t.is(await code(() => followLog(client, portal_id, [{ size: 3, root }])), 'log_forked', 'another root for the same size');
  federation.log.append({ type: 'operator.act', subject: `sha256:${'A'.repeat(43)}` });
  const grown = await now();
  t.is(await code(() => followLog(client, portal_id, [{ ...grown, root }])), 'log_forked', 'a continuation that is none');
  t.is(await code(() => followLog(client, portal_id, [{ size: 2, root }])), 'log_forked', 'a beginning that is none');
  t.deepEqual(await seen(), before);
  await followLog(client, portal_id, [grown]);
  t.is((await seen())?.size, 4);
});

test('every address of a portal is pinned, and another portal at any of them is a hard stop', async (t) => {
  const [one, two] = [await createFakeFederation(), await createFakeFederation()];
  let answering = one;
  const fetchOne = ((url: string) => Promise.resolve(Response.json({ portal_id: partyIdOf(answering.portal_keys), name: 'P', public_origin: url, key_sets: [answering.portal_keys], now: NOW.toISOString() }))) as typeof fetch;
  const pins = pinsInMemory();
  const meet = (portal_url: string) => meetPortal(createClient({ portal_url, pins, fetch: fetchOne, now: () => NOW }));
  const addresses = ['https://data.example.org', 'https://www.data.example.org'];
  for (const address of [...addresses, ...addresses]) await meet(address);
  t.deepEqual((await pins.load()).portals.map((pin) => pin.portal_urls), [addresses]);
  answering = two;
  for (const address of addresses) t.is(await code(() => meet(address)), 'portal_changed', address);
  await meet('https://other.example.org');
  t.is((await pins.load()).portals.length, 2);
});

test('an older version by a key that was replaced is joined to what the present keys name', async (t) => {
  const federation = await createFakeFederation();
  const one = await federation.publish({ files: [{ name: 'f.csv', bytes: utf8('1') }] });
  const two = await federation.publish({ before: one, files: [{ name: 'f.csv', bytes: utf8('2') }] });
  const fresh = federation.rotateManifestKey();
  federation.signHeads([two], { key: fresh });
  const portal = await startFakePortal(federation);
  t.teardown(portal.close);
  portal.versions.push(one, two);
  const client = createClient({ portal_url: portal.origin, now: () => NOW });
  const { verdict, evidence } = await verifyDataset(client, one.manifest.dataset_id, { version: 1 });
  t.is(verdict.current.verdict, 'superseded');
  t.deepEqual(evidence.later, [two.statement], 'the evidence stands on its own later');
  t.is(verifyEvidence(evidence, noPins(), { now: NOW, saved: true }).version, 1);
});

test('forgetting a portal forgets where key sets stood in its log', async (t) => {
  const { client, portal_id } = await followed(t);
  const before = await client.pins.load();
  t.is(before.producers[0]?.key_set_places.length, 1);
  const after = forgetParty(before, portal_id);
  t.deepEqual([after.portals.length, after.producers.length, after.producers[0]?.key_set_places], [0, 1, []]);
});
