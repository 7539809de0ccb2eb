import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { encodeBase64url, generateSigningKey, randomBytes, signRequest, utf8 } from '#crypto';
import { createApp } from '../../portal/app.ts';
import { openDatabase } from '../../portal/db/database.ts';
import { createClock } from '../support/clock.ts';
import { asRole, startTestPortal, type TestConsumer, type TestPortal } from '../support/portal.ts';
import { send } from '../support/portal-call.ts';

const clock = createClock('2026-03-01T09:00:00Z');
const PATH = '/api/v1/grants?limit=5';
let portal: TestPortal;
let lab: TestConsumer;

test.before(async () => {
  portal = await startTestPortal({ sequencer: false, clock });
  lab = await portal.registerConsumer();
});
test.after.always(() => portal.close());

const sign = (o: { method?: string; path?: string; body?: string; now?: Date; origin?: string } = {}) =>
  signRequest({ method: o.method ?? 'GET', url: `${o.origin ?? portal.origin}${o.path ?? PATH}`, ...(o.body === undefined ? {} : { body: utf8(o.body) }) }, lab.identity_key, { now: o.now ?? clock.now() });
// Failures from one address are counted: every test that makes many begins a new minute.
const nextMinute = (): void => clock.advance(61);

test.serial('attack 21: a call that was answered once is refused again, by this process, by another one on the same database, and after a restart', async (t) => {
  const again = await sibling(t);
  const headers = sign();
  t.is((await send(portal.origin, 'GET', PATH, headers)).status, 200);
  t.is((await send(portal.origin, 'GET', PATH, headers)).status, 401);
  t.is((await send(again, 'GET', PATH, headers)).status, 401, 'another process, started since');
  const other = sign();
  t.is((await send(again, 'GET', PATH, other)).status, 200);
  t.is((await send(portal.origin, 'GET', PATH, other)).status, 401);
  const raced = sign();
  const statuses = await Promise.all([portal.origin, again, portal.origin, again].map(async (origin) => (await send(origin, 'GET', PATH, raced)).status));
  t.deepEqual(statuses.toSorted(), [200, 401, 401, 401]);
});

test.serial('attack 22: method, path, order and spelling of the query, authority, body, digest and content type are all signed', async (t) => {
  nextMinute();
  const body = JSON.stringify({ request: {}, purpose: 'x' });
  const post = '/api/v1/access-requests';
  const status = async (method: string, path: string, headers: Record<string, string>, sent?: string) => (await send(portal.origin, method, path, headers, sent === undefined ? undefined : utf8(sent))).status;
  t.is(await status('HEAD', PATH, sign()), 401, 'method');
  t.is(await status('GET', '/api/v1/access-requests?limit=5', sign()), 401, 'path');
  t.is(await status('GET', '/api/v1/grants?limit=6', sign()), 401, 'query');
  t.is(await status('GET', '/api/v1/grants?limit=%35', sign()), 401, 'spelling of the query');
  t.is(await status('GET', '/api/v1/grants', sign()), 401, 'no query');
  t.is(await status('GET', PATH, sign({ origin: 'https://portal.example' })), 401, 'authority');
  t.is(await status('POST', post, sign({ method: 'POST', path: post, body }), `${body} `), 401, 'body');
  t.is(await status('POST', post, { ...sign({ method: 'POST', path: post, body }), 'content-type': 'text/plain' }, body), 401, 'content type');
  const other = sign({ method: 'POST', path: post, body: '{}' });
  t.is(await status('POST', post, { ...sign({ method: 'POST', path: post, body }), 'content-digest': other['content-digest'] ?? '' }, body), 401, 'digest');
  t.is(await status('GET', PATH, sign(), '{}'), 401, 'a body where none was signed');
  t.not(await status('POST', post, sign({ method: 'POST', path: post, body }), body), 401, 'as signed it is heard');
});

test.serial('attack 23: a missing, repeated or parameterised component is refused', async (t) => {
  nextMinute();
  const good = sign();
  const input = good['signature-input'] ?? '';
  for (const altered of [
    input.replace(' "@query"', ''),
    input.replace('"@method" ', ''),
    input.replace('"@path"', '"@path" "@path"'),
    input.replace('"@method"', '"@method";req'),
    input.replace('"@query"', '"@query";bs'),
    input.replace('"@query"', '"@query-param";name="limit"'),
    input.replace('"@path"', '"@target-uri"'),
  ]) {
    t.not(altered, input);
    t.is((await send(portal.origin, 'GET', PATH, { ...good, 'signature-input': altered })).status, 401, altered);
  }
});

test.serial('attack 24: a call from the future, too old, without end or for too long, or with a short nonce is refused', async (t) => {
  nextMinute();
  const good = sign();
  const input = good['signature-input'] ?? '';
  for (const altered of [
    input.replace(/;expires=\d+/, ''),
    input.replace(/;expires=(\d+)/, (_all, end: string) => `;expires=${Number(end) + 1}`),
    input.replace(/;expires=\d+/, ';expires=99999999999'),
    input.replace(/;created=\d+/, ''),
    input.replace(/;nonce="[^"]+"/, ''),
    input.replace(/;nonce="[^"]+"/, `;nonce="${encodeBase64url(randomBytes(15))}"`),
    input.replace(/;nonce="[^"]+"/, `;nonce="${encodeBase64url(randomBytes(33))}"`),
  ]) {
    t.is((await send(portal.origin, 'GET', PATH, { ...good, 'signature-input': altered })).status, 401, altered);
  }
});

test.serial('attack 25: a second signature before or after ours, another label, folded lines and doubled fields are refused', async (t) => {
  nextMinute();
  const good = sign();
  const [input = '', signature = ''] = [good['signature-input'], good['signature']];
  const sig2 = { input: input.replace('sig1=', 'sig2='), signature: signature.replace('sig1=', 'sig2=') };
  for (const fields of [
    { 'signature-input': `${input}, ${sig2.input}`, signature: `${signature}, ${sig2.signature}` },
    { 'signature-input': `${sig2.input}, ${input}`, signature: `${sig2.signature}, ${signature}` },
    { 'signature-input': input, signature: `${signature}, sig2=:AAAA:` },
    { 'signature-input': sig2.input, signature: sig2.signature },
    { 'signature-input': input.replace('sig1', 'SIG1'), signature },
  ]) {
    t.is((await send(portal.origin, 'GET', PATH, fields)).status, 401, JSON.stringify(fields).slice(0, 60));
  }
  t.is(await raw([...Object.entries(sign()), ['Signature', signature]]), 401, 'two Signature fields');
  t.is(await raw([['signature-input', input], ['Signature-Input', input], ['signature', signature]]), 401, 'two Signature-Input fields');
});

test.serial('attack 26: a digest by SHA-1, MD5 or SHA-512, and two digests of which one is right, are refused', async (t) => {
  nextMinute();
  const path = '/api/v1/access-requests';
  for (const spell of [(good: string) => `${good}, md5=:AAAA:`, (good: string) => `sha-1=:AAAA:, ${good}`, () => 'sha-512=:AAAA:', () => 'md5=:1B2M2Y8AsgTpgAmY7PhCfg==:', (good: string) => good.replace('sha-256', 'SHA-256')]) {
    const headers = sign({ method: 'POST', path, body: '{}' });
    t.is((await send(portal.origin, 'POST', path, { ...headers, 'content-digest': spell(headers['content-digest'] ?? '') }, utf8('{}'))).status, 401);
  }
});

test.serial('attack 27: Host and X-Forwarded-Host change neither whom a call is for nor where a mail leads', async (t) => {
  nextMinute();
  const spoofed = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' };
  t.is((await send(portal.origin, 'GET', PATH, { ...sign(), ...spoofed })).status, 200, 'signed for the configured origin');
  t.is((await send(portal.origin, 'GET', PATH, { ...sign({ origin: 'http://evil.example' }), ...spoofed })).status, 401);
  const page = await send(portal.origin, 'POST', '/fr/sign-in', { ...spoofed, origin: portal.origin, 'content-type': 'application/x-www-form-urlencoded' }, utf8('email=vera@example.org'));
  t.true(page.status < 400, page.text.slice(0, 200));
  const mails = await portal.mails('vera@example.org');
  t.is(mails.length, 1);
  t.true(mails[0]?.text_body.includes(`${portal.origin}/`));
  t.false(JSON.stringify([mails, page.headers]).includes('evil.example'));
  t.is((await send(portal.origin, 'POST', '/fr/sign-in', { ...spoofed, origin: 'http://evil.example', 'content-type': 'application/x-www-form-urlencoded' }, utf8('email=vera@example.org'))).status, 403);
});

test.serial('attack 28: a clock 60 seconds off is forgiven, 61 are not, in both directions', async (t) => {
  nextMinute();
  const status = async (offset: number) => (await send(portal.origin, 'GET', PATH, sign({ now: new Date(clock.now().getTime() + offset * 1000) }))).status;
  t.is(await status(60), 200);
  t.is(await status(61), 401);
  t.is(await status(-120), 200, 'it lived for 60 seconds, and 60 are forgiven');
  t.is(await status(-121), 401);
});

test.serial('attack 29: a flood of unknown keys costs one address its turn, and touches no key’s owner', async (t) => {
  nextMinute();
  const keys = Array.from({ length: 110 }, () => generateSigningKey());
  const statuses: number[] = [];
  for (const key of keys) statuses.push((await portal.call('GET', PATH, { as: key })).status);
  t.is(statuses.filter((status) => status === 401).length, 100);
  t.is(statuses.filter((status) => status === 429).length, 10);
  const rows = await portal.portal.db.selectFrom('http_nonce').select('kid').where('kid', 'in', keys.map((key) => key.kid)).execute();
  t.deepEqual(rows, [], 'nothing is kept of them');
  nextMinute();
  t.is((await portal.call('GET', PATH, { as: lab.identity_key })).status, 200);
});

/** A second portal process on the same database, answering under the same public origin. */
async function sibling(t: { teardown(fn: () => Promise<void>): void }): Promise<string> {
  const pool = openDatabase(asRole(portal.database_url, 'sceau_test_web'), { max: 2 });
  const server = createServer(createApp({ ...portal.portal, db: pool.db }).callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await pool.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The status of a call with fields exactly as listed, doubled ones too. */
function raw(fields: readonly (readonly [string, string])[]): Promise<number> {
  const url = new URL(portal.origin);
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: url.hostname, port: url.port, path: PATH, method: 'GET', agent: false, headers: ['host', url.host, ...fields.flat()] }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
