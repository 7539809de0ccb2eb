import { concatBytes, randomBytes } from '../bytes.ts';
import type { ByteSink, ByteSource } from '../body/byte-stream.ts';
import { CHUNK_SIZE, createChunkSealer, NONCE_SIZE, payloadKey, TAG_SIZE } from '../body/chunk-cipher.ts';
import { createStreamOpener, type StreamOpener } from '../body/open-stream.ts';
import { CryptoError } from '../errors.ts';
import { HEADER_MAX_BYTES, headerLength, openHeader, sealHeader } from './header.ts';
import { recipientKind } from './recipient.ts';
import { SEALED_TEXT_MAX_RECIPIENTS } from './sealed-text.ts';

/**
 * Seals bytes of any length as one plain age file, header first, for all the recipients: what is kept by people rather than
 * published (backups). Fresh file key and nonce per call; a sealing that fails is thrown away, never continued.
 * Refuses with `no_recipient`, `header_stanza_count` (more than 20), `malformed_recipient`, `mixed_recipients`; passes on errors of source and sink.
 */
export async function sealStream(source: ByteSource, recipients: readonly string[], sink: ByteSink): Promise<void> {
  if (recipients.length === 0) throw new CryptoError('no_recipient', 'nobody to seal to');
  if (recipients.length > SEALED_TEXT_MAX_RECIPIENTS) throw new CryptoError('header_stanza_count', `more than ${SEALED_TEXT_MAX_RECIPIENTS} recipients`);
  if (new Set(recipients.map(recipientKind)).size > 1) throw new CryptoError('mixed_recipients', 'post-quantum and classical recipients together');
  const { header, file_key } = await sealHeader(recipients);
  const nonce = randomBytes(NONCE_SIZE);
  const sealer = createChunkSealer(payloadKey(file_key, nonce));
  file_key.fill(0);
  const sealChunk = (plaintext: Uint8Array, last: boolean): Uint8Array => {
    // Fresh memory: the sink may keep what it gets.
    const sealed = new Uint8Array(plaintext.length + TAG_SIZE);
    sealer(plaintext, last, sealed, 0);
    return sealed;
  };
  await sink(concatBytes(header, nonce));
  // Only the end of the source tells that a chunk was the last, so a full chunk waits until one more byte has come.
  let held = new Uint8Array(CHUNK_SIZE);
  let holding = 0;
  for await (const bytes of source) {
    for (let offset = 0; offset < bytes.length; ) {
      if (holding === CHUNK_SIZE) {
        await sink(sealChunk(held, false));
        held = new Uint8Array(CHUNK_SIZE);
        holding = 0;
      }
      const part = bytes.subarray(offset, offset + CHUNK_SIZE - holding);
      held.set(part, holding);
      holding += part.length;
      offset += part.length;
    }
  }
  await sink(sealChunk(held.subarray(0, holding), true));
}

/**
 * Opens an age file of exactly `size` bytes; the sink gets plaintext chunk by chunk, each authentic, and the whole is complete only
 * when this resolves. Refuses with the codes of headers, `truncated`, `trailing_bytes`, `chunk_authentication`, `body_size_impossible`.
 */
export async function openSealedStream(source: ByteSource, size: number, identities: readonly string[], sink: ByteSink): Promise<void> {
  let start: Uint8Array = new Uint8Array(0);
  let opener: StreamOpener | undefined;
  const begin = async (whole: boolean): Promise<Uint8Array> => {
    if (!whole && start.length <= HEADER_MAX_BYTES && start.length < size) return new Uint8Array(0);
    const length = headerLength(start);
    const file_key = await openHeader(start.slice(0, length), identities, { maxStanzas: SEALED_TEXT_MAX_RECIPIENTS });
    opener = createStreamOpener(file_key, size - length);
    return opener.push(start.subarray(length));
  };
  for await (const bytes of source) {
    let plaintext: Uint8Array;
    if (opener === undefined) {
      start = concatBytes(start, bytes);
      plaintext = await begin(false);
    } else {
      plaintext = opener.push(bytes);
    }
    if (plaintext.length > 0) await sink(plaintext);
  }
  if (opener === undefined) {
    const plaintext = await begin(true);
    if (plaintext.length > 0) await sink(plaintext);
  }
  opener?.finish();
}
