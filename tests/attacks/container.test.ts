import { createCipheriv } from 'node:crypto';
import test from 'ava';
import { bytesOf, collect, concatBytes, createStreamOpener, type CryptoErrorCode, decodeUtf8, digestOf, equalBytes, generateAgeIdentity, generateContentKey, hashBody, openBody, openHeader, openText, sealBody, sealText, utf8 } from '#crypto';
import { NONCE_SIZE, payloadKey } from '../../crypto/body/chunk-cipher.ts';
import { codeOf } from '../crypto/conformance.ts';

test('attack 13: headers of ten thousand stanzas, of one endless line, with a scrypt factor of 30 or 33 stanzas are refused before any work', async (t) => {
  const { identity, recipient } = await generateAgeIdentity();
  const sealed = await sealText('x', [recipient]);
  const header = decodeUtf8(sealed.slice(0, Buffer.from(sealed).indexOf('\n---') + 1));
  const stanza = header.slice(header.indexOf('\n') + 1);
  const mac = `--- ${'A'.repeat(43)}\n`;
  const body = new Uint8Array(33);
  const bombs: [string, Uint8Array, CryptoErrorCode][] = [
    ['10 000 stanzas', utf8(`age-encryption.org/v1\n${stanza.repeat(10_000)}${mac}`), 'header_too_large'],
    ['33 stanzas of no type', utf8(`age-encryption.org/v1\n${'-> x\n\n'.repeat(33)}${mac}`), 'header_stanza_count'],
    ['a line of 32 MiB', utf8(`age-encryption.org/v1\n-> X25519 ${'A'.repeat(32 * 1024 * 1024)}\n`), 'header_too_large'],
    ['a scrypt factor of 30', utf8(`age-encryption.org/v1\n-> scrypt ${'A'.repeat(22)} 30\n${'A'.repeat(43)}\n${mac}`), 'stanza_not_allowed'],
    ['a scrypt factor of 99999999999', utf8(`age-encryption.org/v1\n-> scrypt ${'A'.repeat(22)} 99999999999\n${'A'.repeat(43)}\n${mac}`), 'stanza_not_allowed'],
    ['no end', utf8('age-encryption.org/v1\n'), 'header_malformed'],
  ];
  const cpu = process.cpuUsage();
  for (const [what, bytes, code] of bombs) {
    t.is(await codeOf(() => openText(concatBytes(bytes, body), [identity])), code, what);
  }
  // One scrypt of factor 30 alone would need a terabyte and minutes.
  t.true(process.cpuUsage(cpu).user < 5_000_000);
});

test('attack 16: a consumer who holds the content key makes another body for the same header, and the signed tree refuses it', async (t) => {
  const key = await generateContentKey('5f0c2e1a-3b4d-4c5e-8f60-718293a4b5c6', 1);
  const body = collect();
  const sealed = await sealBody(bytesOf(utf8('la vérité, au centime près !')), key.recipient, body.sink);
  // What any granted consumer can do: open the header, take the file key, seal something else under it.
  const fileKey = await openHeader(sealed.header, [key.identity], { maxStanzas: 1 });
  const nonce = body.bytes().slice(0, NONCE_SIZE);
  const iv = Buffer.alloc(12);
  iv[11] = 1;
  const cipher = createCipheriv('chacha20-poly1305', payloadKey(fileKey, nonce), iv, { authTagLength: 16 });
  const forged = concatBytes(nonce, cipher.update('un mensonge bien scellé, là !'), cipher.final(), cipher.getAuthTag());
  t.is(forged.length, body.bytes().length);
  // As an age file it is perfect: nothing inside says who sealed it.
  const opener = createStreamOpener(fileKey, forged.length);
  const opened = opener.push(forged);
  opener.finish();
  t.is(Buffer.from(opened).toString(), 'un mensonge bien scellé, là !');
  const open = (bytes: Uint8Array, tree: { root: typeof sealed.root; leaves: Uint8Array }) => {
    const out = collect();
    return openBody({ ...sealed, ...tree, recipient: key.recipient, content_key: key }, bytesOf(bytes), out.sink).then(() => out.bytes());
  };
  t.is(Buffer.from(await open(body.bytes(), sealed)).toString(), 'la vérité, au centime près !');
  t.is(await codeOf(() => open(forged, sealed)), 'leaf_mismatch');
  const theirs = await hashBody(bytesOf(forged));
  t.is(await codeOf(() => open(forged, { root: sealed.root, leaves: theirs.leaves })), 'tree_mismatch', 'with leaf hashes to match, from the store that helps');
});

test('attack 14: sealing one file again shares neither header, nor nonce, nor file key, nor a run of bytes', async (t) => {
  const key = await generateContentKey('5f0c2e1a-3b4d-4c5e-8f60-718293a4b5c6', 1);
  const plain = new Uint8Array(200_000).fill(65);
  const seen = await Promise.all([1, 2, 3].map(async () => {
    const body = collect();
    const sealed = await sealBody(bytesOf(plain), key.recipient, body.sink);
    return { header: sealed.header, body: body.bytes(), fileKey: await openHeader(sealed.header, [key.identity], { maxStanzas: 1 }) };
  }));
  for (const [index, one] of seen.entries()) {
    for (const other of seen.slice(index + 1)) {
      t.false(equalBytes(one.header, other.header));
      t.false(equalBytes(one.fileKey, other.fileKey));
      t.not(digestOf(one.body.slice(0, NONCE_SIZE)), digestOf(other.body.slice(0, NONCE_SIZE)));
      t.is(Buffer.from(one.body).indexOf(other.body.slice(1000, 1032)), -1);
    }
  }
});
