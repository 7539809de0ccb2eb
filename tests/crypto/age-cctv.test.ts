import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { armor } from 'age-encryption';
import type { ExecutionContext } from 'ava';
import {
  collect,
  type CryptoErrorCode,
  encodeHex,
  headerLength,
  openHeader,
  openStream,
  sha256,
  bytesOf,
  openText,
} from '#crypto';
import { codeOf, conformance } from './conformance.ts';

interface Vector {
  name: string;
  expect: string;
  payload: string | undefined;
  fileKey: string | undefined;
  identities: string[];
  passphrase: boolean;
  armored: boolean;
  file: Uint8Array;
}

function readVector(folder: string, name: string): Vector {
  const bytes = readFileSync(join(folder, name));
  const cut = bytes.indexOf('\n\n');
  const fields = bytes
    .subarray(0, cut)
    .toString('latin1')
    .split('\n')
    .map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    });
  const field = (key: string): string | undefined => fields.find(([found]) => found === key)?.[1];
  const rest = new Uint8Array(bytes.subarray(cut + 2));
  return {
    name,
    expect: field('expect') ?? '',
    payload: field('payload'),
    fileKey: field('file key'),
    identities: fields.filter(([key]) => key === 'identity').map(([, value]) => value),
    passphrase: field('passphrase') !== undefined,
    armored: field('armored') === 'yes',
    file: field('compressed') === 'zlib' ? new Uint8Array(inflateSync(rest)) : rest,
  };
}

/** A whole age file through the path of a sealed body: cut, header with exactly one stanza, STREAM of known size. */
async function openAsBody(
  file: Uint8Array,
  identities: readonly string[],
): Promise<{ plaintext: Uint8Array; fileKey: Uint8Array }> {
  const length = headerLength(file);
  const fileKey = await openHeader(file.slice(0, length), identities, { maxStanzas: 1 });
  const body = file.subarray(length);
  const output = collect();
  await openStream({ file_key: fileKey, body_size: body.length }, bytesOf(body), output.sink);
  return { plaintext: output.bytes(), fileKey };
}

// What age accepts and this project refuses by design: passphrases, and headers of more than one stanza.
const refusedByDesign = new Map<string, CryptoErrorCode>([
  ['scrypt', 'stanza_not_allowed'],
  ['hybrid_and_x25519', 'header_stanza_count'],
  ['hybrid_grease', 'header_stanza_count'],
  ['hybrid_multiple_recipients', 'header_stanza_count'],
  ['x25519_grease', 'header_stanza_count'],
  ['x25519_multiple_recipients', 'header_stanza_count'],
  ['stanza_empty_body', 'header_stanza_count'],
  ['stanza_empty_last_line', 'header_stanza_count'],
  ['stanza_valid_characters', 'header_stanza_count'],
]);

// Stanza types are case-sensitive: to age these are somebody else's, to us they are none that may stand in a header.
const unknownStanza = new Set(['x25519_lowercase', 'hybrid_uppercase']);

const HEADER_CODES: ReadonlySet<CryptoErrorCode> = new Set([
  'header_malformed',
  'header_stanza_count',
  'stanza_not_allowed',
  'body_size_impossible',
  'mixed_recipients',
  'malformed_identity',
]);
const PAYLOAD_CODES: ReadonlySet<CryptoErrorCode> = new Set(['chunk_authentication', 'body_size_impossible', 'truncated']);

async function checkBinary(t: ExecutionContext, vector: Vector, file: Uint8Array): Promise<'opened' | 'refused' | 'by design'> {
  // A passphrase file has no identity of ours: any will do to see it refused before an identity is tried.
  const identities =
    vector.identities.length > 0
      ? vector.identities
      : ['AGE-SECRET-KEY-1' + 'EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0'];
  const designed = refusedByDesign.get(vector.name.replace(/^armor_scrypt$/, 'scrypt'));
  if (vector.expect === 'success' && designed === undefined) {
    const { plaintext, fileKey } = await openAsBody(file, identities);
    t.is(encodeHex(sha256(plaintext)), vector.payload ?? 'a payload digest', vector.name);
    if (vector.fileKey !== undefined) t.is(encodeHex(fileKey), vector.fileKey, vector.name);
    return 'opened';
  }
  const code = await codeOf(() => openAsBody(file, identities));
  if (code === undefined) {
    t.fail(`${vector.name} opened`);
    return 'refused';
  }
  if (designed !== undefined) {
    t.is(code, designed, vector.name);
    return 'by design';
  }
  if (vector.passphrase) t.true(HEADER_CODES.has(code), `${vector.name}: ${code}`);
  else if (unknownStanza.has(vector.name)) t.is(code, 'stanza_not_allowed', vector.name);
  else if (vector.expect === 'no match') t.is(code, 'wrong_recipient', vector.name);
  else if (vector.expect === 'HMAC failure') t.is(code, 'header_mac', vector.name);
  else if (vector.expect === 'header failure') t.true(HEADER_CODES.has(code), `${vector.name}: ${code}`);
  else if (vector.expect === 'payload failure') t.true(PAYLOAD_CODES.has(code), `${vector.name}: ${code}`);
  else t.fail(`${vector.name}: ${vector.expect}`);
  return 'refused';
}

conformance(
  'age-cctv/testdata',
  'all 110 binary age vectors open or are refused for the reason published, or by our stricter rule',
  async (t, folder) => {
    const vectors = readdirSync(folder)
      .map((name) => readVector(folder, name))
      .filter((vector) => !vector.armored);
    t.is(vectors.length, 110);
    const counts = { opened: 0, refused: 0, 'by design': 0 };
    for (const vector of vectors) counts[await checkBinary(t, vector, vector.file)] += 1;
    t.log(JSON.stringify(counts));
    t.deepEqual(counts, { opened: 10, refused: 91, 'by design': refusedByDesign.size });
  },
);

conformance(
  'age-cctv/testdata',
  'all 33 armored age vectors are refused as they are: bodies and sealed texts are binary',
  async (t, folder) => {
    const vectors = readdirSync(folder)
      .map((name) => readVector(folder, name))
      .filter((vector) => vector.armored);
    t.is(vectors.length, 33);
    for (const vector of vectors) {
      t.is(await codeOf(() => openAsBody(vector.file, vector.identities)), 'header_malformed', vector.name);
      let decoded: Uint8Array;
      try {
        decoded = armor.decode(new TextDecoder().decode(vector.file));
      } catch {
        t.is(vector.expect, 'armor failure', vector.name);
        continue;
      }
      // What is inside a sound armor is judged like any other file.
      await checkBinary(t, vector, decoded);
    }
  },
);

conformance(
  'age-cctv/testdata',
  'sealed texts accept several recipients of one kind, and nothing else that bodies refuse',
  async (t, folder) => {
    const expected = new Map<string, CryptoErrorCode | undefined>([
      ['x25519', undefined],
      ['hybrid', undefined],
      ['x25519_multiple_recipients', undefined],
      ['hybrid_multiple_recipients', undefined],
      ['x25519_grease', 'stanza_not_allowed'],
      ['hybrid_and_x25519', 'mixed_recipients'],
      ['x25519_no_match', 'wrong_recipient'],
      ['hmac_bad', 'header_mac'],
      ['stream_bad_tag', 'chunk_authentication'],
    ]);
    for (const [name, code] of expected) {
      const vector = readVector(folder, name);
      t.is(await codeOf(() => openText(vector.file, vector.identities)), code, name);
      if (code === undefined) {
        t.is(encodeHex(sha256(await openText(vector.file, vector.identities))), vector.payload ?? 'a payload digest', name);
      }
    }
  },
);
