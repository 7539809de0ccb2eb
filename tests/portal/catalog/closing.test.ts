import test from 'ava';
import { generateContentKey } from '#crypto';
import { type Answer, startTestPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { depositOf, makePublication, openFile, publishOpen, sealedFile, send } from './publishing.ts';

let portal: TestPortal;
let rennes: TestProducer;
test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
});
test.after.always(() => portal.close());

const now = () => portal.portal.clock.now();
const uuid = () => portal.portal.newUuid();
const reasonOf = (answer: Answer) => `${answer.status} ${answer.json?.code} ${answer.json?.reason ?? ''}`.trim();

/** An open dataset whose version 2 is sealed. */
async function closedDataset() {
  const { dataset_id, resource_id, publication } = await publishOpen(portal, rennes, { bytes: Buffer.from('nom;adresse\nMaëlle;3 rue du Pont\n'), name: 'adresses.csv', title: 'Adresses' });
  const content_key = await generateContentKey(dataset_id, 1);
  const sealed = await sealedFile(portal, rennes, { resource_id, name: 'adresses.csv', bytes: Buffer.from('nom;adresse\n'), content_key });
  const closing = { dataset_id, version: 2, prev: publication.digest, access: 'restricted' as const, title: 'Adresses', resources: [sealed.resource] };
  const next = makePublication(rennes, { ...closing, headers: [sealed.header], deposits: [await depositOf(portal, rennes, content_key)] }, now());
  const answer = await send(portal, rennes, next);
  return { dataset_id, resource_id, publication: next, sealed, answer, again: () => send(portal, rennes, next) };
}

test('a dataset that becomes restricted gives out no open file of an earlier version any more', async (t) => {
  const { dataset_id, resource_id, answer } = await closedDataset();
  t.is(answer.status, 201, answer.text);
  const file = `/api/v1/datasets/${dataset_id}/versions/1/resources/${resource_id}`;
  t.is(reasonOf(await portal.call('GET', `${file}/body`)), '404 not_found now_restricted');
  t.is(reasonOf(await portal.call('GET', `${file}/body`, { headers: { range: 'bytes=0-3' } })), '404 not_found now_restricted');
  t.is((await portal.call('HEAD', `${file}/body`)).status, 404);
  t.is(reasonOf(await portal.call('GET', `${file}/leaves`)), '404 not_found now_restricted');
  t.is((await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/manifest`)).status, 200, 'what was signed stays to be checked');
  t.is(reasonOf(await portal.call('GET', `${file.replace('/1/', '/2/')}/body`)), '403 forbidden no_grant', 'the sealed one asks for a grant');
});

test('an open version without files in between opens nothing again, and a dataset that becomes open gives out its open files only', async (t) => {
  const { dataset_id, resource_id, publication, sealed } = await closedDataset();
  const body = (version: number, id = resource_id) => portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/${version}/resources/${id}/body`);
  const third = makePublication(rennes, { dataset_id, version: 3, prev: publication.digest, access: 'restricted', resources: [sealed.resource] }, now());
  t.is((await send(portal, rennes, third)).status, 201);
  t.is(reasonOf(await body(1)), '404 not_found now_restricted');
  const open = await openFile(portal, rennes, { resource_id: uuid(), name: 'rues.csv', bytes: Buffer.from('rue\n') });
  const fourth = makePublication(rennes, { dataset_id, version: 4, prev: third.digest, resources: [open] }, now());
  t.is((await send(portal, rennes, fourth)).status, 201);
  t.is((await body(4, open.resource_id)).status, 200);
  t.is((await body(1)).status, 200, 'the producer opened the dataset again');
  t.is(reasonOf(await body(2)), '403 forbidden no_grant');
});

test('who closes a dataset is told that earlier versions were open', async (t) => {
  const { answer, again, dataset_id, publication, sealed } = await closedDataset();
  t.deepEqual(answer.json.warnings?.filter((line: string) => !line.startsWith('contact_missing')), ['earlier_versions_were_open']);
  t.deepEqual((await again()).json.warnings, ['earlier_versions_were_open'], 'also when the first answer got lost');
  const third = await send(portal, rennes, makePublication(rennes, { dataset_id, version: 3, prev: publication.digest, access: 'restricted', resources: [sealed.resource] }, now()));
  t.is(third.json.warnings, undefined, 'once');
});

test('the page of an open version of a closed dataset says in words that its files are no longer given out', async (t) => {
  const { dataset_id } = await closedDataset();
  for (const [lang, words] of [['fr', 'n’est plus distribué'], ['en', 'no longer given out']] as const) {
    const { status, text } = await portal.call('GET', `/${lang}/datasets/${dataset_id}/versions/1`);
    t.is(status, 200);
    t.true(text.includes(words), lang);
    t.notRegex(text, /resources\/[^"]*\/body/, `${lang}: no link and no line to copy leads to a file`);
  }
});
