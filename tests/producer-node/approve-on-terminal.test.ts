import test from 'ava';
import { askAndConfirm } from '../portal/access/asking.ts';
import type { SealedDataset } from '../portal/catalog/publishing.ts';
import { testPortal, type TestProducer } from '../support/portal.ts';
import { described, enrolledProducer } from './cast.ts';
import { testNode } from './node-process.ts';
import { onTerminal } from './on-terminal.ts';

test('on a terminal the officer reads who asks, compares the digits, and only the same digits let somebody in', async (t) => {
  const portal = await testPortal(t);
  const node = await testNode(t);
  const producer = { ...(await enrolledProducer(t, node, portal)), name: 'Ville de Rennes' } as unknown as TestProducer;
  const file = await node.write('logement.csv', 'commune;demandes\nRennes;120\n');
  const options = described('restricted', 'housing').filter((word) => word !== '--yes' && word !== '--access' && word !== 'restricted');
  const published = await onTerminal(node, ['publish', file, ...options], [
    [/Title/, ''],
    [/Who can open it\?[\s\S]*only we hold the key[\s\S]*Neither the portal nor the storage can read[\s\S]*Number/, '3'],
    [/Mail address/, ''],
    [/Publish this\?/, 'y'],
  ]);
  t.is(published.code, 0, published.stderr);
  t.regex(published.stdout, /Who can open it\s+whom we approve, only we hold the key/);
  const { dataset_id, head_digest } = await portal.portal.db.selectFrom('dataset').select(['dataset_id', 'head_digest']).executeTakeFirstOrThrow();
  const dataset = { dataset_id, publication: { digest: head_digest } } as unknown as SealedDataset;
  const anne = await portal.registerConsumer({ name: 'Anne' });
  const request_id = await askAndConfirm(portal, anne, { dataset, producer });

  const differ = await onTerminal(node, ['approve', request_id], [[/read exactly the same digits/i, 'n']]);
  t.is(differ.code, 1);
  t.regex(differ.stdout, /Why\s+Étudier la répartition/);
  t.true(differ.stderr.includes(anne.fingerprint));
  t.regex(differ.stderr, /STOP\. You said that the digits differ/);
  t.is((await portal.portal.db.selectFrom('access_grant').select('grant_id').execute()).length, 0);

  const same = await onTerminal(node, ['approve', request_id, '--until', '2027-06-30'], [[/read exactly the same digits/i, 'y'], [/Give Anne Rivière access\?/, 'y']]);
  t.is(same.code, 0, same.stderr);
  t.regex(same.stdout, /Anne Rivière has access/);
  const { ends_at } = await portal.portal.db.selectFrom('access_grant').select('ends_at').executeTakeFirstOrThrow();
  t.is(ends_at.toISOString(), '2027-06-30T23:59:59.000Z');
  t.false(/manifest|epoch|custody/.test(differ.stdout + differ.stderr + same.stdout + same.stderr), 'no words of the workshop');
});
