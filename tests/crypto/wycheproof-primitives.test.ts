import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { concatBytes, decodeBase64url, decodeHex, encodeHex, equalBytes, openHeader, utf8 } from '#crypto';
import { codeOf, conformance, readJson } from './conformance.ts';

interface Vectors<T> {
  readonly testGroups: readonly ({ readonly tests: readonly (T & { readonly tcId: number; readonly comment: string; readonly result: string; readonly flags: readonly string[] })[] } & {
    readonly ivSize?: number;
  })[];
}

interface Aead {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}

// The chunk cipher fixes nonce and associated data, so its vectors go to OpenSSL called as it calls it.
const ALGORITHM = 'chacha20-poly1305';
const OPTIONS = { authTagLength: 16 };

conformance('wycheproof/chacha20_poly1305_test.json', 'ChaCha20-Poly1305 of this runtime agrees with the 316 vectors of Wycheproof whose nonce has 12 bytes', (t, file) => {
  const counts = { valid: 0, invalid: 0 };
  for (const group of readJson<Vectors<Aead>>(file).testGroups.filter((one) => one.ivSize === 96)) {
    for (const v of group.tests) {
      const [key, iv, aad, msg] = [v.key, v.iv, v.aad, v.msg].map(decodeHex) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
      const opened = openAead(key, iv, aad, decodeHex(v.ct), decodeHex(v.tag));
      const label = `${v.tcId} ${v.comment}`;
      if (v.result === 'valid') {
        counts.valid += 1;
        t.is(opened === undefined ? undefined : encodeHex(opened), v.msg, label);
        const cipher = createCipheriv(ALGORITHM, key, iv, OPTIONS).setAAD(aad, { plaintextLength: msg.length });
        t.is(concatHex(cipher.update(msg), cipher.final(), cipher.getAuthTag()), v.ct + v.tag, label);
      } else {
        counts.invalid += 1;
        t.is(opened, undefined, label);
      }
    }
  }
  t.deepEqual(counts, { valid: 256, invalid: 60 });
});

conformance('wycheproof/chacha20_poly1305_test.json', 'the nine vectors whose nonce has another length than 12 bytes concern nobody here: ours are refused or never made', (t, file) => {
  const numbers: number[] = [];
  for (const group of readJson<Vectors<Aead>>(file).testGroups.filter((one) => one.ivSize !== 96)) {
    for (const v of group.tests) {
      numbers.push(v.tcId);
      t.not(decodeHex(v.iv).length, 12);
      t.is(v.result, 'invalid');
      // Longer and empty nonces are refused by the runtime; it pads the two shorter ones, which our counter never makes.
      const throws = (): unknown => createDecipheriv(ALGORITHM, decodeHex(v.key), decodeHex(v.iv), OPTIONS);
      if ([318, 319].includes(v.tcId)) t.true(decodeHex(v.iv).length < 12);
      else t.throws(throws, { code: 'ERR_CRYPTO_INVALID_IV' }, `${v.tcId}`);
    }
  }
  t.deepEqual(numbers, [317, 318, 319, 320, 321, 322, 323, 324, 325]);
});

interface Hkdf {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
}

conformance('wycheproof/hkdf_sha256_test.json', 'HKDF-SHA-256 of this runtime agrees with the 86 vectors of Wycheproof', (t, file) => {
  const counts = { valid: 0, invalid: 0 };
  for (const v of readJson<Vectors<Hkdf>>(file).testGroups.flatMap((group) => group.tests)) {
    const derive = (): string => encodeHex(hkdf(decodeHex(v.ikm), decodeHex(v.salt), decodeHex(v.info), v.size));
    if (v.result === 'valid') {
      counts.valid += 1;
      t.is(derive(), v.okm, `${v.tcId} ${v.comment}`);
    } else {
      counts.invalid += 1;
      t.throws(derive, { code: 'ERR_CRYPTO_INVALID_KEYLEN' }, `${v.tcId} ${v.comment}`);
    }
  }
  t.deepEqual(counts, { valid: 83, invalid: 3 });
});

interface Xdh {
  readonly public: { readonly x?: string };
  readonly private: { readonly x: string; readonly d: string };
  readonly shared: string;
}

conformance('wycheproof/x25519_jwk_test.json', 'X25519: a header sealed under each shared secret of Wycheproof opens with the private key, and not where everyone knows the secret', async (t, file) => {
  const counts = { opened: 0, refused: 0, 'not a key of 32 bytes': 0 };
  const fileKey = new Uint8Array(16).fill(7);
  for (const v of readJson<Vectors<Xdh>>(file).testGroups.flatMap((group) => group.tests)) {
    const label = `${v.tcId} ${v.comment}`;
    if (v.flags.includes('InvalidPublic')) {
      // JSON that is no X25519 key (519 to 531): in an age header the share is 32 bytes and nothing else.
      t.is(v.result, 'invalid', label);
      counts['not a key of 32 bytes'] += 1;
      continue;
    }
    const share = decodeBase64url(v.public.x ?? '', 32);
    const header = headerFor(fileKey, share, decodeBase64url(v.private.x, 32), decodeHex(v.shared));
    const identity = bech32('AGE-SECRET-KEY-', decodeBase64url(v.private.d, 32));
    if (v.flags.includes('ZeroSharedSecret')) {
      counts.refused += 1;
      t.is(await codeOf(() => openHeader(header, [identity], { maxStanzas: 1 })), 'header_malformed', label);
    } else {
      counts.opened += 1;
      t.true(equalBytes(await openHeader(header, [identity], { maxStanzas: 1 }), fileKey), label);
    }
  }
  t.deepEqual(counts, { opened: 487, refused: 31, 'not a key of 32 bytes': 13 });
});

function openAead(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, ct: Uint8Array, tag: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv(ALGORITHM, key, iv, OPTIONS).setAAD(aad, { plaintextLength: ct.length });
  decipher.setAuthTag(tag);
  const text = decipher.update(ct);
  try {
    return concatBytes(text, decipher.final());
  } catch {
    return undefined;
  }
}

function hkdf(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, size: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', ikm, salt, info, size));
}

/** An age header with one X25519 stanza, made from a shared secret that is given instead of computed. */
function headerFor(fileKey: Uint8Array, share: Uint8Array, recipient: Uint8Array, shared: Uint8Array): Uint8Array {
  const key = hkdf(shared, concatBytes(share, recipient), utf8('age-encryption.org/v1/X25519'), 32);
  const cipher = createCipheriv(ALGORITHM, key, new Uint8Array(12), OPTIONS);
  const wrapped = concatBytes(cipher.update(fileKey), cipher.final(), cipher.getAuthTag());
  const start = `age-encryption.org/v1\n-> X25519 ${base64(share)}\n${base64(wrapped)}\n---`;
  const mac = createHmac('sha256', hkdf(fileKey, new Uint8Array(0), utf8('header'), 32)).update(start).digest();
  return utf8(`${start} ${base64(mac)}\n`);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '');
}

function concatHex(...parts: readonly Uint8Array[]): string {
  return encodeHex(concatBytes(...parts));
}

/** The upper-case Bech32 text of 32 bytes (BIP 173), as age writes its identities. */
function bech32(prefix: string, bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('').padEnd(260, '0');
  const data = Array.from({ length: 52 }, (_, index) => Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2));
  const lower = prefix.toLowerCase();
  const expanded = [...[...lower].map((c) => c.charCodeAt(0) >> 5), 0, ...[...lower].map((c) => c.charCodeAt(0) & 31)];
  let check = 1;
  for (const value of [...expanded, ...data, 0, 0, 0, 0, 0, 0]) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].entries()) if ((top >>> bit) & 1) check ^= generator;
  }
  check ^= 1;
  const checksum = [0, 1, 2, 3, 4, 5].map((index) => (check >>> (5 * (5 - index))) & 31);
  return `${prefix}1${[...data, ...checksum].map((value) => 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'[value]).join('')}`.toUpperCase();
}
