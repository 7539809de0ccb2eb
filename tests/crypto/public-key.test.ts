import test from 'ava';
import {
  decodeHex,
  encodeBase64url,
  exportSigningKey,
  generateSigningKey,
  importSigningKey,
  parsePublicJwk,
  signBytes,
  thumbprint,
  utf8,
  verifySignature,
} from '#crypto';
import { conformance, readJson, refusal } from './conformance.ts';

const rfc8037 = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const;

test('the thumbprint of the key of RFC 8037 is the one its appendix A.3 prints', (t) => {
  t.is(thumbprint(rfc8037), 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
});

interface Wycheproof {
  testGroups: {
    publicKey: { pk: string };
    tests: { tcId: number; comment: string; msg: string; sig: string; result: string }[];
  }[];
}

conformance('wycheproof/ed25519_test.json', 'Ed25519 verification agrees with every vector of Wycheproof', (t, file) => {
  let valid = 0;
  let invalid = 0;
  for (const group of readJson<Wycheproof>(file).testGroups) {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(decodeHex(group.publicKey.pk)) } as const;
    for (const vector of group.tests) {
      t.is(
        verifySignature(jwk, decodeHex(vector.msg), decodeHex(vector.sig)),
        vector.result === 'valid',
        `${vector.tcId} ${vector.comment}`,
      );
      if (vector.result === 'valid') valid += 1;
      else invalid += 1;
    }
  }
  t.log(`${valid} valid, ${invalid} invalid signatures`);
  t.true(valid > 50 && invalid > 50);
});

test('Ed25519 keys of small order and second encodings of a key are refused', (t) => {
  const smallOrder = [
    '0100000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000080',
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0000000000000000000000000000000000000000000000000000000000000080',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  ];
  const notCanonical = [
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ];
  for (const hex of [...smallOrder, ...notCanonical]) {
    t.throws(
      () => parsePublicJwk({ kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(decodeHex(hex)) }),
      refusal('malformed_key'),
      hex,
    );
  }
});

test('P-256 keys off the curve or beyond the field are refused', (t) => {
  const { x, y } = generateSigningKey('ES256').public_jwk;
  t.notThrows(() => parsePublicJwk({ kty: 'EC', crv: 'P-256', x, y }));
  t.throws(() => parsePublicJwk({ kty: 'EC', crv: 'P-256', x: y, y: x }), refusal('malformed_key'));
  t.throws(
    () => parsePublicJwk({ kty: 'EC', crv: 'P-256', x: encodeBase64url(new Uint8Array(32).fill(255)), y }),
    refusal('malformed_key'),
  );
  t.throws(
    () =>
      parsePublicJwk({ kty: 'EC', crv: 'P-256', x: encodeBase64url(new Uint8Array(32)), y: encodeBase64url(new Uint8Array(32)) }),
    refusal('malformed_key'),
  );
});

test('other kinds of keys, and members that a public key does not have, are refused', (t) => {
  const { d } = JSON.parse(exportSigningKey(generateSigningKey())) as { d: string };
  for (const value of [
    null,
    'key',
    [],
    {},
    { kty: 'oct', k: 'AAAA' },
    { kty: 'RSA', n: 'AQAB', e: 'AQAB' },
    { kty: 'OKP', crv: 'X25519', x: rfc8037.x },
    { kty: 'EC', crv: 'P-521', x: 'AA', y: 'AA' },
    { ...rfc8037, d },
    { ...rfc8037, kid: 'mine' },
    { ...rfc8037, alg: 'Ed25519' },
    { ...rfc8037, y: rfc8037.x },
    { kty: 'OKP', crv: 'Ed25519' },
  ]) {
    t.throws(() => parsePublicJwk(value), refusal('key_not_allowed'), JSON.stringify(value));
  }
  for (const x of [`${rfc8037.x}=`, rfc8037.x.slice(1), ` ${rfc8037.x}`]) {
    t.throws(() => parsePublicJwk({ ...rfc8037, x }), refusal('malformed_key'));
  }
});

for (const alg of ['Ed25519', 'ES256'] as const) {
  test(`an ${alg} key comes back from its text and signs what its public half verifies`, (t) => {
    const key = generateSigningKey(alg);
    const again = importSigningKey(exportSigningKey(key));
    t.is(again.kid, key.kid);
    t.deepEqual(again.public_jwk, key.public_jwk);
    const data = utf8('data');
    const signature = signBytes(again, data);
    t.is(signature.length, 64);
    t.true(verifySignature(key.public_jwk, data, signature));
    t.false(verifySignature(key.public_jwk, utf8('date'), signature));
    t.false(verifySignature(key.public_jwk, data, signature.subarray(1)));
    t.false(verifySignature(generateSigningKey(alg).public_jwk, data, signature));
  });

  test(`an ${alg} key file whose public half is another key's is refused`, (t) => {
    const mine = JSON.parse(exportSigningKey(generateSigningKey(alg))) as Record<string, string>;
    const other = JSON.parse(exportSigningKey(generateSigningKey(alg))) as Record<string, string>;
    t.throws(() => importSigningKey(JSON.stringify({ ...mine, d: other['d'] })), refusal('malformed_key'));
    t.throws(() => importSigningKey(JSON.stringify({ ...mine, d: undefined })), refusal('key_not_allowed'));
    t.throws(() => importSigningKey(JSON.stringify({ ...mine, use: 'sig' })), refusal('key_not_allowed'));
  });
}
