import test from 'ava';
import {
  type CryptoErrorCode,
  generateSigningKey,
  type KeySetType,
  keyWithRole,
  partyIdOf,
  signKeySet,
  type SigningKey,
  signStatement,
  type Statement,
  statementDigest,
  verifyKeySetChain,
} from '#crypto';
import { codeOf, refusal } from './conformance.ts';

const typ = 'producer-keys+jws';
const expires_at = '2027-11-24T00:00:00Z';
const [root1, root2, root3, rootNew, manifest, recovery1, recovery2, stranger] = Array.from({ length: 8 }, () =>
  generateSigningKey(),
) as [SigningKey, SigningKey, SigningKey, SigningKey, SigningKey, SigningKey, SigningKey, SigningKey];

type Entry = { jwk: unknown; roles: unknown; not_before?: unknown; not_after?: unknown };
const entry = (key: SigningKey, role: string): Entry => ({ jwk: key.public_jwk, roles: [role] });
const base = (version: number, prev: string | null, keys: Entry[], threshold = 2): Record<string, unknown> => ({
  v: 1,
  version,
  prev,
  name: 'Rennes',
  threshold,
  expires_at,
  keys,
});

const keys1 = [
  entry(root1, 'root'),
  entry(root2, 'root'),
  entry(root3, 'root'),
  entry(manifest, 'manifest'),
  entry(recovery1, 'recovery'),
  entry(recovery2, 'recovery'),
];
const v1 = signKeySet(typ, base(1, null, keys1), [root1, root2]);
const id = partyIdOf(v1);
const keys2 = [entry(root2, 'root'), entry(rootNew, 'root'), entry(manifest, 'manifest')];
const payload2 = base(2, statementDigest(v1), keys2);
const v2 = signKeySet(typ, payload2, [root1, root2, rootNew]);

test('a chain verifies from the party id alone, newest last', (t) => {
  const chain = verifyKeySetChain([v1, v2], { typ, party_id: id });
  t.deepEqual(
    chain.map((set) => [set.version, set.threshold, set.digest, set.party_id, set.authority]),
    [
      [1, 2, statementDigest(v1), id, 'root'],
      [2, 2, statementDigest(v2), id, 'root'],
    ],
  );
  t.is(chain[1]?.payload['name'], 'Rennes');
  t.deepEqual(
    chain[1]?.keys.map((key) => key.kid),
    [root2.kid, rootNew.kid, manifest.kid],
  );
});

test('a key is found by its role only, and only within its time', (t) => {
  const timed = signKeySet(
    typ,
    base(
      1,
      null,
      [
        entry(root1, 'root'),
        { ...entry(manifest, 'manifest'), not_before: '2026-01-01T00:00:00Z', not_after: '2026-06-01T00:00:00Z' },
      ],
      1,
    ),
    [root1],
  );
  const [set] = verifyKeySetChain([timed], { typ });
  if (set === undefined) return t.fail();
  t.deepEqual(keyWithRole(set, manifest.kid, 'manifest'), manifest.public_jwk);
  t.is(keyWithRole(set, manifest.kid, 'root'), undefined);
  t.is(keyWithRole(set, stranger.kid, 'manifest'), undefined);
  for (const [at, held] of [
    ['2025-12-31T23:59:59Z', false],
    ['2026-01-01T00:00:00Z', true],
    ['2026-05-31T23:59:59.999Z', true],
    ['2026-06-01T00:00:00Z', false],
  ] as const)
    t.is(keyWithRole(set, manifest.kid, 'manifest', at) !== undefined, held, at);
  t.deepEqual(keyWithRole(set, root1.kid, 'root', '2027-11-23T23:59:59Z'), root1.public_jwk);
  t.is(keyWithRole(set, root1.kid, 'root', '2027-11-24T00:00:00Z'), undefined);
  for (const at of ['2026-02-31T00:00:00Z', '2026-01-01', '2026-01-01T00:00:00+00:00', 'now']) {
    t.throws(() => keyWithRole(set, root1.kid, 'root', at), refusal('malformed_key_set'));
  }
});

const sign2 = (change: Record<string, unknown>, keys: SigningKey[] = [root1, root2, rootNew]): Statement =>
  signStatement(typ, { ...payload2, ...change }, keys);
const brokenChains: readonly (readonly [string, () => readonly unknown[], CryptoErrorCode])[] = [
  ['that is empty', () => [], 'chain_broken'],
  ['of another party', () => [signKeySet(typ, base(1, null, keys1, 1), [root1])], 'party_mismatch'],
  ['that begins with version 2', () => [v2], 'party_mismatch'],
  ['in the wrong order', () => [v1, v1], 'chain_broken'],
  ['that jumps a version', () => [v1, sign2({ version: 3 })], 'chain_broken'],
  ['whose second names another first', () => [v1, sign2({ prev: statementDigest(v2) })], 'chain_broken'],
  ['whose second has too few of the old roots', () => [v1, sign2({}, [root2, rootNew])], 'threshold_not_met'],
  ['whose second has too few of its own roots', () => [v1, sign2({}, [root1, root2])], 'threshold_not_met'],
  ['signed by an online key', () => [v1, sign2({}, [root1, root2, rootNew, manifest])], 'unknown_key'],
  ['signed by a stranger', () => [v1, sign2({}, [root1, root2, rootNew, stranger])], 'unknown_key'],
  ['of another type', () => [v1, signStatement('portal-keys+jws', payload2, [root1, root2, rootNew])], 'wrong_type'],
  ['with a prev that is no digest', () => [v1, sign2({ prev: 'x' })], 'malformed_key_set'],
  ['with a threshold of 0', () => [v1, sign2({ threshold: 0 })], 'malformed_key_set'],
  ['with a threshold above its roots', () => [v1, sign2({ threshold: 3 })], 'malformed_key_set'],
  ['with a fraction for a threshold', () => [v1, sign2({ threshold: 1.5 })], 'malformed_key_set'],
  ['with one key in two entries', () => [v1, sign2({ keys: [...keys2, entry(rootNew, 'manifest')] })], 'key_reused'],
  [
    'with one key in two roles',
    () => [v1, sign2({ keys: [...keys2, { jwk: stranger.public_jwk, roles: ['manifest', 'api'] }] })],
    'key_reused',
  ],
  ['with a key without role', () => [v1, sign2({ keys: [...keys2, { jwk: stranger.public_jwk, roles: [] }] })], 'key_reused'],
  [
    'with a key that carries its private half',
    () => [v1, sign2({ keys: [...keys2, { jwk: { ...stranger.public_jwk, d: 'AA' }, roles: ['api'] }] })],
    'key_not_allowed',
  ],
  [
    'with a further member in a key',
    () => [v1, sign2({ keys: [...keys2, { ...entry(stranger, 'api'), comment: 'x' }] })],
    'malformed_key_set',
  ],
  ['without an expiry', () => [v1, sign2({ expires_at: 'never' })], 'malformed_key_set'],
  ['of another format version', () => [v1, sign2({ v: 2 })], 'malformed_key_set'],
  [
    'of more keys than allowed',
    () => [v1, sign2({ keys: Array.from({ length: 257 }, () => entry(root2, 'root')) })],
    'malformed_key_set',
  ],
];
for (const [what, chain, code] of brokenChains) {
  test(`a chain ${what} is refused`, (t) => {
    t.throws(() => verifyKeySetChain(chain(), { typ, party_id: id }), refusal(code));
  });
}

test('a first key set that names a predecessor is refused', (t) => {
  t.throws(
    () => verifyKeySetChain([signStatement(typ, base(1, statementDigest(v1), keys1), [root1, root2])], { typ }),
    refusal('malformed_key_set'),
  );
});

test('a forked version 2 verifies by itself and differs in its digest, for the reader who pinned the other', (t) => {
  const fork = signKeySet(typ, { ...payload2, name: 'Rennes, again' }, [root1, root2, rootNew]);
  t.not(
    verifyKeySetChain([v1, fork], { typ, party_id: id })[1]?.digest,
    verifyKeySetChain([v1, v2], { typ, party_id: id })[1]?.digest,
  );
});

test('recovery keys make a successor only where the reader knows it to be in force', (t) => {
  const step = sign2({ keys: [entry(rootNew, 'root'), entry(stranger, 'root')] }, [recovery1, recovery2, rootNew, stranger]);
  t.throws(() => verifyKeySetChain([v1, step], { typ, party_id: id }), refusal('recovery_not_effective'));
  t.throws(
    () => verifyKeySetChain([v1, step], { typ, party_id: id, recoveryInForce: () => false }),
    refusal('recovery_not_effective'),
  );
  const asked: unknown[] = [];
  const chain = verifyKeySetChain([v1, step], {
    typ,
    party_id: id,
    recoveryInForce: ({ from, version, digest }) => asked.push([from.version, version, digest]) > 0,
  });
  t.is(chain[1]?.authority, 'recovery');
  t.deepEqual(asked, [[1, 2, statementDigest(step)]]);
  const few = sign2({ keys: [entry(rootNew, 'root'), entry(stranger, 'root')] }, [recovery1, rootNew, stranger]);
  t.throws(() => verifyKeySetChain([v1, few], { typ, party_id: id, recoveryInForce: () => true }), refusal('threshold_not_met'));
});

test('a root and a recovery key together do not add up to a threshold of either', (t) => {
  const mixed = sign2({ keys: [entry(rootNew, 'root'), entry(stranger, 'root')] }, [root1, recovery1, rootNew, stranger]);
  t.throws(
    () => verifyKeySetChain([v1, mixed], { typ, party_id: id, recoveryInForce: () => true }),
    refusal('threshold_not_met'),
  );
});

test('consumers sign with identity keys, portals with root keys, and recovery keys are for producers only', (t) => {
  const device = generateSigningKey();
  const second = generateSigningKey('ES256');
  const consumer: KeySetType = 'consumer-keys+jws';
  const first = signKeySet(consumer, base(1, null, [entry(device, 'identity'), entry(manifest, 'application')], 1), [device]);
  const next = signKeySet(consumer, base(2, statementDigest(first), [entry(device, 'identity'), entry(second, 'identity')], 1), [
    device,
  ]);
  t.is(verifyKeySetChain([first, next], { typ: consumer })[1]?.keys.length, 2);
  t.throws(
    () =>
      verifyKeySetChain(
        [signStatement(consumer, base(1, null, [entry(device, 'identity'), entry(manifest, 'application')], 1), [manifest])],
        { typ: consumer },
      ),
    refusal('unknown_key'),
  );

  const portal: KeySetType = 'portal-keys+jws';
  const portal1 = signKeySet(portal, base(1, null, [entry(root1, 'root'), entry(recovery1, 'recovery')], 1), [root1]);
  const taken = signStatement(portal, base(2, statementDigest(portal1), [entry(rootNew, 'root')], 1), [recovery1, rootNew]);
  t.throws(() => verifyKeySetChain([portal1, taken], { typ: portal, recoveryInForce: () => true }), refusal('unknown_key'));
});

test('a first key set that none of its keys signed is not made', async (t) => {
  t.is(await codeOf(() => signKeySet(typ, base(1, null, keys1), [stranger])), 'unknown_key');
});
