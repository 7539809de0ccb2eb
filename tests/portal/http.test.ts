import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { pino } from 'pino';
import { describeError } from '../../portal/create-portal.ts';
import { isDatabaseAway, openDatabase } from '../../portal/db/database.ts';
import { PortalError } from '../../portal/errors.ts';
import { callerOf } from '../../portal/http/caller-of.ts';
import { readSessionCookie, setSessionCookie } from '../../portal/http/cookies.ts';
import { requireCsrf, requireSameOrigin } from '../../portal/http/same-origin.ts';
import { readForm, readJson, receiveBody } from '../../portal/http/request-body.ts';
import { newRouter, shortAddress } from '../../portal/http/request-context.ts';
import { createStore } from '../../portal/storage/create-store.ts';
import { send } from '../support/portal-call.ts';
import { testPortal } from '../support/portal.ts';

/** Routes that do nothing but what the middleware must guard. */
function probes() {
  const router = newRouter();
  router.post('/api/v1/test/json', async (ctx) => {
    ctx.body = { caller: (await callerOf(ctx)).kind, got: await readJson(ctx) };
  });
  router.put('/api/v1/test/stream', async (ctx) => {
    const caller = await callerOf(ctx);
    let size = 0;
    for await (const chunk of receiveBody(ctx, { media_type: 'application/octet-stream', max_bytes: 1000 }).source) size += chunk.length;
    ctx.body = { caller: caller.kind, size };
  });
  router.put('/api/v1/test/careless', async (ctx) => {
    await callerOf(ctx);
    ctx.body = { done: true };
  });
  router.post('/fr/test/form', async (ctx) => {
    const fields = await readForm(ctx, ['name']);
    const session = await requireCsrf(ctx, fields);
    ctx.body = { email: session.member.email, name: fields['name'] };
  });
  router.post('/fr/test/open-form', async (ctx) => {
    requireSameOrigin(ctx);
    ctx.body = await readForm(ctx, ['name']);
  });
  router.get('/api/v1/test/broken', () => {
    throw new Error('password=hunter2 at /srv/secret');
  });
  router.get('/fr/test/broken', () => {
    throw new PortalError('conflict', 'Already there.');
  });
  return router;
}

test('every answer has its id, forbids framing and guessing, and is not cached by forgetting', async (t) => {
  const portal = await testPortal(t);
  const answer = await portal.call('GET', '/api/v1/portal');
  t.is(answer.status, 200);
  t.regex(answer.headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/);
  t.is(answer.headers['x-content-type-options'], 'nosniff');
  t.regex(answer.headers['content-security-policy'] ?? '', /default-src 'self'.*script-src http:\/\/127\.0\.0\.1:\d+\/assets\/;.*frame-ancestors 'none'/);
  t.is(answer.headers['referrer-policy'], 'same-origin');
  t.is(answer.headers['cross-origin-opener-policy'], 'same-origin');
  t.is(answer.headers['cache-control'], 'no-store');
  t.is(answer.headers['strict-transport-security'], undefined);
  t.is(answer.headers['set-cookie'], undefined, 'no cookie before sign-in');
});

test('over https the browser is told to stay there', async (t) => {
  const portal = await testPortal(t, { config: { public_origin: 'https://data.example.org' } });
  const { port } = portal.portal.config.listen;
  const answer = await send(`http://127.0.0.1:${port}`, 'GET', '/api/v1/portal', {});
  t.regex(answer.headers['strict-transport-security'] ?? '', /max-age=31536000/);
});

test('an unknown address is 404, a known one with another method 405 with what it answers', async (t) => {
  const portal = await testPortal(t);
  const missing = await portal.call('GET', '/api/v1/nothing');
  t.is(missing.status, 404);
  t.is(missing.headers['content-type'], 'application/problem+json');
  t.like(missing.json, { type: 'about:blank', title: 'Not found', status: 404, code: 'not_found', request_id: missing.headers['x-request-id'] });
  const method = await portal.call('DELETE', '/api/v1/portal');
  t.is(method.status, 405);
  t.is(method.headers['allow'], 'HEAD, GET');
  t.is((await portal.call('GET', '/api/v1/portal/')).status, 404);
});

test('an unexpected error tells strangers nothing but a number', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const answer = await portal.call('GET', '/api/v1/test/broken');
  t.is(answer.status, 500);
  t.deepEqual(Object.keys(answer.json).sort(), ['code', 'detail', 'request_id', 'status', 'title', 'type']);
  t.notRegex(answer.text, /hunter2|secret/);
});

test('people get an error page in their language, programs a problem document', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const page = await portal.call('GET', '/fr/test/broken', { headers: { accept: 'text/html,application/xhtml+xml' } });
  t.is(page.status, 409);
  t.is(page.headers['content-type'], 'text/html; charset=utf-8');
  t.regex(page.text, /<html lang="fr"/);
  t.regex((await portal.call('GET', '/en/nothing-here', { headers: { accept: 'text/html' } })).text, /<html lang="en"/);
  t.is((await portal.call('GET', '/fr/test/broken', { headers: { accept: 'application/json' } })).json.code, 'conflict');
  t.is((await portal.call('GET', '/api/v1/nothing', { headers: { accept: 'text/html' } })).json.code, 'not_found');
});

test('JSON bodies: media type, size, strictness, unknown fields and parameters are checked before anything happens', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const post = (bytes: string | Buffer, content_type = 'application/json', headers = {}) => portal.call('POST', '/api/v1/test/json', { bytes: Buffer.from(bytes), content_type, headers });
  t.deepEqual((await post('{"a":1}')).json, { caller: 'anonymous', got: { a: 1 } });
  t.is((await post('{"a":1}', 'application/json; charset=utf-8')).status, 200);
  t.is((await post('{"a":1}', 'text/plain')).status, 415);
  t.is((await post('{"a":1}', 'application/json; charset=latin1')).status, 415);
  t.is((await post('{"a":1}', 'application/json', { 'content-encoding': 'gzip' })).status, 415);
  for (const [text, reason] of [
    ['{"a":1', 'malformed_json'],
    ['', 'malformed_json'],
    ['{"a":1,"a":2}', 'duplicate_key'],
    ['{"__proto__":{}}', 'forbidden_key'],
    [`${'['.repeat(40)}${']'.repeat(40)}`, 'too_deep'],
    ['\ufeff{}', 'malformed_utf8'],
    [Buffer.from([0x22, 0xff, 0x22]), 'malformed_utf8'],
  ] as const) {
    const answer = await post(text);
    t.is(answer.status, 400, String(text));
    t.is(answer.json.reason, reason);
  }
  const enrolment = await portal.call('POST', '/api/v1/enrolments', { json: { code: 'X', key_sets: [], extra: 1 } });
  t.is(enrolment.status, 400);
  t.deepEqual(enrolment.json.issues, [{ pointer: '/extra', message: 'This field is not known here: leave it out.' }]);
  t.is((await portal.call('GET', '/api/v1/producers?page=2')).json.reason, 'unknown_parameter');
  t.is((await portal.call('GET', '/api/v1/log/acts?from=1&from=2')).json.reason, 'repeated_parameter');
});

test('a body beyond its limit is refused, announced or not', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const big = Buffer.from(JSON.stringify({ code: 'A'.repeat(1024 * 1024), key_sets: [] }));
  const announced = await portal.call('POST', '/api/v1/enrolments', { bytes: big, content_type: 'application/json' });
  t.is(announced.status, 413);
  t.is(announced.json.code, 'too_large');
  const chunked = await send(portal.origin, 'POST', '/api/v1/enrolments', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }, big);
  t.is(chunked.status, 413);
  const stream = (headers: Record<string, string>, size: number) => send(portal.origin, 'PUT', '/api/v1/test/stream', { 'content-type': 'application/octet-stream', ...headers }, Buffer.alloc(size));
  t.deepEqual((await stream({}, 1000)).json, { caller: 'anonymous', size: 1000 });
  t.is((await stream({}, 1001)).status, 413);
  t.is((await stream({ 'transfer-encoding': 'chunked' }, 10)).status, 411);
});

test('a body that is cut short is refused and leaves nothing behind', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const { port } = portal.portal.config.listen;
  await new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('POST /api/v1/enrolments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"code":');
      setTimeout(() => socket.destroy(), 50);
    });
    socket.on('close', () => resolve());
  });
  t.is((await portal.call('GET', '/api/v1/portal')).status, 200);
});

test('a signed body that no route looks at is an error of ours, not a success', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const consumer = await portal.registerConsumer();
  const answer = await portal.call('PUT', '/api/v1/test/careless', { bytes: Buffer.from('abc'), as: consumer.identity_key });
  t.is(answer.status, 500);
});

test('forms need the session’s token and our own origin', async (t) => {
  const portal = await testPortal(t, { routes: probes });
  const session = await portal.signIn('nadia@example.org');
  const post = (form: Record<string, string>, o: { headers?: Record<string, string>; signed_in?: boolean } = {}) =>
    portal.call('POST', '/fr/test/form', { form, headers: { accept: 'application/json', ...o.headers }, ...(o.signed_in === false ? {} : { session }) });
  t.deepEqual((await post({ name: 'x' })).json, { email: 'nadia@example.org', name: 'x' });
  t.is((await post({ name: 'x', csrf_token: '' })).json.reason, 'csrf');
  t.is((await post({ name: 'x', csrf_token: 'A'.repeat(22) })).json.reason, 'csrf');
  t.is((await post({ name: 'x' }, { headers: { origin: 'https://elsewhere.example' } })).json.reason, 'cross_site');
  t.is((await post({ name: 'x' }, { headers: { origin: 'null' } })).json.reason, 'cross_site');
  t.is((await post({ name: 'x' }, { signed_in: false })).status, 401);
  t.is((await post({ name: 'x', other: 'y' })).json.reason, 'unknown_field');
  const other = await portal.signIn('paul@example.org');
  t.is((await post({ name: 'x', csrf_token: other.csrf_token })).json.reason, 'csrf', 'a token of another session does not count');
  const bare = await send(portal.origin, 'POST', '/fr/test/open-form', { 'content-type': 'application/x-www-form-urlencoded' }, Buffer.from('name=x'));
  t.is(bare.status, 403);
  const fetched = await send(portal.origin, 'POST', '/fr/test/open-form', { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }, Buffer.from('name=x'));
  t.is(fetched.status, 200);
});

test('a database that is away is 503 with a hint, and health says so', async (t) => {
  const portal = await testPortal(t);
  const alive = portal.portal.db;
  const dead = openDatabase('postgres://nobody@127.0.0.1:1/nothing');
  portal.portal.db = dead.db;
  const answer = await portal.call('GET', '/api/v1/producers');
  t.is(answer.status, 503);
  t.like(answer.json, { code: 'unavailable', reason: 'database_away' });
  t.is(answer.headers['retry-after'], '5');
  const write = await portal.call('POST', '/api/v1/enrolments', { json: { code: 'x', key_sets: [{}] } });
  t.is(write.status, 503, 'writes are refused');
  const health = await portal.call('GET', '/health');
  t.is(health.status, 503);
  t.like(health.json, { status: 'degraded', checks: { database: 'failing', store: 'ok' } });
  t.is((await portal.call('GET', '/health/live')).status, 200, 'restarting the process would not bring the database back');
  portal.portal.db = alive;
  await dead.close();
  t.is((await portal.call('GET', '/api/v1/producers')).status, 200);
});

test('a connection that the server ends between two queries of a transaction fails that transaction and nothing else', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  const pool = openDatabase(portal.database_url, { max: 1, application_name: 'between' });
  const { sql } = await import('kysely');
  const failed = await t.throwsAsync(
    pool.db.transaction().execute(async (trx) => {
      await sql`SELECT 1`.execute(trx);
      await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'between' AND datname = current_database()`.execute(portal.owner_db);
      await sleep(100);
      await sql`SELECT 2`.execute(trx);
    }),
  );
  t.true(isDatabaseAway(failed), String(failed));
  await sql`SELECT 3`.execute(pool.db);
  await pool.close();
});

test('connections that the server ends do not end the portal', async (t) => {
  const portal = await testPortal(t, { sequencer: false });
  await portal.call('GET', '/api/v1/producers');
  const other = openDatabase(portal.database_url, { max: 1 });
  await other.db.selectFrom('producer').select('name').execute();
  const { sql } = await import('kysely');
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`.execute(other.db);
  await other.close();
  let status = 0;
  for (let attempt = 0; attempt < 5 && status !== 200; attempt += 1) status = (await portal.call('GET', '/api/v1/producers')).status;
  t.is(status, 200);
});

test('the log line of a request tells what happened, and no secret, name or whole address', async (t) => {
  const lines: string[] = [];
  const logger = pino({ level: 'info', serializers: { err: describeError } }, { write: (line: string) => void lines.push(line) });
  const portal = await testPortal(t, { routes: probes, replace: { logger } });
  const session = await portal.signIn('nadia@example.org');
  await portal.call('GET', '/fr/sign-in/SECRET-TOKEN-OF-THE-LINK?next=SECRET-VALUE', { session, headers: { 'x-forwarded-for': '203.0.113.77' } });
  await portal.call('GET', '/fr/access-requests/confirm/SECRET-CONFIRMATION');
  await portal.call('GET', '/api/v1/test/broken');
  for (let attempt = 0; attempt < 100 && lines.length < 4; attempt += 1) await sleep(10);
  const all = lines.join('');
  for (const secret of ['SECRET', session.cookie.split('=')[1] ?? '-', session.csrf_token, 'nadia', '203.0.113']) t.false(all.includes(secret), secret);
  const first = lines.map((line) => JSON.parse(line)).find((line) => String(line.path).startsWith('/fr/sign-in'));
  t.like(first, { msg: 'request', method: 'GET', path: '/fr/sign-in/…', parameters: ['next'], address: '127.0.0.0' });
  t.true(all.includes('hunter2'), 'the cause of an unexpected error is for the operator');
});

test('cookies belong to this host alone and to no script; two of one name count for nothing', async (t) => {
  const portal = await testPortal(t, {
    config: { public_origin: 'https://data.example.org' },
    routes: () => {
      const router = newRouter();
      router.get('/fr/test/cookie', (ctx) => {
        ctx.body = { session: readSessionCookie(ctx) ?? null };
        setSessionCookie(ctx, 'abc');
      });
      return router;
    },
  });
  const here = `http://127.0.0.1:${portal.portal.config.listen.port}`;
  const read = async (cookie: string) => (await send(here, 'GET', '/fr/test/cookie', { cookie })).json.session;
  t.is((await send(here, 'GET', '/fr/test/cookie', {})).headers['set-cookie'], '__Host-sceau_session=abc; Path=/; HttpOnly; SameSite=Lax; Secure');
  t.is(await read('__Host-sceau_session=xyz'), 'xyz');
  t.is(await read('sceau_session=xyz'), null, 'a cookie that another host of the domain could have set');
  t.is(await read('__Host-sceau_session=xyz; __Host-sceau_session=abc'), null);
  t.is(await read('__Host-sceau_session=x y'), null);
});

test('the demonstration leads browsers to the one name under which forms work', async (t) => {
  const portal = await testPortal(t, { demo: true, config: { public_origin: 'http://localhost:4711' } });
  const here = `http://127.0.0.1:${portal.portal.config.listen.port}`;
  const page = await send(here, 'GET', '/fr/?a=1', { accept: 'text/html' });
  t.is(page.status, 302);
  t.is(page.headers['location'], 'http://localhost:4711/fr/?a=1');
  t.is((await send(here, 'GET', '/health', {})).status, 200);
});

test('a proxy is believed only as far as the operator says', async (t) => {
  const whoami = () => {
    const router = newRouter();
    router.get('/api/v1/test/address', (ctx) => {
      ctx.body = { address: shortAddress(ctx.ip) };
    });
    return router;
  };
  const forwarded = { 'x-forwarded-for': '198.51.100.9, 203.0.113.77' };
  const direct = await testPortal(t, { routes: whoami });
  t.is((await direct.call('GET', '/api/v1/test/address', { headers: forwarded })).json.address, '127.0.0.0');
  const behind = await testPortal(t, { routes: whoami, config: { trusted_proxies: 1 } });
  const here = `http://127.0.0.1:${behind.portal.config.listen.port}`;
  t.is((await send(here, 'GET', '/api/v1/test/address', forwarded)).json.address, '203.0.113.0', 'what the caller wrote before is not');
  // Where the portal is comes from its own configuration: no header moves its links or redirections elsewhere.
  const moved = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', origin: here, 'content-type': 'application/x-www-form-urlencoded' };
  const asked = await send(here, 'POST', '/fr/sign-in', moved, Buffer.from('email=anne%40example.org'));
  t.true(asked.status < 400, asked.text);
  t.false(JSON.stringify([asked.headers, asked.text, await behind.mails('anne@example.org')]).includes('evil.example'));
  t.true(JSON.stringify(await behind.mails('anne@example.org')).includes(`${here}/`));
});

test('addresses are shortened before anything remembers them', (t) => {
  t.is(shortAddress('203.0.113.77'), '203.0.113.0');
  t.is(shortAddress('::ffff:203.0.113.77'), '203.0.113.0');
  t.is(shortAddress('2001:db8:1:2:3:4:5:6'), '2001:db8:1::');
  t.is(shortAddress('2001:db8::1'), '2001:db8:0::');
  t.is(shortAddress('::1'), '0:0:0::');
  t.is(shortAddress(''), 'unknown');
});

test('many who ask for health at once look at the store once', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sceau-health-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const store = createStore({ kind: 'directory', path: folder });
  let looks = 0;
  const counted = { ...store, ping: async () => { looks += 1; await store.ping(); } };
  const portal = await testPortal(t, { replace: { store: counted } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => portal.call('GET', '/health')));
  for (const answer of answers) t.is(answer.json.checks.store, 'ok');
  t.is(looks, 1);
});
