import { writeFileSync } from 'node:fs';
import {
  blindSubject,
  bytesOf,
  canonicalBytes,
  collect,
  commitTo,
  cosignCheckpoint,
  digestOf,
  encodeBase64url,
  fingerprintOf,
  generateContentKey,
  generateSigningKey,
  hashesOf,
  inclusionPath,
  inclusionProof,
  LEAF_SIZE,
  leafHash,
  partyIdOf,
  sealBody,
  sealText,
  signCheckpoint,
  signKeySet,
  signRequest,
  signStatement,
  statementDigest,
  thumbprint,
  treeRoot,
  TreeHasher,
  utf8,
  vkeyOf,
} from '#crypto';
import { patternOf } from './sealing.ts';

// Makes tests/vectors/crypto.json anew, with new keys: `node dist/tests/crypto/write-vectors.js`. No private signing key is
// written; the one content key is, without its prefix, so that others can open the body with it.
const now = new Date('2026-11-24T12:00:00Z');
const [root, manifest, log, witness, consumer] = Array.from({ length: 5 }, () => generateSigningKey());
const second = generateSigningKey('ES256');
if (!root || !manifest || !log || !witness || !consumer) throw new Error('five keys were made');

const statement = signStatement('grant+jws', { v: 1, purpose: 'étude de mobilité', epoch_from: 3, epoch_to: null }, [
  manifest,
  second,
]);

const keySet = (version: number, prev: string | null, roots: readonly { public_jwk: unknown }[]): Record<string, unknown> => ({
  v: 1,
  version,
  prev,
  name: 'Métropole',
  threshold: 1,
  expires_at: '2027-11-24T00:00:00Z',
  keys: [
    ...roots.map((key) => ({ jwk: key.public_jwk, roles: ['root'] })),
    { jwk: manifest.public_jwk, roles: ['manifest'], not_before: '2026-11-24T00:00:00Z' },
  ],
});
const first = signKeySet('producer-keys+jws', keySet(1, null, [root]), [root]);
const next = signKeySet('producer-keys+jws', keySet(2, statementDigest(first), [second]), [root, second]);

const key = await generateContentKey('5f0c3a52-7a0e-4c0e-9b1e-0d9a54c1a001', 3);
const body = collect();
const sealed = await sealBody(bytesOf(utf8('bonjour\n')), key.recipient, body.sink);

const origin = 'portal.example/log';
const acts = ['manifest.publish', 'grant', 'key.release'].map((type, index) =>
  canonicalBytes({ v: 1, type, at: `2026-11-24T12:00:0${index}Z`, subject: digestOf(utf8(type)) }),
);
const hashes = acts.map(leafHash);
const checkpoint = signCheckpoint({ origin, size: 3, root: treeRoot(hashes) }, log);

const request = { method: 'POST', url: 'https://portal.example/api/v1/access-requests?dry_run=true', body: utf8('{"v":1}') };
const blinded = blindSubject(digestOf(utf8('a grant')));
const contact = { contact_id: 'a', email: 'ana@example.org' };

const vectors = {
  statement: {
    typ: 'grant+jws',
    keys: [manifest, second].map((signer) => ({ kid: signer.kid, jwk: signer.public_jwk })),
    payload: new TextDecoder().decode(canonicalBytes({ v: 1, purpose: 'étude de mobilité', epoch_from: 3, epoch_to: null })),
    statement,
    digest: statementDigest(statement),
  },
  key_set_chain: {
    typ: 'producer-keys+jws',
    party_id: partyIdOf(first),
    chain: [first, next],
    digests: [first, next].map(statementDigest),
  },
  sealed_body: {
    dataset_id: key.dataset_id,
    epoch: key.epoch,
    recipient: key.recipient,
    identity_after_prefix: key.identity.slice('AGE-SECRET-KEY-'.length),
    plaintext: 'bonjour\n',
    header: new TextDecoder().decode(sealed.header),
    header_sha256: sealed.header_sha256,
    header_size: sealed.header_size,
    body: encodeBase64url(body.bytes()),
    body_size: sealed.body_size,
    root: sealed.root,
    leaves: encodeBase64url(sealed.leaves),
    package: encodeBase64url(await sealText(key.text, [key.recipient])),
  },
  trees_of_bytes_i_mod_251: [0, 1, LEAF_SIZE - 1, LEAF_SIZE, LEAF_SIZE + 1, 3 * LEAF_SIZE + 7].map((size) => {
    const tree = new TreeHasher();
    tree.update(patternOf(size));
    const { leaves, root: treeOf } = tree.finish();
    return { size, root: treeOf, leaves_sha256: digestOf(leaves) };
  }),
  log: {
    origin,
    jwk: log.public_jwk,
    vkey: vkeyOf(origin, log.public_jwk),
    acts: acts.map((act) => new TextDecoder().decode(act)),
    checkpoint,
    proofs: await Promise.all(
      acts.map(async (_, index) =>
        inclusionProof({ log_origin: origin, index, size: 3, path: await inclusionPath(3, index, hashesOf(hashes)), checkpoint }),
      ),
    ),
    witness: { name: 'node.example', jwk: witness.public_jwk },
    cosigned: cosignCheckpoint(checkpoint, { origin, jwk: log.public_jwk }, { name: 'node.example', key: witness }, { now }),
  },
  signed_call: {
    now: now.toISOString(),
    jwk: consumer.public_jwk,
    kid: thumbprint(consumer.public_jwk),
    method: request.method,
    url: request.url,
    body: '{"v":1}',
    headers: signRequest(request, consumer, { now }),
  },
  fingerprint: { parts: ['producer', 'portal'], fingerprint: fingerprintOf('producer', 'portal') },
  commitment: { value: contact, ...commitTo(contact) },
  blinded_subject: { text: digestOf(utf8('a grant')), ...blinded },
};
writeFileSync('tests/vectors/crypto.json', `${JSON.stringify(vectors, null, 2)}\n`);
