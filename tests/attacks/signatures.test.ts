import { createHmac } from 'node:crypto';
import test from 'ava';
import { canonicalBytes, encodeBase64url, generateSigningKey, signBytes, type SigningKey, signStatement, utf8 } from '#crypto';
import { makePublication, type Publication, publishOpen, send } from '../portal/catalog/publishing.ts';
import { type Answer, startTestPortal, type TestPortal, type TestProducer } from '../support/portal.ts';

let portal: TestPortal;
let rennes: TestProducer;
let brest: TestProducer;
let good: Publication;

test.before(async () => {
  portal = await startTestPortal({ sequencer: false });
  rennes = await portal.enrolProducer({ name: 'Ville de Rennes' });
  brest = await portal.enrolProducer({ name: 'Brest métropole' });
  good = makePublication(rennes, { dataset_id: portal.portal.newUuid() }, portal.portal.clock.now());
});
test.after.always(() => portal.close());

const TYP = 'dataset-manifest+jws';
const codeOf = (answer: Answer): string => `${answer.status} ${answer.json.reason}`;
const knock = (manifest: unknown, publication = good): Promise<Answer> => send(portal, rennes, { ...publication, body: { ...publication.body, manifest } });

/** A statement with whatever header and payload, really signed by a key over exactly these characters. */
function craft(header: unknown, payload: string, key: SigningKey, sign = (data: Uint8Array) => signBytes(key, data)): unknown {
  const encoded = encodeBase64url(canonicalBytes(header));
  return { payload, signatures: [{ protected: encoded, signature: encodeBase64url(sign(utf8(`${encoded}.${payload}`))) }] };
}

test('attack 1: alg none, HS256 with the public key as secret, EdDSA and RS256 are refused by the list of algorithms', async (t) => {
  const key = rennes.keys.manifest;
  const { payload } = good.body.manifest;
  for (const alg of ['none', 'None', 'HS256', 'EdDSA', 'RS256', 'ES256', 'PS256', 'Ed448']) {
    t.is(codeOf(await knock(craft({ alg, kid: key.kid, typ: TYP }, payload, key))), '422 algorithm_not_allowed', alg);
  }
  const secret = Buffer.from(key.public_jwk.x, 'base64url');
  const mac = (data: Uint8Array) => new Uint8Array(createHmac('sha256', secret).update(data).digest());
  t.is(codeOf(await knock(craft({ alg: 'HS256', kid: key.kid, typ: TYP }, payload, key, mac))), '422 algorithm_not_allowed');
  t.is(codeOf(await knock(craft({ alg: 'Ed25519', kid: key.kid, typ: TYP }, payload, key, mac))), '422 bad_signature');
  t.is(codeOf(await knock({ payload, signatures: [{ protected: '', signature: '' }] })), '422 malformed_json', 'no header, no signature');
  t.is(codeOf(await knock({ payload, signatures: [] })), '422 malformed_statement');
});

test('attack 2: a key, an address of a key or a critical extension in the header is refused, and nothing is fetched', async (t) => {
  const thief = generateSigningKey();
  const { payload } = good.body.manifest;
  for (const extra of [{ jwk: thief.public_jwk }, { jku: `${portal.origin}/keys` }, { x5u: `${portal.origin}/cert` }, { x5c: ['AAAA'] }, { crit: ['b64'], b64: false }, { zip: 'DEF' }]) {
    for (const key of [thief, rennes.keys.manifest]) {
      t.is(codeOf(await knock(craft({ alg: 'Ed25519', kid: key.kid, typ: TYP, ...extra }, payload, key))), '422 header_not_allowed', JSON.stringify(extra));
    }
  }
});

test('attack 3: keys of another producer, of another role or of nobody sign nothing here', async (t) => {
  for (const key of [brest.keys.manifest, rennes.keys.api, rennes.keys.decide, rennes.keys.release, rennes.keys.root, generateSigningKey('ES256')]) {
    t.is(codeOf(await knock(signStatement(TYP, good.payload, [key]))), '422 unknown_key');
  }
  // A kid that names a good key over a signature of another.
  const { payload } = good.body.manifest;
  t.is(codeOf(await knock(craft({ alg: 'Ed25519', kid: rennes.keys.manifest.kid, typ: TYP }, payload, brest.keys.manifest))), '422 bad_signature');
  // The other producer's node cannot carry it either, nor its own statement about our dataset.
  t.is(codeOf(await send(portal, brest, good)), '403 not_your_producer');
});

test('attack 4: a statement of one type never stands for another', async (t) => {
  for (const typ of ['producer-keys+jws', 'grant+jws', 'dataset-manifest+jwt', 'DATASET-MANIFEST+JWS', 'jwt']) {
    t.is(codeOf(await knock(craft({ alg: 'Ed25519', kid: rennes.keys.manifest.kid, typ }, good.body.manifest.payload, rennes.keys.manifest))), '422 wrong_type', typ);
  }
  t.is(codeOf(await knock(rennes.key_set)), '400 no_producer', 'a key set does not even say whose manifest it would be');
  const heads = signStatement(TYP, { v: 1, producer_id: rennes.producer_id, seq: 1 }, [rennes.keys.manifest]);
  const answer = await portal.call('PUT', `/api/v1/producers/${rennes.producer_id}/heads`, { json: { heads, entries: [] }, as: rennes.keys.api });
  t.is(codeOf(answer), '422 wrong_type');
});

test('attack 5: blanks, padding, loose last bits, further members and a second payload in a signed text are refused', async (t) => {
  const { manifest } = good.body;
  const [signature] = manifest.signatures;
  const loose = (text: string) => text.slice(0, -1) + 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(text.at(-1) ?? 'A') + 1];
  const texts: [string, unknown][] = [
    ['blank', { ...manifest, payload: ` ${manifest.payload}` }],
    ['line feed', { ...manifest, payload: `${manifest.payload}\n` }],
    ['padding', { ...manifest, payload: `${manifest.payload}=` }],
    ['loose bits', { ...manifest, signatures: [{ ...signature, signature: loose(signature.signature) }] }],
    ['other alphabet', { ...manifest, signatures: [{ ...signature, signature: `+${signature.signature.slice(1)}` }] }],
  ];
  for (const [what, statement] of texts) t.is(codeOf(await knock(statement)), '422 malformed_base64url', what);
  for (const extra of [{ ...manifest, header: {} }, { ...manifest, signatures: [{ ...signature, header: { kid: 'x' } }] }, { ...manifest, protected: signature.protected }]) t.is(codeOf(await knock(extra)), '422 malformed_statement');
  const text = JSON.stringify({ ...good.body }).replace('"payload":', '"payload":"AAAA","payload":');
  const twice = await portal.call('PUT', `/api/v1/datasets/${good.dataset_id}/versions/1`, { bytes: utf8(text), content_type: 'application/json', as: rennes.keys.api });
  t.is(codeOf(twice), '400 duplicate_key');
});

test('attack 6: names twice, __proto__, half a surrogate pair, 1e400 and NaN in a signed payload are refused before any schema', async (t) => {
  const key = rennes.keys.manifest;
  const text = new TextDecoder().decode(canonicalBytes(good.payload));
  const payloads: [string, string][] = [
    [text.replace('{', '{"v":1,'), 'duplicate_key'],
    [text.replace('{', '{"__proto__":{"admin":true},'), 'forbidden_key'],
    [text.replace('{', '{"constructor":{},'), 'forbidden_key'],
    [text.replace('"v":1', '"v":1e400'), 'number_out_of_range'],
    [text.replace('"v":1', '"v":NaN'), 'malformed_json'],
    [text.replace('"v":1', '"v":1.0'), 'not_canonical'],
    [text.replace('"status":"active"', '"status":"\\ud800"'), 'lone_surrogate'],
    [`${text}\n`, 'not_canonical'],
    [`\ufeff${text}`, 'malformed_utf8'],
  ];
  for (const [payload, reason] of payloads) t.is(codeOf(await knock(craft({ alg: 'Ed25519', kid: key.kid, typ: TYP }, encodeBase64url(utf8(payload)), key))), `422 ${reason}`, payload.slice(0, 40));
});

test('attack 7: the same key twice, and a good signature beside a bad one, make no threshold', async (t) => {
  const one = signStatement(TYP, good.payload, [rennes.keys.manifest]);
  const other = signStatement(TYP, good.payload, [generateSigningKey()]);
  t.is(codeOf(await knock({ ...one, signatures: [...one.signatures, ...one.signatures] })), '422 repeated_key');
  t.is(codeOf(await knock({ ...one, signatures: [...one.signatures, ...other.signatures] })), '422 unknown_key');
  t.is(codeOf(await knock({ ...one, signatures: [...other.signatures, ...one.signatures] })), '422 unknown_key');
});

test('attack 17: an older, a skipped, a future version, and another text for a known one are refused, and the last alarms', async (t) => {
  const now = portal.portal.clock.now();
  const first = await publishOpen(portal, rennes, { title: 'Fontaines' });
  const make = (o: { version: number; prev: string | null; title?: string; at?: Date }) => makePublication(rennes, { dataset_id: first.dataset_id, title: 'Fontaines', ...o }, o.at ?? now);
  t.is((await send(portal, rennes, make({ version: 3, prev: first.publication.digest }))).json.code, 'version_skipped');
  t.is((await send(portal, rennes, make({ version: 2, prev: null }))).status, 400, 'version 2 without a predecessor');
  t.is(codeOf(await send(portal, rennes, make({ version: 2, prev: first.publication.digest, at: new Date(now.getTime() + 3600_000) }))), '422 issued_in_future');
  const second = make({ version: 2, prev: first.publication.digest });
  t.is((await send(portal, rennes, second)).status, 201);
  t.is((await send(portal, rennes, first.publication)).status, 200, 'the very same version again is answered as it was');
  t.is((await send(portal, rennes, make({ version: 2, prev: first.publication.digest, title: 'Puits' }))).json.code, 'equivocation');
  t.is((await portal.call('GET', `/api/v1/datasets/${first.dataset_id}`)).json.version, 2, 'what stood stays');
  t.true((await portal.mails(rennes.officer_email)).some((mail) => mail.text_body.includes(first.dataset_id)), 'the officers hear of it');
  t.false((await send(portal, rennes, make({ version: 3, prev: second.digest }))).status === 201, 'and nothing goes on until somebody looked');
});

test('attack 42: names that reach the prototype are refused in every JSON body, and leave no trace', async (t) => {
  for (const path of ['/api/v1/enrolments', '/api/v1/access-requests', '/api/v1/uploads']) {
    for (const text of ['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}', '{"a":[{"__proto__":{"role":"operator"}}]}']) {
      const answer = await portal.call('POST', path, { bytes: utf8(text), content_type: 'application/json', as: rennes.keys.api });
      t.is(codeOf(answer), '400 forbidden_key', `${path} ${text}`);
    }
  }
  t.is(({} as { admin?: boolean }).admin, undefined);
});
