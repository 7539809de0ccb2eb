import {
  bytesOf,
  canonicalBytes,
  collect,
  CryptoError,
  decodeBase64url,
  decodeHex,
  decodeUtf8,
  type Digest,
  digestBytes,
  digestFromBytes,
  digestFromHex,
  digestOf,
  encodeBase64url,
  encodeHex,
  exportSigningKey,
  generateAgeIdentity,
  generateContentKey,
  generateSigningKey,
  headerLength,
  hexOfDigest,
  importSigningKey,
  inclusionProof,
  leafHash,
  openBody,
  openHeader,
  openStream,
  openText,
  parseCanonicalJson,
  parseContentKey,
  parseProof,
  parsePublicJwk,
  parseStatement,
  parseStrictJson,
  parseVkey,
  readContentDigest,
  readUnverifiedPayload,
  sealBody,
  sealText,
  signCheckpoint,
  signRequest,
  signStatement,
  statementDigest,
  thumbprint,
  utf8,
  verifyCheckpoint,
  verifyCosignatures,
  verifyKeySetChain,
  signKeySet,
  verifyLeafList,
  verifyProof,
  verifyRequest,
  verifyStatement,
  vkeyOf,
  writeContentDigest,
} from '#crypto';
import { readBase64 } from '../../crypto/base64url.ts';
import { requireContentType } from '../../crypto/http/content-digest.ts';
import { requireTarget } from '../../crypto/http/profile.ts';
import { readTime } from '../../crypto/json/shape.ts';
import { readKeySet } from '../../crypto/key-set/key-set.ts';
import { parseNote, signatureLine } from '../../crypto/log/signed-note.ts';
import { longTexts, near, nearBytes, nearJson, type Parser, parser, sameBytes, sameJson } from './parser.ts';

const LONG = longTexts(100_000);
const now = new Date('2026-11-24T12:00:00Z');

/** Every reader of foreign bytes in `crypto/`. */
export async function cryptoParsers(): Promise<Parser[]> {
  const key = generateSigningKey();
  const es = generateSigningKey('ES256');
  const origin = 'portal.example/log';
  const log = { origin, jwk: key.public_jwk };
  const statement = signStatement('grant+jws', { v: 1, title: 'é', n: [1, null] }, [key, es]);
  const keyFor = (kid: string) => [key, es].find((one) => one.kid === kid)?.public_jwk;
  const note = signCheckpoint({ origin, size: 1, root: leafHash(utf8('act')) }, key);
  const proof = inclusionProof({ log_origin: origin, index: 0, size: 1, path: [], checkpoint: note });
  const age = await generateAgeIdentity();
  const contentKey = await generateContentKey('5f0c2e1a-3b4d-4c5e-8f60-718293a4b5c6', 3);
  const sealed = await sealText('text', [age.recipient]);
  const body = collect();
  const sealedBody = await sealBody(bytesOf(utf8('a sealed body')), contentKey.recipient, body.sink);
  const set = {
    v: 1, version: 1, prev: null, name: 'Ville', threshold: 1, expires_at: '2036-01-01T00:00:00Z',
    keys: [{ jwk: key.public_jwk, roles: ['root'] }, { jwk: es.public_jwk, roles: ['manifest'], not_before: '2026-01-01T00:00:00Z' }],
  };
  const chain = [signKeySet('producer-keys+jws', set, [key])];
  const signed = signRequest({ method: 'POST', url: 'https://data.example/api?a=1', body: utf8('{}') }, key, { now });
  const fromFields = (field: string) => (value: string) =>
    verifyRequest(
      { method: 'POST', target: '/api?a=1', headers: { ...signed, [field]: value }, has_body: true },
      { keyFor: async (kid) => (kid === key.kid ? { jwk: key.public_jwk, alg: key.alg } : undefined), public_origins: ['https://data.example'], now },
    );
  const text = (name: string, examples: string[], run: (input: string) => unknown, holds: (answer: never, input: string) => boolean, baits: readonly string[] = LONG) =>
    parser({ name, inputs: near(...examples), run, refuses: CryptoError, holds: holds as (answer: unknown, input: string) => boolean, baits });

  return [
    text('crypto/base64url.ts#decodeBase64url', ['', 'AA', 'AQI', 'aGVsbG8-_w'], decodeBase64url, (bytes: Uint8Array, input) => encodeBase64url(bytes) === input),
    text('crypto/base64url.ts#readBase64', ['AQIDBA==', 'AQIDBAU='], (input) => readBase64(input, 4), (bytes: Uint8Array | undefined, input) => bytes === undefined || Buffer.from(bytes).toString('base64') === input),
    text('crypto/bytes.ts#decodeHex', ['', '00ff', 'deadbeef'], decodeHex, (bytes: Uint8Array, input) => encodeHex(bytes) === input),
    text('crypto/digest.ts#digestBytes', [digestOf(utf8('a'))], (input) => digestBytes(input as Digest), (bytes: Uint8Array, input) => digestFromBytes(bytes) === input),
    text('crypto/digest.ts#digestFromHex', [hexOfDigest(digestOf(utf8('a')))], digestFromHex, (digest: Digest, input) => hexOfDigest(digest) === input),
    text('crypto/json/shape.ts#readTime', ['2026-11-24T12:00:00Z', '2024-02-29T23:59:59.123Z'], readTime, (time: number | undefined, input) => time === undefined || new Date(time).toISOString().slice(0, 19) === input.slice(0, 19)),
    parser({ name: 'crypto/json/strict-json.ts#decodeUtf8', inputs: nearBytes(utf8('é💧\u0000'), utf8('{}')), run: decodeUtf8, refuses: CryptoError, holds: (answer, input) => sameBytes(utf8(answer), input) }),
    text('crypto/json/strict-json.ts#parseStrictJson', ['{"a":[1,2.5e3,"é\\n",null,true],"b":{}}', '[]', '"\\ud83d\\udca7"'], (input) => parseStrictJson(utf8(input.toWellFormed())), (value: unknown, input) => sameJson(value, JSON.parse(input.toWellFormed()))),
    text('crypto/json/canonical-json.ts#parseCanonicalJson', ['{"a":[1,2.5,"é",null,true],"b":{}}', '1e+21'], (input) => parseCanonicalJson(utf8(input.toWellFormed())), (value: unknown, input) => sameBytes(canonicalBytes(value), utf8(input.toWellFormed()))),
    parser({ name: 'crypto/key/public-key.ts#parsePublicJwk', inputs: nearJson(key.public_jwk, es.public_jwk), run: parsePublicJwk, refuses: CryptoError, holds: (jwk, input) => sameJson(Object.entries(jwk).sort(), Object.entries(input as object).sort()) && /^[A-Za-z0-9_-]{43}$/.test(thumbprint(jwk)) }),
    text('crypto/key/signing-key.ts#importSigningKey', [exportSigningKey(key), exportSigningKey(es)], importSigningKey, (read: typeof key, input) => sameJson(JSON.parse(exportSigningKey(read)), JSON.parse(input))),
    parser({ name: 'crypto/statement/statement.ts#parseStatement', inputs: nearJson(statement), run: parseStatement, refuses: CryptoError, holds: (read, input) => sameJson(sorted(read), sorted(input)) }),
    parser({ name: 'crypto/statement/statement.ts#statementDigest', inputs: nearJson(statement), run: statementDigest, refuses: CryptoError, holds: (digest) => digestBytes(digest).length === 32 }),
    parser({ name: 'crypto/statement/statement.ts#readUnverifiedPayload', inputs: nearJson(statement, signStatement('act+jws', [1, 'x'], [key])), run: readUnverifiedPayload, refuses: CryptoError, holds: (value, input) => encodeBase64url(canonicalBytes(value)) === (input as { payload: string }).payload }),
    parser({ name: 'crypto/statement/verify-statement.ts#verifyStatement', inputs: nearJson(statement), run: (input) => verifyStatement(input, { typ: 'grant+jws', keyFor, threshold: 2 }), refuses: CryptoError, holds: (_answer, input) => sameJson(sorted(input), sorted(statement)) || isReordered(input, statement) }),
    parser({ name: 'crypto/key-set/key-set.ts#readKeySet', inputs: nearJson(set), run: (input) => readKeySet(input, 'producer-keys+jws'), refuses: CryptoError, holds: (read) => read.keys.length >= 1 && read.threshold >= 1 && read.version === 1 }),
    parser({ name: 'crypto/key-set/verify-key-set-chain.ts#verifyKeySetChain', inputs: nearJson(chain).filter((value): value is unknown[] => Array.isArray(value)), run: (input) => verifyKeySetChain(input, { typ: 'producer-keys+jws' }), refuses: CryptoError, holds: (_sets, input) => sameJson(sorted(input), sorted(chain)) }),
    text('crypto/log/signed-note.ts#parseNote', [note, `${note}— witness.example AAAAAAAAAA==\n`], parseNote, (read: ReturnType<typeof parseNote>, input) => `${read.text}\n${read.signatures.map((line) => signatureLine(line.name, line.key_id, line.signature)).join('')}` === input),
    text('crypto/log/signed-note.ts#parseVkey', [vkeyOf(origin, key.public_jwk), vkeyOf('w', key.public_jwk, 4)], parseVkey, (read: ReturnType<typeof parseVkey>, input) => vkeyOf(read.name, read.jwk, read.type) === input),
    text('crypto/log/checkpoint.ts#verifyCheckpoint', [note], (input) => verifyCheckpoint(input, log), (_read: never, input) => input.startsWith(note.slice(0, note.indexOf('\n\n') + 2)) && input.includes(note.slice(note.indexOf('\n\n') + 2))),
    text('crypto/log/cosignature.ts#verifyCosignatures', [note], (input) => verifyCosignatures(input, [{ name: 'witness.example', jwk: es.alg === 'Ed25519' ? es.public_jwk : key.public_jwk }]), (found: unknown[]) => found.length === 0),
    parser({ name: 'crypto/log/verify-proof.ts#parseProof', inputs: nearJson(proof), run: parseProof, refuses: CryptoError, holds: (read, input) => sameJson(sorted(read), sorted(input)) }),
    parser({ name: 'crypto/log/verify-proof.ts#verifyProof', inputs: nearJson(proof), run: (input) => verifyProof(utf8('act'), input, log), refuses: CryptoError, holds: (_answer, input) => sameJson(sorted(input), sorted(proof)) }),
    text('crypto/http/content-digest.ts#readContentDigest', [writeContentDigest(new Uint8Array(32).fill(9)), 'sha-512=:AA==:'], readContentDigest, (bytes: Uint8Array, input) => writeContentDigest(bytes) === input),
    text('crypto/http/content-digest.ts#requireContentType', ['application/json', 'text/csv; charset=utf-8'], requireContentType, (kept: string, input) => kept === input && /^[\x20-\x7e]+$/.test(kept)),
    text('crypto/http/profile.ts#requireTarget', ['/', '/api/v1/datasets?q=a%20b', '/a/../b', '/a//b', '/%2e%2e/x'], requireTarget, (_nothing: never, input) => new URL(input, 'https://data.example').pathname + new URL(input, 'https://data.example').search === input || /['^`{}|"<>]/.test(input)),
    ...['signature-input', 'signature', 'content-digest', 'content-type'].map((field) =>
      parser({ name: `crypto/http/verify-request.ts#verifyRequest (${field})`, inputs: near(signed[field] ?? ''), run: fromFields(field), refuses: CryptoError, holds: (_call, input) => input === signed[field], baits: LONG }),
    ),
    text('crypto/age/content-key.ts#parseContentKey', [contentKey.text], parseContentKey, (read: typeof contentKey, input) => read.text === input && input === contentKey.text),
    parser({ name: 'crypto/age/header.ts#headerLength', inputs: nearBytes(sealed, sealedBody.header), run: headerLength, refuses: CryptoError, holds: (length, input) => length <= input.length && input[length - 1] === 0x0a }),
    parser({ name: 'crypto/age/header.ts#openHeader', inputs: nearBytes(sealedBody.header), run: (input) => openHeader(input, [contentKey.identity], { maxStanzas: 1 }), refuses: CryptoError, holds: (_key, input) => sameBytes(input, sealedBody.header), runs: 80 }),
    parser({ name: 'crypto/age/sealed-text.ts#openText', inputs: nearBytes(sealed), run: (input) => openText(input, [age.identity]), refuses: CryptoError, holds: (_text, input) => sameBytes(input, sealed), runs: 80 }),
    parser({
      name: 'crypto/body/open-stream.ts#openStream', inputs: nearBytes(body.bytes()), runs: 80, refuses: CryptoError,
      run: async (input) => openStream({ file_key: await openHeader(sealedBody.header, [contentKey.identity], { maxStanzas: 1 }), body_size: input.length }, bytesOf(input), collect().sink),
      holds: (_nothing, input) => sameBytes(input, body.bytes()),
    }),
    parser({
      name: 'crypto/body/open-body.ts#openBody', inputs: nearBytes(body.bytes()), runs: 80, refuses: CryptoError,
      run: (input) => openBody({ ...sealedBody, recipient: contentKey.recipient, content_key: contentKey }, bytesOf(input), collect().sink),
      holds: (_nothing, input) => sameBytes(input, body.bytes()),
    }),
    parser({ name: 'crypto/body/leaf-verifier.ts#verifyLeafList', inputs: nearBytes(sealedBody.leaves), run: (leaves) => verifyLeafList({ root: sealedBody.root, leaves, body_size: sealedBody.body_size }), refuses: CryptoError, holds: (_nothing, input) => sameBytes(input, sealedBody.leaves) }),
  ];
}

/** JSON with the members of every object in order, so that only what it says is compared. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]));
}

// One signature more by an expected key is another text of the same statement, but none can be added without that key.
function isReordered(input: unknown, statement: { payload: string; signatures: readonly unknown[] }): boolean {
  const given = input as typeof statement;
  return given.payload === statement.payload && given.signatures.every((one) => statement.signatures.some((other) => sameJson(sorted(one), sorted(other))));
}
