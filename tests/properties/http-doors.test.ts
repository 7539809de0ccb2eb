import test from 'ava';
import fc from 'fast-check';
import { encodeBase64url } from '#crypto';
import { apiRouters } from '../../portal/app.ts';
import { webRoutes } from '../../portal/web/routes.ts';
import { publishSealed } from '../portal/catalog/publishing.ts';
import { testPortal } from '../support/portal.ts';
import { near, nearJson } from './parser.ts';

interface Door {
  readonly method: string;
  readonly path: string;
}

/** What is put into the places of a path, besides things that exist there. */
const ODD = ['..', '%2e%2e', '%00', '%ff', '%F0%9F%92%A7', '0', '-1', '99999999999999999999', '%27%3B--', 'null', '__proto__', '00000000-0000-4000-8000-000000000000', 'x'.repeat(3000)];

test('whatever is sent to whichever door of the portal, by whomever, no door answers with an error of ours', async (t) => {
  const portal = await testPortal(t);
  const producer = await portal.enrolProducer();
  const sealed = await publishSealed(portal, producer);
  const lab = await portal.registerConsumer();
  const officer = await portal.signInOfficer(producer);
  const operator = await portal.signInOperator();
  const doors: Door[] = [...apiRouters(portal.portal), webRoutes(portal.portal)].flatMap((router) => router.stack.flatMap((layer) => layer.methods.map((method) => ({ method, path: String(layer.path) }))));
  t.true(doors.length > 80, `${doors.length} doors`);

  const real = [sealed.dataset_id, sealed.resource_id, producer.producer_id, lab.consumer_id, producer.enrolment_id, '1', encodeBase64url(new Uint8Array(16))];
  const piece = fc.oneof(fc.constantFrom(...real), fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 12 }).map((text) => encodeURIComponent(text.toWellFormed())));
  const query = fc.oneof(fc.constant(''), near('q=eau', 'limit=5&cursor=AAAA', 'index=1', 'first=1&second=3', 'size=2', 'next=/fr/', 'sort=title&theme=environment', 'token=x').map((text) => `?${encodeURI(text.toWellFormed()).replaceAll('#', '%23')}`), fc.constantFrom('?%', '?%00=1', '?a&a&a', '?q=%ff%fe', '?limit=1e3', '?__proto__=1'));
  const statement = producer.key_set;
  const json = nearJson({ key_sets: [statement] }, { code: 'AAAA', key_sets: [statement] }, { manifest: statement, headers: [], deposits: [] }, { statement }, { request: statement, purpose: 'x', email: 'a@example.org' }, { root: 'x', body_size: 1 }, { decision: 'approved', ends_at: '2027-01-01' }).map((value) => ({ json: value ?? null }));
  const form = fc.dictionary(fc.constantFrom('email', 'code', 'name', 'purpose', 'ends_on', 'decision', 'fingerprint', 'note', 'token', 'next', 'dataset_id', '__proto__', 'x'), near('a@example.org', '2027-02-30', 'oui', '\0', '../x')).map((fields) => ({ form: Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text.toWellFormed()])) }));
  const bytes = fc.uint8Array({ maxLength: 60 }).chain((body) => fc.constantFrom('application/octet-stream', 'application/json', 'application/x-www-form-urlencoded', 'text/plain').map((content_type) => ({ bytes: body, content_type })));
  const who = fc.constantFrom({}, { as: lab.identity_key }, { as: producer.keys.api }, { as: lab.application_key }, { session: officer }, { session: operator });
  const headers = fc.oneof(fc.constant({}), fc.record({ range: near('bytes=0-1', 'bytes=-0'), 'if-none-match': near('"a"', '*'), 'if-range': near('"a"'), accept: fc.constantFrom('text/html', 'application/json', '*/*', ';;'), 'accept-language': near('fr', 'en;q=2'), 'accept-encoding': fc.constantFrom('br', 'gzip;q=0', '*'), cookie: near('sceau_session=x', 'sceau_sign_in=y; sceau_sign_in=z'), 'x-forwarded-for': near('203.0.113.1', '::1, x'), 'content-digest': near('sha-256=:AAAA:') }, { requiredKeys: [] }).map((fields) => Object.fromEntries(Object.entries(fields).flatMap(([name, text]) => (text === undefined ? [] : [[name, text.replaceAll(/[^\x20-\x7e]/g, '?')]])))));

  let asked = 0;
  const statuses = new Map<number, number>();
  for (const door of doors) {
    const calls = fc.record({ places: fc.array(piece, { minLength: 6, maxLength: 6 }), query, body: fc.oneof(fc.constant({}), json, form, bytes), who, headers });
    await fc.assert(
      fc.asyncProperty(calls, async (sent) => {
        const left = [...sent.places];
        const path = door.path.replaceAll(/\{?[:*](\w+)\}?/g, () => left.shift() ?? 'x');
        const body = door.method === 'GET' || door.method === 'HEAD' ? {} : sent.body;
        const target = `${path}${sent.query}`;
        const answer = await portal.call(door.method, target, { ...body, ...sent.who, headers: sent.headers }).catch((error: unknown) => {
          // A target that nobody can sign is not sent.
          if (error instanceof Error && error.message.startsWith('target_malformed')) return undefined;
          throw error;
        });
        if (answer === undefined) return;
        asked += 1;
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (answer.status >= 500) throw new Error(`${door.method} ${target} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
        if (answer.status >= 400 && door.path.startsWith('/api/') && door.method !== 'HEAD' && typeof answer.json?.code !== 'string' && !answer.text.startsWith('<')) throw new Error(`${door.method} ${target} answered ${answer.status} without a problem document: ${answer.text.slice(0, 200)}`);
      }),
      { numRuns: door.path.includes(':') || door.method !== 'GET' ? 12 : 6 },
    );
  }
  t.log(`${doors.length} doors, ${asked} calls, ${[...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`).join(', ')}`);
  t.true(asked > doors.length * 5);
});
