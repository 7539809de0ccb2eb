import test from 'ava';
import pg from 'pg';
import { bytesOf, collect, decodeBase64url, decodeUtf8, openBody, openText, parseContentKey } from '#crypto';
import { askAndConfirm, approve } from '../portal/access/asking.ts';
import { releaseAll, testBroker } from '../portal/broker/test-broker.ts';
import type { SealedDataset } from '../portal/catalog/publishing.ts';
import { testPortal, type TestConsumer, type TestPortal, type TestProducer } from '../support/portal.ts';
import { described, enrolledProducer } from './cast.ts';
import { testNode } from './node-process.ts';

const SECRET = 'commune;demandes\nRENNES-CONFIDENTIEL;120\nCesson;31\n';

test('what the node sealed opens for whom the officer approved, and for nobody once the node revoked', async (t) => {
  const portal = await testPortal(t);
  const { broker, close } = await testBroker(portal);
  t.teardown(close);
  const node = await testNode(t);
  const producer = { ...(await enrolledProducer(t, node, portal)), name: 'Ville de Rennes' } as unknown as TestProducer;
  const anne = await portal.registerConsumer();
  const file = await node.write('logement.csv', SECRET);
  const published = await node.json(['publish', file, ...described('restricted', 'housing')]);
  t.is(published.code, 0, published.stderr);
  const { dataset_id, digest } = published.json;
  const dataset = { dataset_id, publication: { digest } } as unknown as SealedDataset;

  const request_id = await askAndConfirm(portal, anne, { dataset, producer });
  const requests = await node.json(['requests', '--state', 'submitted']);
  t.is(requests.code, 0, requests.stderr);
  t.like(requests.json.access_requests[0], { request_id, title: 'Logement', contact_name: 'Anne Rivière', organisation: 'Laboratoire mobilité', fingerprint: anne.fingerprint });

  const { grant_id } = await approve(portal, producer, request_id);
  await releaseAll(portal, broker);
  t.is(await openNewest(portal, anne, dataset_id, grant_id ?? ''), SECRET);

  const grants = await node.json(['grants']);
  t.like(grants.json.grants[0], { grant_id, state: 'active', title: 'Logement', who: 'Anne Rivière, Laboratoire mobilité' });
  const missing = await node.json(['revoke', published.json.dataset_id, '--reason', 'x', '--yes']);
  t.is(missing.code, 1);
  t.is(missing.json.error.code, 'grant_unknown');

  const revoked = await node.json(['revoke', grant_id ?? '', '--reason', 'Étude terminée.', '--yes']);
  t.is(revoked.code, 0, revoked.stderr);
  t.like(revoked.json, { grant_id, state: 'revoked' });
  await t.throwsAsync(openNewest(portal, anne, dataset_id, grant_id ?? ''), { message: /403/ });
  const again = await node.json(['revoke', grant_id ?? '', '--reason', 'x', '--yes']);
  t.is(again.json.error.code, 'grant_over');

  const unchanged = await node.json(['publish', file, '--yes']);
  t.is(unchanged.json.state, 'unchanged');
  await node.write('logement.csv', `${SECRET}Bruz;8\n`);
  const next = await node.json(['publish', file, '--yes']);
  t.is(next.code, 0, next.stderr);
  t.like(next.json, { version: 2, state: 'published', new_epoch: 2 });
});

test('no content key and no sealed plaintext lies in the node’s database or spool', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  await enrolledProducer(t, node, portal);
  const file = await node.write('logement.csv', SECRET);
  const published = await node.json(['publish', file, ...described('restricted', 'housing')]);
  t.is(published.code, 0, published.stderr);
  const client = new pg.Client({ connectionString: node.database_url });
  await client.connect();
  t.teardown(() => client.end());
  const tables = await client.query<{ name: string }>("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'");
  let text = '';
  for (const { name } of tables.rows) text += JSON.stringify((await client.query(`SELECT encode(convert_to(t::text, 'UTF8'), 'escape') AS row FROM "${name}" t`)).rows);
  t.true(text.includes('Logement'));
  t.false(/AGE-SECRET-KEY/i.test(text));
  t.false(text.includes(Buffer.from('AGE-SECRET-KEY').toString('hex')));
  t.false(text.includes('CONFIDENTIEL'));
  t.false(text.includes('"d":'), 'no private JWK');
});

/** Opens the newest version as a consumer with a grant does, without the client's checks of evidence. */
async function openNewest(portal: TestPortal, consumer: TestConsumer, dataset_id: string, grant_id: string): Promise<string> {
  const get = async (path: string): Promise<Awaited<ReturnType<TestPortal['call']>>> => {
    const answer = await portal.call('GET', path, { as: consumer.identity_key });
    if (answer.status !== 200) throw new Error(`${answer.status} ${path}`);
    return answer;
  };
  const shown = await get(`/api/v1/datasets/${dataset_id}`);
  const [resource] = shown.json.resources;
  const base = `/api/v1/datasets/${dataset_id}/versions/${shown.json.version}/resources/${resource.resource_id}`;
  const header = (await get(`${base}/header`)).bytes;
  const leaves = (await get(`${base}/leaves`)).bytes;
  const body = (await get(`${base}/body`)).bytes;
  const { packages } = (await get(`/api/v1/grants/${grant_id}/packages`)).json;
  const wanted = packages.find((one: { epoch: number }) => one.epoch === resource.age.epoch);
  const content_key = await parseContentKey(decodeUtf8(await openText(decodeBase64url(wanted.package), [consumer.delivery.identity])));
  const out = collect();
  const { header_sha256, header_size, recipient } = resource.age;
  await openBody({ header, header_sha256, header_size, recipient, body_size: resource.body_size, root: resource.tree.root, leaves, content_key }, bytesOf(body), out.sink);
  return decodeUtf8(out.bytes());
}
