import test from 'ava';
import { ask, PURPOSE, confirmationOf, requestPayload } from '../portal/access/asking.ts';
import { openFile, makePublication, publishOpen, publishSealed, send } from '../portal/catalog/publishing.ts';
import { startTestPortal, type TestPortal, type TestProducer } from '../support/portal.ts';

const EVIL = '<img src=x onerror=alert(1)>"\'><script>alert(2)</script>{{7*7}}[x](javascript:alert(3))';
let portal: TestPortal;
let rennes: TestProducer;

test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: `Ville <b>de</b> Rennes "&" ${EVIL.slice(0, 60)}` });
});
test.after.always(() => portal.close());

test('attack 46: markup in every text that somebody else wrote stays text on every page, for visitors, officers and operators', async (t) => {
  const open = await publishOpen(portal, rennes, { title: `Titre ${EVIL}`, synopsis: EVIL, summary: `${EVIL}\n\n${EVIL}`, keywords: [EVIL.slice(0, 90)], name: 'a"b\'c &lt;d&gt;.html', contact_name: EVIL.slice(0, 100) });
  const sealed = await publishSealed(portal, rennes, { title: `Scellé ${EVIL}` });
  const anne = await portal.registerConsumer({ name: `Anne ${EVIL.slice(0, 100)}` });
  const purpose = `${PURPOSE}\n${EVIL}`;
  const asked = await ask(portal, anne, { dataset: sealed, producer: rennes, purpose, email: 'anne@labo.example', payload: requestPayload(portal, anne, { dataset: sealed, producer: rennes, purpose }) });
  t.is(asked.status, 201, asked.text);
  const { code, token } = await confirmationOf(portal, 'anne@labo.example');
  const before = await portal.call('GET', `/fr/access-requests/confirm/${token}`, { headers: { accept: 'text/html' } });
  await portal.call('POST', `/api/v1/access-requests/${asked.json.request_id}/confirmation`, { json: { code }, as: anne.identity_key });
  const officer = await portal.signInOfficer(rennes);
  const operator = await portal.signInOperator();
  const member = await portal.signIn('anne@labo.example');
  const paths = (lang: string): [string, { session?: typeof officer }][] => [
    [`/${lang}/`, {}],
    [`/${lang}/datasets`, {}],
    [`/${lang}/datasets?q=${encodeURIComponent('Titre')}`, {}],
    [`/${lang}/datasets?q=${encodeURIComponent(EVIL.slice(0, 150))}`, {}],
    [`/${lang}/datasets/${open.dataset_id}`, {}],
    [`/${lang}/datasets/${sealed.dataset_id}`, {}],
    [`/${lang}/datasets/${encodeURIComponent(EVIL.slice(0, 40))}`, {}],
    [`/${lang}/producers`, {}],
    [`/${lang}/producers/${rennes.producer_id}`, {}],
    [`/${lang}/sign-in?next=${encodeURIComponent(`/fr/"><script>alert(1)</script>`)}`, {}],
    [`/${lang}/sign-in?next=javascript:alert(1)`, {}],
    [`/${lang}/officer`, { session: officer }],
    [`/${lang}/officer/requests/${String(asked.json.request_id)}`, { session: officer }],
    [`/${lang}/operator`, { session: operator }],
    [`/${lang}/me`, { session: member }],
  ];
  const seen: string[] = [before.text];
  for (const lang of ['fr', 'en']) {
    for (const [path, call] of paths(lang)) {
      const page = await portal.call('GET', path, { ...call, headers: { accept: 'text/html' } });
      t.true([200, 400, 404].includes(page.status), `${path}: ${page.status}`);
      t.regex(page.headers['content-type'] ?? '', /^text\/html; charset=utf-8/);
      t.regex(page.headers['content-security-policy'] ?? '', /default-src 'none'|default-src 'self'/);
      t.is(page.headers['x-content-type-options'], 'nosniff');
      seen.push(page.text);
    }
  }
  for (const text of seen) {
    t.notRegex(text, /<img src=x/i);
    t.notRegex(text, /<script>alert/i);
    t.notRegex(text, /<b>de<\/b>/);
    t.notRegex(text, /\s(?:href|src|action)\s*=\s*["']?\s*(?:javascript|data|vbscript):/i);
    // Outside of text nothing of it may open a tag or an attribute.
    t.notRegex(text.replaceAll(/"[^"]*"/g, '""'), /<[^>]*\sonerror\s*=/i);
  }
  t.true(seen.some((text) => text.includes('&lt;img src=x')), 'it is shown, as text');
});

test('attack 46: an address that is no web address is neither published nor shown as a link', async (t) => {
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'file:///etc/passwd', 'https://user:pass@host.example/', ' https://host.example/']) {
    const publication = makePublication(rennes, { dataset_id: portal.portal.newUuid(), resources: [{ kind: 'link', resource_id: portal.portal.newUuid(), name: 'x', media_type: 'text/html', url }] }, portal.portal.clock.now());
    t.is((await send(portal, rennes, publication)).status, 400, url);
  }
});

test('attack 43: names with separators, U+0000, direction marks and too many bytes are not published; those of old systems are only shown', async (t) => {
  for (const name of ['../x', 'a/b', 'a\\b', '..', '.', '', 'a\0b', 'a\u202egnp.exe', 'a\nb', '.bashrc', 'x'.repeat(300), 'é'.repeat(200)]) {
    const dataset_id = portal.portal.newUuid();
    const resource = { ...(await openFile(portal, rennes, { resource_id: portal.portal.newUuid(), name: 'x.csv', bytes: Buffer.from('a') })), name };
    t.is((await send(portal, rennes, makePublication(rennes, { dataset_id, resources: [resource] }, portal.portal.clock.now()))).status, 400, JSON.stringify(name));
  }
  for (const name of ['%2e%2e%2fx', 'CON', 'aux.csv', 'a;b.csv', '~root']) {
    const { dataset_id, resource_id } = await publishOpen(portal, rennes, { name });
    const body = await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/resources/${resource_id}/body`);
    t.is(body.status, 200);
    t.regex(body.headers['content-disposition'] ?? '', /^attachment; filename="[^"/\\]*"(; filename\*=UTF-8''[^/\\\s]*)?$/);
    t.is(body.headers['content-security-policy'], "default-src 'none'; sandbox", 'a file is never a page of ours');
  }
});

test('attack 47: no name of a file writes another header', async (t) => {
  for (const name of ['a"; filename="evil.exe', 'é"\u00a0x.csv', "a'b;c=d.csv", '"%0d%0aSet-Cookie: x=1".csv']) {
    const { dataset_id, resource_id } = await publishOpen(portal, rennes, { name });
    const { headers } = await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/resources/${resource_id}/body`);
    t.is(headers['set-cookie'], undefined);
    t.is((headers['content-disposition']?.match(/"/g) ?? []).length, 2, headers['content-disposition']);
  }
});

test('attack 48: operators, wildcards and sort fields of the database mean nothing in a search', async (t) => {
  for (const q of ["' OR 1=1 --", '%', '_', '*:*', 'a & !b | (c', "\\'; DROP TABLE dataset; --", ':*', '<->', '"', '$1', '\u0000', '((((((((((((((((((((']) {
    const answer = await portal.call('GET', `/api/v1/datasets?q=${encodeURIComponent(q)}`);
    t.is(answer.status, 200, q);
    t.true(answer.json.total <= 20 || answer.json.datasets.length <= 20);
  }
  for (const parameters of ['sort=published_at', 'sort=title;drop', 'order=desc', 'filter[title]=x', 'limit=1000', 'limit=0', 'theme=%27', 'producer=%25']) {
    t.is((await portal.call('GET', `/api/v1/datasets?${parameters}`)).status, 400, parameters);
  }
  t.is((await portal.call('GET', '/health')).json.checks.database, 'ok');
});
