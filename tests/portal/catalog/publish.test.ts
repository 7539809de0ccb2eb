import test from 'ava';
import { commitTo, decodeBase64url, digestOf, encodeBase64url, generateAgeIdentity, generateContentKey, generateSigningKey, headerLength, sealText, statementDigest, verifyProof } from '#crypto';
import { type Answer, startTestPortal, type TestPortal, type TestProducer } from '../../support/portal.ts';
import { depositOf, makePublication, openFile, type Publication, publishOpen, publishSealed, resign, sealedFile, send } from './publishing.ts';

let portal: TestPortal;
let rennes: TestProducer;
let brest: TestProducer;
test.before(async () => {
  portal = await startTestPortal();
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  brest = await portal.enrolProducer({ name: 'Brest métropole' });
});
test.after.always(() => portal.close());

const now = () => portal.portal.clock.now();
const uuid = () => portal.portal.newUuid();
const reasonOf = (answer: Answer) => `${answer.status} ${answer.json?.code} ${answer.json?.reason ?? ''}`.trim();

async function openPublication(o: { dataset_id?: string } = {}): Promise<Publication> {
  const resource = await openFile(portal, rennes, { resource_id: uuid(), name: 'arbres.csv', bytes: Buffer.from(`essence\n${uuid()}\n`) });
  return makePublication(rennes, { dataset_id: o.dataset_id ?? uuid(), resources: [resource] }, now());
}

async function sealedPublication(): Promise<Publication> {
  const dataset_id = uuid();
  const content_key = await generateContentKey(dataset_id, 1);
  const { resource, header } = await sealedFile(portal, rennes, { resource_id: uuid(), name: 'aides.csv', bytes: Buffer.from(uuid()), content_key });
  return makePublication(rennes, { dataset_id, access: 'restricted', resources: [resource], headers: [header], deposits: [await depositOf(portal, rennes, content_key)] }, now());
}

function flip(text: string, at = 20): string {
  const bytes = decodeBase64url(text);
  const index = at < 0 ? bytes.length + at : at;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  return encodeBase64url(bytes);
}

test('a published version is catalogued, kept as signed, and stands in the log', async (t) => {
  const publication = await openPublication();
  const { dataset_id } = publication;
  const first = await send(portal, rennes, publication);
  t.is(first.status, 201, first.text);
  t.deepEqual(Object.keys(first.json).toSorted(), ['dataset_id', 'manifest_sha256', 'published_at', 'version']);
  t.is(first.json.manifest_sha256, publication.digest);

  const manifest = await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/manifest`);
  t.is(manifest.headers['content-type'], 'application/jose+json');
  t.deepEqual(manifest.json, publication.body.manifest);
  t.is(manifest.headers['etag'], `"${publication.digest}"`);
  const unchanged = await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/latest/manifest`, { headers: { 'if-none-match': `W/"x", "${publication.digest}"` } });
  t.is(unchanged.status, 304);
  t.is(unchanged.bytes.length, 0);

  await portal.logged();
  const evidence = (await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/latest/evidence`)).json;
  const leaf = decodeBase64url(evidence.act.leaf);
  verifyProof(leaf, evidence.act.proof, { origin: portal.portal.keys.log_origin, jwk: portal.portal.keys.log_key.public_jwk });
  const act = JSON.parse(Buffer.from(leaf).toString());
  t.like(act, { type: 'manifest.publish', subject: publication.digest, dataset_id, version: 1 });
  t.is(statementDigest(evidence.producer_key_sets[0]).length, 50);
  t.is(evidence.producer_key_acts.length, 1);
  t.is(evidence.contacts[0].contact.contact_name, 'Maëlle Kerjean');
  t.false(JSON.stringify(Buffer.from(evidence.manifest.payload, 'base64url').toString()).includes('Kerjean'), 'no person in signed bytes');
});

test('the same version again gets the same answer, also when sent at the same time', async (t) => {
  const publication = await openPublication();
  const answers = await Promise.all([1, 2, 3, 4].map(() => send(portal, rennes, publication)));
  t.deepEqual(answers.map((answer) => answer.status).toSorted(), [200, 200, 200, 201]);
  t.is(new Set(answers.map((answer) => JSON.stringify(answer.json))).size, 1);
});

test('a version goes on from the head, and only from it', async (t) => {
  const first = await openPublication();
  const { dataset_id } = first;
  await send(portal, rennes, first);
  const next = (o: { version: number; prev: string }) => send(portal, rennes, makePublication(rennes, { dataset_id, ...o }, now()));
  const skipped = await next({ version: 3, prev: first.digest });
  t.is(reasonOf(skipped), '409 version_skipped version_skipped');
  t.true(skipped.json.detail.includes('the next one is 2'));
  t.is(reasonOf(await next({ version: 2, prev: `sha256:${'A'.repeat(43)}` })), '409 conflict prev_mismatch');
  t.is((await next({ version: 2, prev: first.digest })).status, 201);
  const versions = await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions`);
  t.deepEqual(versions.json.versions.map((entry: { version: number }) => entry.version), [2, 1]);
  t.is(reasonOf(await send(portal, rennes, makePublication(rennes, { dataset_id: uuid(), version: 2, prev: first.digest }, now()))), '409 version_skipped version_skipped');
  t.is((await send(portal, rennes, first)).status, 200, 'an old version sent again is still the same');
});

test('two contents for one version are both kept, freeze the dataset and alarm the officers', async (t) => {
  const first = await openPublication();
  const { dataset_id } = first;
  await send(portal, rennes, first);
  const other = makePublication(rennes, { dataset_id, title: 'Un autre titre' }, now());
  const refused = await send(portal, rennes, other);
  t.is(reasonOf(refused), '409 equivocation equivocation');
  const kept = await portal.portal.db.selectFrom('equivocation').select(['version', 'digest', 'manifest']).where('dataset_id', '=', dataset_id).execute();
  t.deepEqual(kept.map((row) => row.digest), [other.digest]);
  t.deepEqual(JSON.parse(kept[0]?.manifest ?? '{}'), other.body.manifest);
  const shown = await portal.call('GET', `/api/v1/datasets/${dataset_id}`);
  t.true(shown.json.frozen);
  t.is(shown.json.title, 'Arbres de la ville');
  t.true((await portal.mails(rennes.officer_email)).some((mail) => mail.subject.includes('Deux contenus')));
  t.is(reasonOf(await send(portal, rennes, makePublication(rennes, { dataset_id, version: 2, prev: first.digest }, now()))), '409 conflict dataset_frozen');
  t.is((await send(portal, rennes, first)).status, 200);
});

test('of two different contents for one version sent at once one stands and the other is an equivocation', async (t) => {
  const dataset_id = uuid();
  const publications = ['Un', 'Deux', 'Trois'].map((title) => makePublication(rennes, { dataset_id, title }, now()));
  const answers = await Promise.all(publications.map((publication) => send(portal, rennes, publication)));
  t.deepEqual(answers.map((answer) => answer.status).toSorted(), [201, 409, 409]);
  t.is(new Set(answers.filter((answer) => answer.status === 409).map(reasonOf)).size, 1);
  const kept = await portal.portal.db.selectFrom('equivocation').select('digest').where('dataset_id', '=', dataset_id).execute();
  t.is(kept.length, 2);
  const head = await portal.portal.db.selectFrom('dataset').select('head_digest').where('dataset_id', '=', dataset_id).executeTakeFirstOrThrow();
  t.is(head.head_digest, publications[answers.findIndex((answer) => answer.status === 201)]?.digest ?? '');
});

test('somebody else’s dataset is not published into, and somebody else’s producer is not signed for', async (t) => {
  const first = await openPublication();
  const { dataset_id } = first;
  await send(portal, rennes, first);
  const theirs = makePublication(brest, { dataset_id, version: 2, prev: first.digest }, now());
  t.is(reasonOf(await send(portal, brest, theirs)), '403 forbidden dataset_of_another_producer');
  t.is(reasonOf(await send(portal, brest, makePublication(rennes, { dataset_id: uuid() }, now()))), '403 forbidden not_your_producer');
  t.is((await portal.call('PUT', `/api/v1/datasets/${uuid()}/versions/1`, { json: first.body })).status, 401);
  const waiting = await portal.enrolProducer({ name: 'En attente', confirm: false });
  t.is(reasonOf(await send(portal, waiting, makePublication(waiting, { dataset_id: uuid() }, now()))), '403 forbidden not_your_producer');
});

test('one flipped bit in the statement is refused, whichever it is', async (t) => {
  const good = await openPublication();
  const { manifest } = good.body;
  const [signature] = manifest.signatures;
  const spoilt: [string, unknown, RegExp][] = [
    ['signature', { ...manifest, signatures: [{ ...signature, signature: flip(signature.signature) }] }, /^422 bad_evidence bad_signature$/],
    ['payload', { ...manifest, payload: flip(manifest.payload, -30) }, /^422 bad_evidence (bad_signature|malformed_json|not_canonical|malformed_utf8)$/],
    ['protected header', { ...manifest, signatures: [{ ...signature, protected: flip(signature.protected, 30) }] }, /^422 bad_evidence (unknown_key|header_not_allowed|malformed_json|not_canonical|wrong_type)$/],
    ['a blank', { ...manifest, payload: `${manifest.payload} ` }, /^422 bad_evidence malformed_base64url$/],
    ['padding', { ...manifest, signatures: [{ ...signature, signature: `${signature.signature}==` }] }, /^422 bad_evidence malformed_base64url$/],
    ['a member more', { ...manifest, header: { jku: 'https://evil.example' } }, /^422 bad_evidence malformed_statement$/],
    ['the same signature twice', { ...manifest, signatures: [signature, signature] }, /^422 bad_evidence repeated_key$/],
  ];
  for (const [what, statement, expected] of spoilt) {
    const answer = await send(portal, rennes, { ...good, body: { ...good.body, manifest: statement } });
    t.regex(reasonOf(answer), expected, what);
  }
  t.is((await portal.call('GET', `/api/v1/datasets/${good.dataset_id}`)).status, 404, 'nothing half-done');
});

test('only a key with the role manifest signs manifests', async (t) => {
  const good = await openPublication();
  for (const key of [rennes.keys.api, rennes.keys.release, rennes.keys.root, brest.keys.manifest, generateSigningKey()]) {
    t.is(reasonOf(await send(portal, rennes, resign(rennes, good, key))), '422 bad_evidence unknown_key');
  }
});

test('what is not exactly a manifest for this place is refused with its reason', async (t) => {
  const good = await openPublication();
  const changed = (change: Record<string, unknown>) => resign(rennes, { ...good, payload: { ...good.payload, ...change } });
  const refusals: [Publication, string][] = [
    [changed({ extra: 1 }), '400 schema malformed'],
    [changed({ custody: 'portal' }), '400 schema rule_broken'],
    [changed({ version: 2, prev: null }), '400 schema rule_broken'],
    [changed({ dataset_id: uuid() }), '400 schema rule_broken'],
    [changed({ issued_at: new Date(now().getTime() + 3_600_000).toISOString() }), '422 bad_evidence issued_in_future'],
    [changed({ status: 'withdrawn' }), '400 bad_request withdrawn_with_resources'],
    [changed({ status: 'erased', resources: [] }), '400 bad_request erasure_not_supported'],
    [{ ...good, version: 2 }, '400 bad_request path_mismatch'],
    [{ ...good, dataset_id: uuid() }, '400 bad_request path_mismatch'],
  ];
  for (const [publication, expected] of refusals) t.is(reasonOf(await send(portal, rennes, publication)), expected);
  const sealed = await sealedPublication();
  t.is(reasonOf(await send(portal, rennes, resign(rennes, { ...sealed, payload: { ...sealed.payload, custody: 'producer' } }))), '400 bad_request deposit_unexpected', 'only the producer holds these keys');
});

test('a body must be this producer’s own upload, whole, with the signed size', async (t) => {
  const dataset_id = uuid();
  const theirs = await openFile(portal, brest, { resource_id: uuid(), name: 'brest.csv', bytes: Buffer.from(`brest ${uuid()}`) });
  t.is(reasonOf(await send(portal, rennes, makePublication(rennes, { dataset_id, resources: [theirs] }, now()))), '409 conflict body_not_uploaded');
  const own = await openFile(portal, rennes, { resource_id: uuid(), name: 'rennes.csv', bytes: Buffer.from(`rennes ${uuid()}`) });
  const longer = { ...own, body_size: own.body_size + 1, size: own.size + 1 };
  t.is(reasonOf(await send(portal, rennes, makePublication(rennes, { dataset_id, resources: [longer] }, now()))), '422 bad_evidence body_size_mismatch');
});

test('headers are compared with the manifest, bit by bit', async (t) => {
  const good = await sealedPublication();
  const [header] = good.body.headers;
  const withHeaders = (headers: unknown[]) => send(portal, rennes, { ...good, body: { ...good.body, headers } });
  t.is(reasonOf(await withHeaders([])), '400 bad_request header_missing');
  t.is(reasonOf(await withHeaders([{ ...header, header: flip(header.header, -5) }])), '422 bad_evidence header_digest_mismatch');
  t.is(reasonOf(await withHeaders([{ ...header, header: encodeBase64url(Buffer.concat([decodeBase64url(header.header), Buffer.from('\n')])) }])), '422 bad_evidence header_size_mismatch');
  t.is(reasonOf(await withHeaders([header, header])), '400 bad_request header_repeated');
  t.is(reasonOf(await withHeaders([header, { ...header, resource_id: uuid() }])), '400 bad_request header_unexpected');
  t.is((await withHeaders([header])).status, 201);
});

test('a header with two stanzas is refused even when it is the signed one', async (t) => {
  const good = await sealedPublication();
  const [one, two] = [await generateAgeIdentity(), await generateAgeIdentity()];
  const file = await sealText('x', [one.recipient, two.recipient]);
  const header = file.slice(0, headerLength(file));
  const [resource] = good.payload.resources;
  const age = { ...resource.age, header_sha256: digestOf(header), header_size: header.length };
  const spoilt = resign(rennes, { ...good, payload: { ...good.payload, resources: [{ ...resource, age }] } });
  const answer = await send(portal, rennes, { ...spoilt, body: { ...spoilt.body, headers: [{ resource_id: resource.resource_id, header: encodeBase64url(header) }] } });
  t.is(reasonOf(answer), '422 bad_evidence header_stanza_count');
});

test('a sealed file needs a deposit by a release key, for its very epoch and recipient', async (t) => {
  const good = await sealedPublication();
  const [deposit] = good.body.deposits;
  const withDeposits = (deposits: unknown[]) => send(portal, rennes, { ...good, body: { ...good.body, deposits } });
  t.is(reasonOf(await withDeposits([])), '409 conflict deposit_missing');
  t.is(reasonOf(await withDeposits([{ ...deposit, deposit: flip(deposit.deposit, -3) }])), '422 bad_evidence deposit_mismatch');
  const [signature] = deposit.statement.signatures;
  t.is(reasonOf(await withDeposits([{ ...deposit, statement: { ...deposit.statement, signatures: [{ ...signature, signature: flip(signature.signature) }] } }])), '422 bad_evidence bad_signature');
  t.is(reasonOf(await withDeposits([await depositOf(portal, { ...rennes, keys: { ...rennes.keys, release: rennes.keys.manifest } }, await generateContentKey(good.dataset_id, 1))])), '422 bad_evidence unknown_key');
  t.is(reasonOf(await withDeposits([await depositOf(portal, rennes, await generateContentKey(good.dataset_id, 1))])), '422 bad_evidence deposit_recipient_mismatch');
  t.is(reasonOf(await withDeposits([await depositOf(portal, rennes, await generateContentKey(good.dataset_id, 2))])), '400 bad_request deposit_unexpected');
  t.is(reasonOf(await withDeposits([await depositOf(portal, rennes, await generateContentKey(uuid(), 1))])), '422 bad_evidence deposit_mismatch');
  t.is(reasonOf(await withDeposits([deposit, deposit])), '400 bad_request deposit_repeated');
  t.is((await withDeposits([deposit])).status, 201);
});

test('contacts are compared with their commitments; a missing one is a warning', async (t) => {
  const good = await openPublication();
  const [contact] = good.body.contacts;
  const withContacts = (contacts: unknown[]) => send(portal, rennes, { ...good, body: { ...good.body, contacts } });
  t.is(reasonOf(await withContacts([{ ...contact, contact: { ...contact.contact, email: 'autre@rennes.example' } }])), '422 bad_evidence commitment_mismatch');
  t.is(reasonOf(await withContacts([{ ...contact, salt: flip(contact.salt, 3) }])), '422 bad_evidence commitment_mismatch');
  t.is(reasonOf(await withContacts([{ ...contact, salt: commitTo('x').salt.slice(1) }])), '422 bad_evidence malformed_salt');
  t.is(reasonOf(await withContacts([{ ...contact, contact_id: uuid() }])), '422 bad_evidence contact_unknown');
  t.is(reasonOf(await withContacts([contact, contact])), '400 bad_request contact_repeated');
  const without = await withContacts([]);
  t.is(without.status, 201);
  t.deepEqual(without.json.warnings, [`contact_missing:${contact.contact_id}`]);
});

test('what is sent beside a manifest is read strictly', async (t) => {
  const good = await openPublication();
  const put = (json: unknown) => portal.call('PUT', `/api/v1/datasets/${good.dataset_id}/versions/1`, { json, as: rennes.keys.api });
  t.is((await put({ ...good.body, producer_id: rennes.producer_id })).json.issues[0].pointer, '/producer_id');
  t.is(reasonOf(await put({ contacts: [] })), '400 schema');
  t.is(reasonOf(await put({ ...good.body, headers: 'x' })), '400 schema');
  t.is(reasonOf(await put({ ...good.body, headers: [{ resource_id: uuid(), header: 'ab c' }] })), '422 bad_evidence malformed_base64url');
  t.is(reasonOf(await put({ manifest: 5 })), '422 bad_evidence malformed_statement');
  const text = await portal.call('PUT', `/api/v1/datasets/${good.dataset_id}/versions/1`, { bytes: Buffer.from('{"manifest":'), content_type: 'application/json', as: rennes.keys.api });
  t.is(reasonOf(text), '400 bad_request malformed_json');
  const parameter = await portal.call('PUT', `/api/v1/datasets/${good.dataset_id}/versions/1?force=1`, { json: good.body, as: rennes.keys.api });
  t.is(reasonOf(parameter), '400 bad_request unknown_parameter');
  for (const path of [`/api/v1/datasets/${good.dataset_id}/versions/0`, '/api/v1/datasets/not-a-uuid/versions/1', `/api/v1/datasets/${good.dataset_id}/versions/1e3`]) {
    t.is(reasonOf(await portal.call('PUT', path, { json: good.body, as: rennes.keys.api })), '400 bad_request path_mismatch');
  }
});

test('a withdrawn dataset leaves the catalogue and gives out no more files, but its versions stay to be checked', async (t) => {
  const { dataset_id, resource_id, publication } = await publishOpen(portal, rennes, { title: 'Bornes à retirer' });
  const withdrawal = makePublication(rennes, { dataset_id, version: 2, prev: publication.digest, status: 'withdrawn', title: 'Bornes à retirer' }, now());
  t.is((await send(portal, rennes, withdrawal)).status, 201);
  t.is((await portal.call('GET', '/api/v1/datasets?q=bornes')).json.total, 0);
  t.is((await portal.call('GET', `/api/v1/datasets/${dataset_id}`)).json.status, 'withdrawn');
  t.is((await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/manifest`)).status, 200);
  t.is(reasonOf(await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/1/resources/${resource_id}/body`)), '404 not_found withdrawn');
  await portal.logged();
  const { act } = (await portal.call('GET', `/api/v1/datasets/${dataset_id}/versions/2/evidence`)).json;
  t.is(JSON.parse(Buffer.from(act.leaf, 'base64url').toString()).type, 'manifest.withdraw');
});

test('a file that did not change keeps its header and epoch without being sent again', async (t) => {
  const { dataset_id, publication, resource } = await publishSealed(portal, rennes);
  const next = makePublication(rennes, { dataset_id, version: 2, prev: publication.digest, access: 'restricted', title: 'Nouveau titre', resources: [resource] }, now());
  t.is((await send(portal, rennes, next)).status, 201);
});

test('a text with U+0000, signed or in a contact, is refused with its place', async (t) => {
  const signed = await send(portal, rennes, makePublication(rennes, { dataset_id: uuid(), summary: 'avant\u0000après' }, now()));
  t.is(reasonOf(signed), '400 schema rule_broken');
  t.is(signed.json.issues[0].pointer, '/metadata/summary/0/text');
  const contact = await send(portal, rennes, makePublication(rennes, { dataset_id: uuid(), contact_name: 'Maëlle\u0000Kerjean' }, now()));
  t.is(reasonOf(contact), '400 schema');
  t.is(contact.json.issues[0].pointer, '/contacts/0/contact/contact_name');
});

test('the largest manifest arrives, with a contact and a header for each of its files', async (t) => {
  const dataset_id = uuid();
  const content_key = await generateContentKey(dataset_id, 1);
  const { resource, header } = await sealedFile(portal, rennes, { resource_id: uuid(), name: 'aides.csv', bytes: Buffer.from(uuid()), content_key });
  const files = Array.from({ length: 300 }, (_, index) => ({ ...resource, resource_id: uuid(), name: `aides-${index}.csv` }));
  const headers = files.map(({ resource_id }) => ({ ...header, resource_id }));
  const parameters = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 'x'.repeat(2000)]));
  const services = (count: number) => Array.from({ length: Math.ceil(count / 50) }, (_, index) => ({ kind: 'service', resource_id: uuid(), protocol: 'http-api', gateway: true, parameters: parameters(Math.min(50, count - index * 50)) }));
  const made = (count: number) => makePublication(rennes, { dataset_id, access: 'restricted', resources: [...files, ...services(count)], headers }, now());
  const bytesOfPayload = (publication: Publication) => Buffer.from(publication.body.manifest.payload, 'base64url').length;
  const largest = made(Math.floor((1.5 * 1024 * 1024 - bytesOfPayload(made(0))) / 2020));
  t.true(bytesOfPayload(largest) > 1.49 * 1024 * 1024);
  const deposits = [await depositOf(portal, rennes, content_key)];
  t.true(JSON.stringify(largest.body).length > 2 * 1024 * 1024);
  const answer = await send(portal, rennes, { ...largest, body: { ...largest.body, deposits } });
  t.is(answer.status, 201, answer.text);
});

test('a suspended producer’s datasets are hidden from strangers and cannot go on', async (t) => {
  const quimper = await portal.enrolProducer({ name: 'Quimper' });
  const { dataset_id, resource_id, publication } = await publishOpen(portal, quimper, { title: 'Quais de Quimper' });
  await portal.portal.db.updateTable('producer').set({ state: 'suspended' }).where('producer_id', '=', quimper.producer_id).execute();
  for (const path of ['', '/versions', '/versions/1/manifest', '/versions/1/evidence', `/versions/1/resources/${resource_id}/body`, `/versions/1/resources/${resource_id}/leaves`]) {
    t.is((await portal.call('GET', `/api/v1/datasets/${dataset_id}${path}`)).status, 404, path);
  }
  t.is((await portal.call('GET', '/api/v1/datasets?q=quais')).json.total, 0);
  t.is(reasonOf(await send(portal, quimper, makePublication(quimper, { dataset_id, version: 2, prev: publication.digest }, now()))), '403 forbidden not_your_producer');
});
