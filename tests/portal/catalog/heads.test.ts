import test from 'ava';
import { canonicalBytes, decodeBase64url, digestBytes, digestFromBytes, leafHash, signStatement, type SigningKey, treeRoot, verifyInclusion } from '#crypto';
import { createClock } from '../../support/clock.ts';
import { type Answer, testPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { makePublication, publishOpen, send } from './publishing.ts';

type Entry = [string, number, string];
const reasonOf = (answer: Answer) => `${answer.status} ${answer.json?.code} ${answer.json?.reason ?? ''}`.trim();

function headsOf(portal: TestPortal, producer: TestProducer, entries: Entry[], o: { seq: number; hours?: number; replace?: object; key?: SigningKey }) {
  const now = portal.portal.clock.now().getTime();
  const root = digestFromBytes(treeRoot(entries.map((entry) => leafHash(canonicalBytes(entry)))));
  const payload = { v: 1, producer_id: producer.producer_id, seq: o.seq, issued_at: new Date(now).toISOString(), expires_at: new Date(now + (o.hours ?? 24) * 3_600_000).toISOString(), count: entries.length, root, ...o.replace };
  return { heads: signStatement('producer-heads+jws', payload, [o.key ?? producer.keys.manifest]), entries };
}

const put = (portal: TestPortal, producer: TestProducer, json: unknown, as = producer.keys.api) => portal.call('PUT', `/api/v1/producers/${producer.producer_id}/heads`, { json, as });

test('a producer’s heads are kept and each dataset’s evidence leads to their root', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer();
  const datasets = [];
  for (let index = 0; index < 5; index += 1) datasets.push(await publishOpen(portal, rennes, { title: `Jeu ${index}` }));
  const entries = datasets.map((entry): Entry => [entry.dataset_id, 1, entry.publication.digest]).toSorted((a, b) => (a[0] < b[0] ? -1 : 1));
  const sent = headsOf(portal, rennes, entries, { seq: 1 });
  t.deepEqual((await put(portal, rennes, sent)).json, { seq: 1 });
  t.deepEqual((await put(portal, rennes, sent)).json, { seq: 1 }, 'the same again');
  for (const { dataset_id, publication } of datasets) {
    const { heads } = (await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/evidence`)).json;
    t.deepEqual(heads.statement, sent.heads);
    const payload = JSON.parse(Buffer.from(heads.statement.payload, 'base64url').toString());
    verifyInclusion({
      index: heads.entry_index,
      size: heads.size,
      leaf_hash: leafHash(canonicalBytes([dataset_id, 1, publication.digest])),
      path: heads.path.map((step: string) => decodeBase64url(step)),
      root: digestBytes(payload.root),
    });
  }
  const later = await publishOpen(portal, rennes, { title: 'Plus tard' });
  t.is((await portal.call('GET', `/api/v1/datasets/${later.dataset_id}/versions/1/evidence`)).json.heads, null);
  await portal.logged();
  const acts = await portal.portal.db.selectFrom('log_act').select('type').where('type', '=', 'heads').execute();
  t.is(acts.length, 1);
});

test('heads that do not hold are refused with their reason', async (t) => {
  const clock = createClock();
  const portal = await testPortal(t, { clock });
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const brest = await portal.enrolProducer({ name: 'Brest métropole' });
  const one = await publishOpen(portal, rennes);
  const two = await publishOpen(portal, rennes);
  const entries = [one, two].map((entry): Entry => [entry.dataset_id, 1, entry.publication.digest]).toSorted((a, b) => (a[0] < b[0] ? -1 : 1));
  const [first, second] = entries;
  if (first === undefined || second === undefined) throw new Error('two entries');
  const good = headsOf(portal, rennes, entries, { seq: 5 });
  t.is(reasonOf(await put(portal, rennes, { ...good, entries: [first] })), '422 bad_evidence root_mismatch');
  t.is(reasonOf(await put(portal, rennes, { ...good, entries: [first, [second[0], 2, second[2]]] })), '422 bad_evidence root_mismatch');
  t.is(reasonOf(await put(portal, rennes, headsOf(portal, rennes, [second, first], { seq: 5 }))), '400 bad_request entries_not_sorted');
  t.is(reasonOf(await put(portal, rennes, { ...good, entries: [...entries, ['x', 1, 'y']] })), '400 schema');
  t.is(reasonOf(await put(portal, rennes, headsOf(portal, rennes, entries, { seq: 5, key: rennes.keys.api }))), '422 bad_evidence unknown_key');
  t.is(reasonOf(await put(portal, rennes, headsOf(portal, rennes, entries, { seq: 5, hours: 25 }))), '400 schema rule_broken');
  t.is(reasonOf(await put(portal, rennes, headsOf(portal, rennes, entries, { seq: 5, replace: { producer_id: brest.producer_id } }))), '422 bad_evidence producer_mismatch');
  t.is(reasonOf(await put(portal, rennes, good, brest.keys.api)), '403 forbidden not_your_producer');
  const ahead = new Date(clock.now().getTime() + 3_600_000).toISOString();
  t.is(reasonOf(await put(portal, rennes, headsOf(portal, rennes, entries, { seq: 5, replace: { issued_at: ahead } }))), '422 bad_evidence issued_in_future');
  t.is((await put(portal, rennes, good)).status, 200);
  t.is(reasonOf(await put(portal, rennes, headsOf(portal, rennes, entries, { seq: 4 }))), '409 conflict seq_not_newer');
  t.is(reasonOf(await put(portal, rennes, headsOf(portal, rennes, entries, { seq: 5, hours: 12 }))), '409 conflict seq_not_newer');
  const stale = headsOf(portal, rennes, entries, { seq: 6, hours: 1 });
  clock.advance(2 * 3600);
  t.is(reasonOf(await put(portal, rennes, stale)), '410 expired heads_expired');
});

test('a node reads the heads of its own producers only', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  const brest = await portal.enrolProducer({ name: 'Brest métropole' });
  const { dataset_id, publication } = await publishOpen(portal, rennes);
  await send(portal, rennes, makePublication(rennes, { dataset_id, version: 2, prev: publication.digest, status: 'withdrawn' }, portal.portal.clock.now()));
  const path = `/api/v1/producers/${rennes.producer_id}/datasets`;
  const { datasets } = (await portal.call('GET', path, { as: rennes.keys.api })).json;
  t.like(datasets[0], { dataset_id, version: 2, status: 'withdrawn', title: 'Arbres de la ville', frozen: false });
  t.is(reasonOf(await portal.call('GET', path, { as: brest.keys.api })), '403 forbidden not_your_producer');
  t.is((await portal.call('GET', path)).status, 401);
});

test('heads of as many datasets as are allowed arrive; one more is refused by their number', async (t) => {
  const portal = await testPortal(t);
  const rennes = await portal.enrolProducer();
  const digest = `sha256:${'A'.repeat(43)}`;
  const entries = Array.from({ length: 20_000 }, (_, index): Entry => [`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`, Number.MAX_SAFE_INTEGER, digest]);
  t.deepEqual((await put(portal, rennes, headsOf(portal, rennes, entries, { seq: 1 }))).json, { seq: 1 });
  const one_more: Entry = ['00000000-0000-4000-8000-000000020000', 1, digest];
  const refused = await put(portal, rennes, headsOf(portal, rennes, [...entries, one_more], { seq: 2 }));
  t.is(refused.status, 400);
  t.is(refused.json.issues[0].pointer, '/entries');
});
