import { readFileSync } from 'node:fs';
import test from 'ava';
import {
  blindSubject,
  bytesOf,
  checkBlindSubject,
  checkCommitment,
  collect,
  decodeBase64url,
  type Digest,
  digestOf,
  fingerprintOf,
  type KeySetType,
  openBody,
  openText,
  parseContentKey,
  parseVkey,
  type PublicJwk,
  readUnverifiedPayload,
  sha256,
  thumbprint,
  TreeHasher,
  utf8,
  verifyCheckpoint,
  verifyCosignatures,
  verifyKeySetChain,
  verifyProof,
  verifyRequest,
  verifyStatement,
} from '#crypto';
import { readJson } from './conformance.ts';
import { patternOf } from './sealing.ts';

interface OwnVectors {
  statement: { typ: string; keys: { kid: string; jwk: PublicJwk }[]; payload: string; statement: unknown; digest: Digest };
  key_set_chain: { typ: KeySetType; party_id: string; chain: unknown[]; digests: Digest[] };
  sealed_body: {
    dataset_id: string;
    epoch: number;
    recipient: string;
    identity_after_prefix: string;
    plaintext: string;
    header: string;
    header_sha256: Digest;
    header_size: number;
    body: string;
    body_size: number;
    root: Digest;
    leaves: string;
    package: string;
  };
  trees_of_bytes_i_mod_251: { size: number; root: Digest; leaves_sha256: Digest }[];
  log: {
    origin: string;
    jwk: PublicJwk;
    vkey: string;
    acts: string[];
    checkpoint: string;
    proofs: unknown[];
    witness: { name: string; jwk: PublicJwk };
    cosigned: string;
  };
  signed_call: {
    now: string;
    jwk: PublicJwk;
    kid: string;
    method: string;
    url: string;
    body: string;
    headers: Record<string, string>;
  };
  fingerprint: { parts: string[]; fingerprint: string };
  commitment: { value: unknown; salt: string; commitment: Digest };
  blinded_subject: { text: string; key: string; subject: Digest };
}

// These bytes were made once and are kept: a change of this folder that can no longer read them has broken what is already signed.
const vectors = readJson<OwnVectors>('tests/vectors/crypto.json');

test('the kept statement verifies, under both of its keys', (t) => {
  const { typ, keys, payload, statement, digest } = vectors.statement;
  const verified = verifyStatement(statement, { typ, keyFor: (kid) => keys.find((key) => key.kid === kid)?.jwk, threshold: 2 });
  t.is(new TextDecoder().decode(verified.payload_bytes), payload);
  t.is(verified.digest, digest);
});

test('the kept chain of key sets verifies from its party id', (t) => {
  const { typ, party_id, chain, digests } = vectors.key_set_chain;
  t.deepEqual(
    verifyKeySetChain(chain, { typ, party_id }).map((set) => set.digest),
    digests,
  );
});

test('the kept body opens with the content key of its package', async (t) => {
  const v = vectors.sealed_body;
  const key = await parseContentKey(
    new TextDecoder().decode(await openText(decodeBase64url(v.package), [`AGE-SECRET-KEY-${v.identity_after_prefix}`])),
  );
  t.deepEqual([key.dataset_id, key.epoch, key.recipient], [v.dataset_id, v.epoch, v.recipient]);
  const output = collect();
  const header = utf8(v.header);
  t.is(digestOf(header), v.header_sha256);
  await openBody(
    {
      header,
      header_sha256: v.header_sha256,
      header_size: v.header_size,
      recipient: v.recipient,
      body_size: v.body_size,
      root: v.root,
      leaves: decodeBase64url(v.leaves),
      content_key: key,
    },
    bytesOf(decodeBase64url(v.body)),
    output.sink,
  );
  t.is(new TextDecoder().decode(output.bytes()), v.plaintext);
});

test('the kept tree roots are those of their bytes', (t) => {
  for (const { size, root, leaves_sha256 } of vectors.trees_of_bytes_i_mod_251) {
    const tree = new TreeHasher();
    tree.update(patternOf(size));
    const made = tree.finish();
    t.is(made.root, root);
    t.is(digestOf(made.leaves), leaves_sha256);
  }
});

test('the kept checkpoint, cosignature and proofs verify', (t) => {
  const { origin, jwk, vkey, acts, checkpoint, proofs, witness, cosigned } = vectors.log;
  t.deepEqual(parseVkey(vkey), { name: origin, jwk, type: 1 });
  t.is(verifyCheckpoint(checkpoint, { origin, jwk }).size, acts.length);
  t.deepEqual(verifyCosignatures(cosigned, [witness]), [{ name: witness.name, cosigned_at: '2026-11-24T12:00:00Z' }]);
  for (const [index, act] of acts.entries()) t.is(verifyProof(utf8(act), proofs[index], { origin, jwk }).size, acts.length);
});

test('the kept signed call verifies at its time', async (t) => {
  const call = vectors.signed_call;
  const url = new URL(call.url);
  const verified = await verifyRequest(
    { method: call.method, target: url.pathname + url.search, headers: call.headers, has_body: true },
    {
      keyFor: async (kid) => (kid === call.kid ? { jwk: call.jwk, alg: 'Ed25519' } : undefined),
      public_origins: [url.origin],
      now: new Date(call.now),
    },
  );
  t.is(verified.kid, thumbprint(call.jwk));
  t.deepEqual(verified.content_digest, sha256(utf8(call.body)));
});

test('the kept fingerprint, commitment and blinded subject are those of their values', (t) => {
  const { fingerprint, commitment, blinded_subject } = vectors;
  t.is(fingerprintOf(...fingerprint.parts), fingerprint.fingerprint);
  t.true(checkCommitment(commitment.value, commitment.salt, commitment.commitment));
  t.true(checkBlindSubject(blinded_subject.text, blinded_subject.key, blinded_subject.subject));
  t.is(blindSubject(blinded_subject.text, blinded_subject.key).subject, blinded_subject.subject);
});

test('every key, digest and signature that SPEC.md shows is one of the kept vectors', (t) => {
  const payloads = vectors.key_set_chain.chain.map((statement) => JSON.stringify(readUnverifiedPayload(statement)));
  const kept = readFileSync('tests/vectors/crypto.json', 'utf8') + payloads.join();
  const shown = readFileSync('crypto/SPEC.md', 'utf8').match(/[A-Za-z0-9_+/-]{43,}={0,2}|\b\d{5}( \d{5}){5}\b/g) ?? [];
  t.true(shown.length >= 12, `${shown.length} values`);
  for (const value of shown) t.true(kept.includes(value), value);
});
