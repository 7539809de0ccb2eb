import test from 'ava';
import { generateSigningKey, signRequest } from '#crypto';
import { createClock } from '../../support/clock.ts';
import { newRouter } from '../../../portal/http/request-context.ts';
import { callerOf } from '../../../portal/http/caller-of.ts';
import { readJson, receiveBody } from '../../../portal/http/request-body.ts';
import { send } from '../../support/portal-call.ts';
import { testPortal } from '../../support/portal.ts';

function probes() {
  const router = newRouter();
  router.get('/api/v1/test/me', async (ctx) => {
    ctx.body = await callerOf(ctx);
  });
  router.post('/api/v1/test/me', async (ctx) => {
    const caller = await callerOf(ctx);
    ctx.body = { caller, got: await readJson(ctx) };
  });
  router.put('/api/v1/test/bytes', async (ctx) => {
    await callerOf(ctx);
    const chunks: Uint8Array[] = [];
    for await (const chunk of receiveBody(ctx, { media_type: 'application/octet-stream', max_bytes: 1_000_000 }).source) chunks.push(chunk);
    ctx.body = { text: Buffer.concat(chunks).toString() };
  });
  return router;
}

test('a node is known by its api key with the producers it serves, a consumer by its own with the key’s role', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const rennes = await portal.enrolProducer({ name: 'Rennes' });
  const vitre = await portal.enrolProducer({ name: 'Vitré', api_key: rennes.keys.api });
  const node = (await portal.call('GET', '/api/v1/test/me', { as: rennes.keys.api })).json;
  t.deepEqual({ ...node, producer_ids: node.producer_ids.toSorted() }, { kind: 'node', kid: rennes.keys.api.kid, producer_ids: [rennes.producer_id, vitre.producer_id].toSorted() });
  const lab = await portal.registerConsumer();
  t.deepEqual((await portal.call('GET', '/api/v1/test/me', { as: lab.identity_key })).json, { kind: 'consumer', kid: lab.identity_key.kid, consumer_id: lab.consumer_id, role: 'identity' });
  t.is((await portal.call('GET', '/api/v1/test/me', { as: lab.application_key })).json.role, 'application');
  t.deepEqual((await portal.call('GET', '/api/v1/test/me')).json, { kind: 'anonymous' });
  t.is((await portal.call('GET', '/api/v1/test/me', { as: rennes.keys.manifest })).status, 401, 'a manifest key signs manifests, not calls');
});

test('a node of a producer that is not confirmed is known but serves nobody', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const producer = await portal.enrolProducer({ confirm: false });
  t.deepEqual((await portal.call('GET', '/api/v1/test/me', { as: producer.keys.api })).json, { kind: 'node', kid: producer.keys.api.kid, producer_ids: [] });
});

test('bodies reach the route only as they were signed, read whole or streamed', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const lab = await portal.registerConsumer();
  t.deepEqual((await portal.call('POST', '/api/v1/test/me', { json: { a: 1 }, as: lab.identity_key })).json.got, { a: 1 });
  t.deepEqual((await portal.call('PUT', '/api/v1/test/bytes', { bytes: Buffer.from('abc'), as: lab.identity_key })).json, { text: 'abc' });

  const swap = async (path: string, method: string, content_type: string, signed: string, sent: string) => {
    const headers = signRequest({ method, url: `${portal.origin}${path}`, body: Buffer.from(signed), content_type }, lab.identity_key, { now: new Date() });
    return (await send(portal.origin, method, path, headers, Buffer.from(sent))).status;
  };
  t.is(await swap('/api/v1/test/me', 'POST', 'application/json', '{"a":1}', '{"a":2}'), 401);
  t.is(await swap('/api/v1/test/bytes', 'PUT', 'application/octet-stream', 'abc', 'abd'), 401);
  const bare = signRequest({ method: 'POST', url: `${portal.origin}/api/v1/test/me` }, lab.identity_key, { now: new Date() });
  t.is((await send(portal.origin, 'POST', '/api/v1/test/me', { ...bare, 'content-type': 'application/json' }, Buffer.from('{}'))).status, 401, 'a body that the signature does not cover');
});

test('a call sent twice is refused the second time, also when both arrive at once', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const lab = await portal.registerConsumer();
  const sign = () => signRequest({ method: 'POST', url: `${portal.origin}/api/v1/test/me`, body: Buffer.from('{}') }, lab.identity_key, { now: new Date() });
  const again = sign();
  const post = (headers: Record<string, string>) => send(portal.origin, 'POST', '/api/v1/test/me', headers, Buffer.from('{}'));
  t.is((await post(again)).status, 200);
  t.is((await post(again)).status, 401);
  const raced = sign();
  const statuses = (await Promise.all(Array.from({ length: 8 }, () => post(raced)))).map((answer) => answer.status).toSorted();
  t.deepEqual(statuses, [200, 401, 401, 401, 401, 401, 401, 401]);
  const streamed = signRequest({ method: 'PUT', url: `${portal.origin}/api/v1/test/bytes`, body: Buffer.from('x'), content_type: 'application/octet-stream' }, lab.identity_key, { now: new Date() });
  const put = () => send(portal.origin, 'PUT', '/api/v1/test/bytes', streamed, Buffer.from('x'));
  t.deepEqual([(await put()).status, (await put()).status], [200, 401]);
});

test('every refusal of a signature looks the same to a stranger, and names the portal’s clock', async (t) => {
  const clock = createClock('2026-03-01T09:00:00Z');
  const portal = await testPortal(t, { routes: probes, clock });
  const lab = await portal.registerConsumer();
  const stranger = generateSigningKey();
  const at = (text: string) => new Date(text);
  const path = '/api/v1/test/me';
  const wrong_path = signRequest({ method: 'GET', url: `${portal.origin}/api/v1/test/other` }, lab.identity_key, { now: clock.now() });
  const wrong_origin = signRequest({ method: 'GET', url: `https://elsewhere.example${path}` }, lab.identity_key, { now: clock.now() });
  const answers = [
    await portal.call('GET', path, { as: stranger }),
    await portal.call('GET', path, { as: lab.identity_key, signed_at: at('2026-03-01T10:00:00Z') }),
    await portal.call('GET', path, { as: lab.identity_key, signed_at: at('2026-03-01T08:00:00Z') }),
    await portal.call('GET', path, { headers: wrong_path }),
    await portal.call('GET', path, { headers: wrong_origin }),
    await portal.call('GET', path, { headers: { signature: 'sig1=:AAAA:' } }),
    await portal.call('GET', path, { headers: { 'signature-input': 'sig1=()', signature: 'nonsense' } }),
  ];
  const said = answers.map(({ status, json: { request_id, ...rest } }) => ({ status, known: typeof request_id, ...rest }));
  for (const one of said) t.deepEqual(one, said[0]);
  t.is(answers[0]?.status, 401);
  t.regex(answers[0]?.json.detail, /2026-03-01T09:00:00Z/);
  t.is((await portal.call('GET', path, { as: lab.identity_key, signed_at: at('2026-03-01T09:00:55Z') })).status, 200, 'a minute is forgiven');
});

test('after a hundred failures in a minute an address waits, also for calls that would hold', async (t) => {
  const clock = createClock('2026-03-01T09:00:00Z');
  const portal = await testPortal(t, { routes: probes, clock });
  const lab = await portal.registerConsumer();
  const stranger = generateSigningKey();
  const statuses = [];
  for (let attempt = 0; attempt < 102; attempt += 1) statuses.push((await portal.call('GET', '/api/v1/test/me', { as: stranger })).status);
  t.deepEqual([...new Set(statuses.slice(0, 100))], [401]);
  t.deepEqual(statuses.slice(100), [429, 429]);
  const limited = await portal.call('GET', '/api/v1/test/me', { as: lab.identity_key });
  t.is(limited.status, 429);
  t.is(limited.headers['retry-after'], '60');
  clock.advance(60);
  t.is((await portal.call('GET', '/api/v1/test/me', { as: lab.identity_key })).status, 200);
});

test('a key counts only within its dates, until it is retired, and while its consumer is not suspended', async (t) => {
  const clock = createClock('2026-03-01T09:00:00Z');
  const portal = await testPortal(t, { routes: probes, clock });
  const lab = await portal.registerConsumer();
  const status = async () => (await portal.call('GET', '/api/v1/test/me', { as: lab.identity_key })).status;
  t.is(await status(), 200);
  await portal.portal.db.updateTable('consumer').set({ state: 'suspended' }).execute();
  t.is(await status(), 401);
  await portal.portal.db.updateTable('consumer').set({ state: 'active' }).execute();
  t.is(await status(), 200);
  clock.set('2027-03-02T09:00:00Z');
  t.is(await status(), 401, 'the key set has expired');
});
