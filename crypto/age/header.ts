import { Decrypter, Encrypter, type Identity, type Stanza } from 'age-encryption';
import { CryptoError } from '../errors.ts';
import { identityKind, recipientKind } from './recipient.ts';

/** Most bytes of header accepted: typage takes more than a second on one of 20 MB. */
export const HEADER_MAX_BYTES = 16 * 1024;

const FILE_KEY_BYTES = 16;
const EMPTY_PAYLOAD_BYTES = 16 + 16; // nonce and tag of an empty file
const VERSION_LINE = 'age-encryption.org/v1\n';
const MAC_LINE = '\n--- ';
const MAC = /^[A-Za-z0-9+/]{43}$/;
const STANZA_TYPES = new Set(['X25519', 'mlkem768x25519']);

/** A fresh file key and the age header that holds it for the recipients. The file key is a secret of this process. */
export interface SealedHeader {
  readonly header: Uint8Array;
  readonly file_key: Uint8Array;
}

/**
 * Makes a header for the recipients around a fresh file key. age itself makes both: it is asked to encrypt nothing, with one more
 * recipient that only looks at the file key; the empty payload is thrown away. Refuses with `malformed_recipient`.
 */
export async function sealHeader(recipients: readonly string[]): Promise<SealedHeader> {
  let fileKey: Uint8Array | undefined;
  const encrypter = new Encrypter();
  encrypter.addRecipient({
    wrapFileKey(key) {
      fileKey = key.slice();
      return [];
    },
  });
  for (const recipient of recipients) {
    recipientKind(recipient);
    encrypter.addRecipient(recipient);
  }
  let file: Uint8Array;
  try {
    file = await encrypter.encrypt(new Uint8Array(0));
  } catch (cause) {
    // A recipient of small order ends here: the shared secret would be known to everyone.
    throw new CryptoError('malformed_recipient', 'a recipient to which nothing can be sealed', cause);
  }
  if (fileKey?.length !== FILE_KEY_BYTES) throw new CryptoError('header_malformed', 'age gave no file key');
  return { header: file.slice(0, file.length - EMPTY_PAYLOAD_BYTES), file_key: fileKey };
}

/** Which headers a caller accepts: for bodies exactly one stanza. */
export interface HeaderPolicy {
  readonly maxStanzas: number;
}

/**
 * The file key of a header, for the identities given. Refuses, in this order: `header_too_large`, `header_malformed` (not one whole
 * age v1 header and nothing else), `header_stanza_count`, `stanza_not_allowed` (passphrases, plugins), `wrong_recipient`, `header_mac`.
 */
export async function openHeader(header: Uint8Array, identities: readonly string[], policy: HeaderPolicy): Promise<Uint8Array> {
  if (header.length > HEADER_MAX_BYTES) {
    throw new CryptoError('header_too_large', `a header of more than ${HEADER_MAX_BYTES} bytes`);
  }
  if (headerLength(header) !== header.length) throw new CryptoError('header_malformed', 'bytes after the header');

  let unmatched = false;
  const inspect: Identity = {
    unwrapFileKey(stanzas: Stanza[]) {
      // Throwing ends the reading before any identity works on a header that we refuse.
      assertStanzas(stanzas, policy);
      return null;
    },
  };
  const noneMatched: Identity = {
    unwrapFileKey() {
      unmatched = true;
      return null;
    },
  };
  const decrypter = new Decrypter();
  decrypter.addIdentity(inspect);
  for (const identity of identities) addIdentity(decrypter, identity);
  decrypter.addIdentity(noneMatched);
  try {
    const fileKey = await decrypter.decryptHeader(header);
    if (fileKey.length !== FILE_KEY_BYTES) throw new CryptoError('header_malformed', `a file key of ${fileKey.length} bytes`);
    return fileKey;
  } catch (cause) {
    if (cause instanceof CryptoError) throw cause;
    if (unmatched) throw new CryptoError('wrong_recipient', 'the header is for another key', cause);
    if (cause instanceof Error && cause.message === 'invalid header HMAC') {
      throw new CryptoError('header_mac', 'the header was altered', cause);
    }
    throw new CryptoError('header_malformed', 'not an age header', cause);
  }
}

/** How many bytes of `file` are its age header; refuses with `header_malformed` or `header_too_large` when none ends within 16 KiB. */
export function headerLength(file: Uint8Array): number {
  const start = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, HEADER_MAX_BYTES + 1)).toString('latin1');
  if (!start.startsWith(VERSION_LINE)) throw new CryptoError('header_malformed', 'not an age v1 header');
  const mac = start.indexOf(MAC_LINE);
  const end = mac === -1 ? -1 : start.indexOf('\n', mac + MAC_LINE.length);
  if (end === -1 || end >= HEADER_MAX_BYTES) {
    if (file.length > HEADER_MAX_BYTES) {
      throw new CryptoError('header_too_large', `a header of more than ${HEADER_MAX_BYTES} bytes`);
    }
    throw new CryptoError('header_malformed', 'a header that does not end');
  }
  if (!MAC.test(start.slice(mac + MAC_LINE.length, end))) {
    throw new CryptoError('header_malformed', 'a header whose MAC is not 32 bytes');
  }
  return end + 1;
}

function addIdentity(decrypter: Decrypter, identity: string): void {
  identityKind(identity);
  try {
    decrypter.addIdentity(identity);
  } catch {
    // The cause may quote the identity, which is a secret.
    throw new CryptoError('malformed_identity', 'an identity whose checksum is wrong');
  }
}

function assertStanzas(stanzas: readonly Stanza[], policy: HeaderPolicy): void {
  if (stanzas.length < 1 || stanzas.length > policy.maxStanzas) {
    throw new CryptoError('header_stanza_count', `${stanzas.length} stanzas, where 1 to ${policy.maxStanzas} are accepted`);
  }
  const types = new Set(stanzas.map((stanza) => stanza.args[0] ?? ''));
  if ([...types].some((type) => !STANZA_TYPES.has(type))) {
    throw new CryptoError('stanza_not_allowed', 'a stanza that is neither X25519 nor mlkem768x25519');
  }
  // One classical stanza beside a hybrid one would undo what the hybrid one is for.
  if (types.size > 1) throw new CryptoError('mixed_recipients', 'post-quantum and classical stanzas in one header');
}
