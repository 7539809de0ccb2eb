import { createPublicKey, verify } from 'node:crypto';
import { createSignatureSync, type RequestDescriptor, verifySignature as verifyRfc9421 } from 'http-message-sig';
import { importSigningKey, parsePublicJwk, type RequestPolicy, signBytes, utf8, verifyRequest, verifySignature } from '#crypto';
import { codeOf, conformance, flipped, readJson, refusal } from './conformance.ts';

// Nobody's server: the vectors never get as far as a key.
const policy: RequestPolicy = {
  keyFor: async () => undefined,
  public_origins: ['https://example.com'],
  now: new Date('2021-04-20T02:07:53Z'),
};

interface Rfc9421 {
  keys: Record<string, { jwk: Record<string, string>; base64?: string }>;
  messages: Record<string, { startLine: string; headers: [string, string][]; body: string }>;
  cases: {
    section: string;
    message: string;
    alg: string;
    label: string;
    keyid: string;
    signatureBase: string;
    signatureInput: string;
    signature: string;
  }[];
}

conformance(
  'rfc9421/appendix-b.json',
  'the signature of RFC 9421 B.2.6 is the one our key and library make, and it verifies',
  async (t, file) => {
    const { keys, messages, cases } = readJson<Rfc9421>(file);
    const published = cases.find((one) => one.section === 'B.2.6');
    const message = messages['test-request'];
    const { kty, crv, x, d } = keys['test-key-ed25519']?.jwk ?? {};
    if (published === undefined || message === undefined) return t.fail();
    const signer = importSigningKey(JSON.stringify({ kty, crv, x, d }));
    const request: RequestDescriptor = {
      kind: 'request',
      method: 'POST',
      targetUri: 'https://example.com/foo?param=Value&Pet=dog',
      fields: message.headers.map(([name, value]) => ({ name, value })),
    };
    const bases: string[] = [];
    const fields = createSignatureSync(request, {
      label: published.label,
      components: ['date', '@method', '@path', '@authority', 'content-type', 'content-length'],
      parameters: { created: 1618884473, keyid: published.keyid },
      signer: { algorithm: 'ed25519', sign: (base) => (bases.push(new TextDecoder().decode(base)), signBytes(signer, base)) },
    });
    t.is(bases[0], published.signatureBase);
    t.is(fields.signatureInput, published.signatureInput);
    t.is(fields.signature, published.signature);
    // It is sound cryptography and not our profile.
    await t.throwsAsync(
      verifyRequest(
        {
          method: 'POST',
          target: '/foo?param=Value&Pet=dog',
          headers: {
            ...Object.fromEntries(message.headers),
            'signature-input': published.signatureInput,
            signature: published.signature,
          },
          has_body: true,
        },
        policy,
      ),
      refusal('signature_input_malformed'),
    );
  },
);

conformance(
  'rfc9421/appendix-b.json',
  'the signature of RFC 9421 B.2.1, which covers nothing, verifies as cryptography and is refused by policy',
  async (t, file) => {
    const { keys, messages, cases } = readJson<Rfc9421>(file);
    const published = cases.find((one) => one.section === 'B.2.1');
    const message = messages['test-request'];
    const jwk = keys['test-key-rsa-pss']?.jwk;
    if (published === undefined || message === undefined || jwk === undefined) return t.fail();
    const rsa = createPublicKey({ key: { kty: 'RSA', n: jwk['n'] ?? '', e: jwk['e'] ?? '' }, format: 'jwk' });
    const headers = {
      ...Object.fromEntries(message.headers),
      'signature-input': published.signatureInput,
      signature: published.signature,
    };
    const sound = await verifyRfc9421(
      {
        kind: 'request',
        method: 'POST',
        targetUri: 'https://example.com/foo?param=Value&Pet=dog',
        fields: Object.entries(headers).map(([name, value]) => ({ name, value })),
      },
      {
        policy: { algorithms: ['rsa-pss-sha512'], requiredComponents: [], requiredParameters: [], now: 1618884473 },
        resolveVerifier: () => ({
          algorithm: 'rsa-pss-sha512',
          verify: (base, signature) => verify('sha512', base, { key: rsa, padding: 6, saltLength: 64 }, signature),
        }),
      },
    );
    t.is(sound.components.length, 0);
    await t.throwsAsync(
      verifyRequest({ method: 'POST', target: '/foo?param=Value&Pet=dog', headers, has_body: true }, policy),
      refusal('signature_input_malformed'),
    );
  },
);

/** Section, whether our kinds of keys can judge it at all, and why the profile refuses it. */
const sections: readonly { section: string; verifies: boolean | undefined; why: string }[] = [
  { section: 'B.2.1', verifies: undefined, why: 'covers nothing; RSA-PSS' },
  { section: 'B.2.2', verifies: undefined, why: 'covers neither method nor path, has component parameters; RSA-PSS' },
  { section: 'B.2.3', verifies: undefined, why: 'other components in another order, no nonce, no end; RSA-PSS' },
  { section: 'B.2.4', verifies: true, why: 'a response: only calls are signed' },
  { section: 'B.2.5', verifies: undefined, why: 'HMAC: the server could have made it' },
  { section: 'B.2.6', verifies: true, why: 'no query, no nonce, no end, another tag' },
];

conformance('rfc9421/appendix-b.json', 'of the six signatures of RFC 9421 B.2 those by our kinds of keys verify, and all six are refused by policy', async (t, file) => {
  const { keys, messages, cases } = readJson<Rfc9421>(file);
  t.deepEqual(cases.map((one) => one.section), sections.map((one) => one.section));
  for (const [index, { section, verifies, why }] of sections.entries()) {
    const published = cases[index];
    const headers = messages[published?.message ?? '']?.headers;
    if (published === undefined || headers === undefined) return t.fail(section);
    const { kty, crv, x, y } = keys[published.keyid]?.jwk ?? {};
    const code = await codeOf(() => parsePublicJwk(y === undefined ? { kty, crv, x } : { kty, crv, x, y }));
    if (verifies === undefined) t.is(code, 'key_not_allowed', section);
    else {
      const signature = new Uint8Array(Buffer.from(published.signature.slice(`${published.label}=:`.length, -1), 'base64'));
      const jwk = parsePublicJwk(y === undefined ? { kty, crv, x } : { kty, crv, x, y });
      t.is(verifySignature(jwk, utf8(published.signatureBase), signature), verifies, section);
      for (const at of [0, 31, 63]) t.false(verifySignature(jwk, utf8(published.signatureBase), flipped(signature, at)), section);
    }
    const fields = { ...Object.fromEntries(headers), 'signature-input': published.signatureInput, signature: published.signature };
    // The same under our label: it is not the label alone that is refused.
    const relabelled = { ...fields, 'signature-input': published.signatureInput.replace(published.label, 'sig1'), signature: published.signature.replace(published.label, 'sig1') };
    for (const given of [fields, relabelled]) {
      await t.throwsAsync(
        verifyRequest({ method: 'POST', target: '/foo?param=Value&Pet=dog', headers: given, has_body: true }, policy),
        refusal('signature_input_malformed'),
        `${section}: ${why}`,
      );
    }
  }
});
