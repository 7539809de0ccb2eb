import test from 'ava';
import { equalBytes, randomBytes, rootOfLeaves } from '#crypto';
import { attachment } from '../../../portal/catalog/resources/content-disposition.ts';
import { readRange } from '../../../portal/catalog/resources/byte-range.ts';
import { send } from '../../support/portal-call.ts';
import { startTestPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { publishOpen, publishSealed } from './publishing.ts';

let portal: TestPortal;
let rennes: TestProducer;
const bytes = randomBytes(2_300_000);
let file = '';
let etag = '';
test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer();
  const { dataset_id, resource_id, resource } = await publishOpen(portal, rennes, { bytes, name: 'été "à" l’île.csv' });
  file = `/api/v1/datasets/${dataset_id}/versions/latest/resources/${resource_id}`;
  etag = `"${resource.tree.root}"`;
});
test.after.always(() => portal.close());

const get = (headers: Record<string, string> = {}, method = 'GET') => portal.call(method, `${file}/body`, { headers });

test('an open body comes whole, as an attachment under its name, never guessed', async (t) => {
  const answer = await get();
  t.is(answer.status, 200);
  t.true(equalBytes(answer.bytes, bytes));
  t.is(answer.headers['content-length'], String(bytes.length));
  t.is(answer.headers['content-type'], 'text/csv');
  t.is(answer.headers['etag'], etag);
  t.is(answer.headers['accept-ranges'], 'bytes');
  t.is(answer.headers['x-content-type-options'], 'nosniff');
  t.is(answer.headers['content-disposition'], `attachment; filename="ete _a_ l_ile.csv"; filename*=UTF-8''%C3%A9t%C3%A9%20%22%C3%A0%22%20l%E2%80%99%C3%AEle.csv`);
});

test('HEAD says what GET would, without a byte', async (t) => {
  const answer = await get({}, 'HEAD');
  t.is(answer.status, 200);
  t.is(answer.bytes.length, 0);
  t.is(answer.headers['content-length'], String(bytes.length));
  t.is(answer.headers['etag'], etag);
  const part = await get({ range: 'bytes=0-9' }, 'HEAD');
  t.is(part.status, 206);
  t.is(part.headers['content-length'], '10');
});

test('ranges are exact', async (t) => {
  const size = bytes.length;
  const cases: [string, number, number][] = [
    ['bytes=0-0', 0, 1],
    ['bytes=1048575-1048576', 1_048_575, 1_048_577],
    [`bytes=${size - 1}-`, size - 1, size],
    ['bytes=-5', size - 5, size],
    [`bytes=100-${size + 1000}`, 100, size],
    [`bytes=-${size + 1000}`, 0, size],
  ];
  for (const [range, start, end] of cases) {
    const answer = await get({ range });
    t.is(answer.status, 206, range);
    t.is(answer.headers['content-range'], `bytes ${start}-${end - 1}/${size}`);
    t.true(equalBytes(answer.bytes, bytes.slice(start, end)), range);
  }
});

test('a range outside of the body is refused and says its size', async (t) => {
  for (const range of [`bytes=${bytes.length}-`, 'bytes=-0', 'bytes=99999999-99999999']) {
    const answer = await get({ range });
    t.is(answer.status, 416, range);
    t.is(answer.headers['content-range'], `bytes */${bytes.length}`);
    t.is(answer.json.code, 'range_not_satisfiable');
    t.is(answer.headers['content-disposition'], undefined);
  }
});

test('what is no single range of bytes gives the whole body', async (t) => {
  for (const range of ['bytes=5-2', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=', 'bytes=-', 'bytes=a-b', `bytes=0-${'9'.repeat(30)}`]) {
    const answer = await get({ range }, 'HEAD');
    t.is(answer.status, 200, range);
  }
});

test('If-Range asks for the range of this very body only', async (t) => {
  t.is((await get({ range: 'bytes=0-9', 'if-range': etag })).status, 206);
  for (const stale of ['"sha256:other"', `W/${etag}`, 'Tue, 24 Nov 2026 00:00:00 GMT']) {
    t.is((await get({ range: 'bytes=0-9', 'if-range': stale }, 'HEAD')).status, 200, stale);
  }
});

test('a body that the caller has is not sent again', async (t) => {
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const answer = await get({ 'if-none-match': known });
    t.is(answer.status, 304, known);
    t.is(answer.bytes.length, 0);
    t.is(answer.headers['etag'], etag);
    t.is(answer.headers['content-disposition'], undefined);
  }
  t.is((await get({ 'if-none-match': '"sha256:other"' }, 'HEAD')).status, 200);
  t.is((await get({ 'if-none-match': etag, range: 'bytes=99999999-' })).status, 304, 'unchanged comes before the range');
});

test('leaf hashes come with the root that they give', async (t) => {
  const answer = await portal.call('GET', `${file}/leaves`);
  t.is(answer.headers['content-type'], 'application/octet-stream');
  t.is(answer.bytes.length, 3 * 32);
  t.is(`"${rootOfLeaves(answer.bytes)}"`, etag);
});

test('an empty body is an empty answer', async (t) => {
  const { dataset_id, resource_id } = await publishOpen(portal, rennes, { bytes: new Uint8Array(0) });
  const path = `/api/v1/datasets/${dataset_id}/versions/1/resources/${resource_id}/body`;
  const answer = await portal.call('GET', path);
  t.is(answer.status, 200);
  t.is(answer.headers['content-length'], '0');
  t.is((await portal.call('GET', path, { headers: { range: 'bytes=0-0' } })).status, 416);
});

test('an open file has no header, and a file that is not there is not there', async (t) => {
  t.is((await portal.call('GET', `${file}/header`)).status, 404);
  for (const path of ['versions/9/resources', 'versions/x/resources', 'versions/01/resources']) t.is((await portal.call('GET', file.replace('versions/latest/resources', path).concat('/body'))).status, 404, path);
  t.is((await portal.call('GET', `${file.slice(0, -36)}not-a-uuid/body`)).status, 404);
  t.is((await send(portal.origin, 'GET', `${file}/../../../../../../etc/passwd`, {})).status, 404);
});

test('a sealed body says nothing of its name and type, and is not cached', async (t) => {
  const { dataset_id, resource_id } = await publishSealed(portal, rennes);
  const answer = await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/resources/${resource_id}/body`);
  t.is(answer.status, 403);
  t.is(answer.headers['cache-control'], 'no-store');
  t.is(answer.headers['etag'], undefined);
});

test('a body missing in the store is unavailable or not there, never half an answer', async (t) => {
  const { dataset_id, resource_id, resource } = await publishOpen(portal, rennes, { bytes: randomBytes(100) });
  await portal.portal.store.deleteBody(Buffer.from(resource.tree.root.slice(7), 'base64url').toString('hex'));
  const answer = await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/resources/${resource_id}/body`);
  t.is(answer.status, 404);
  t.is(answer.json.code, 'not_found');
});

test('a name cannot end the header, leave the folder or hide its ending', (t) => {
  for (const name of ['a"b.csv', 'a\r\nset-cookie: x', '../../etc/passwd', 'a\u202Evsc.exe', 'CON', 'a%0d%0a.csv', '\ud800.csv', `${'é'.repeat(255)}`]) {
    const value = attachment(name);
    t.regex(value, /^attachment; filename="[\x20\x21\x23-\x2e\x30-\x5b\x5d-\x7e]*"(; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*)?$/, name);
    t.false(value.includes('%0d') || value.includes('%2F') || value.includes('%E2%80%AE'), name);
  }
  t.is(attachment('simple.csv'), 'attachment; filename="simple.csv"');
});

test('ranges are read as RFC 9110 says', (t) => {
  t.deepEqual(readRange('', 10), undefined);
  t.deepEqual(readRange('bytes=0-', 10), { start: 0, end: 10 });
  t.deepEqual(readRange('Bytes=3-3', 10), { start: 3, end: 4 });
  t.is(readRange('bytes=10-', 10), 'unsatisfiable');
  t.is(readRange('bytes=0-', 0), 'unsatisfiable');
});
