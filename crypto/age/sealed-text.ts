import { Encrypter } from 'age-encryption';
import { bytesOf, collect } from '../body/byte-stream.ts';
import { sealedSize } from '../body/chunk-cipher.ts';
import { openStream } from '../body/open-stream.ts';
import { utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { headerLength, openHeader } from './header.ts';
import { recipientKind } from './recipient.ts';

/** Most bytes of a sealed text. */
export const SEALED_TEXT_MAX_BYTES = 1024 * 1024;
/** Most recipients of a sealed text. */
export const SEALED_TEXT_MAX_RECIPIENTS = 20;

/**
 * Seals a small text (a content key, a recovery package) as a plain binary age file for all the recipients.
 * Refuses with `no_recipient`, `header_stanza_count` (more than 20), `malformed_recipient`, `mixed_recipients`, `too_large`.
 */
export async function sealText(text: string | Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
  if (recipients.length === 0) throw new CryptoError('no_recipient', 'nobody to seal to');
  if (recipients.length > SEALED_TEXT_MAX_RECIPIENTS) {
    throw new CryptoError('header_stanza_count', `more than ${SEALED_TEXT_MAX_RECIPIENTS} recipients`);
  }
  const bytes = typeof text === 'string' ? utf8(text) : text;
  if (bytes.length > SEALED_TEXT_MAX_BYTES) {
    throw new CryptoError('too_large', `more than ${SEALED_TEXT_MAX_BYTES} bytes to seal`);
  }
  // typage seals to both kinds at once, and the weaker one decides.
  if (new Set(recipients.map(recipientKind)).size > 1) {
    throw new CryptoError('mixed_recipients', 'post-quantum and classical recipients together');
  }
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  try {
    return await encrypter.encrypt(bytes);
  } catch (cause) {
    throw new CryptoError('malformed_recipient', 'a recipient to which nothing can be sealed', cause);
  }
}

/**
 * Opens a binary age file of at most 1 MiB of text with the first identity that fits; nothing is returned unless all of it verified.
 * Refuses with `too_large`, `malformed_identity`, the codes of headers, `truncated`, `chunk_authentication`, `empty_last_chunk`.
 */
export async function openText(file: Uint8Array, identities: readonly string[]): Promise<Uint8Array> {
  if (identities.length === 0) throw new CryptoError('malformed_identity', 'no identity to open with');
  const length = headerLength(file);
  const fileKey = await openHeader(file.slice(0, length), identities, { maxStanzas: SEALED_TEXT_MAX_RECIPIENTS });
  const body = file.subarray(length);
  if (body.length > sealedSize(SEALED_TEXT_MAX_BYTES)) {
    throw new CryptoError('too_large', `more than ${SEALED_TEXT_MAX_BYTES} bytes are sealed`);
  }
  const text = collect();
  await openStream({ file_key: fileKey, body_size: body.length }, bytesOf(body), text.sink);
  return text.bytes();
}
