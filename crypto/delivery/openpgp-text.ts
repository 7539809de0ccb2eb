import * as openpgp from 'openpgp';
import { randomBytes, utf8 } from '../bytes.ts';
import { CryptoError } from '../errors.ts';
import { readBareOpenpgpKey } from './openpgp-key.ts';

/** Most bytes of an OpenPGP message accepted, and of what it may unfold to. */
export const OPENPGP_MESSAGE_MAX_BYTES = 64 * 1024;

/**
 * Seals a text to a bare OpenPGP key as an armored message that stock gpg 2.2 reads: session key for the subkey (v3), then integrity
 * protected data (v1, AES-256), neither compressed nor signed. Refuses like `readBareOpenpgpKey`.
 */
export async function sealOpenpgp(text: string, key: string, at: Date): Promise<Uint8Array> {
  const subkey = await readBareOpenpgpKey(key, at);
  const sessionKey = { data: randomBytes(32), algorithm: 'aes256' as const };
  const message = await openpgp.encrypt({
    message: await openpgp.createMessage({ binary: utf8(text), date: at }),
    sessionKey,
    format: 'object',
    config: { preferredCompressionAlgorithm: openpgp.enums.compression.uncompressed, aeadProtect: false },
  });
  message.packets.unshift(await wrappedSessionKey(sessionKey.data, subkey));
  return utf8(message.armor());
}

/**
 * Opens an armored message with an unprotected secret key (armored); other programs, gpg first, do the same. Refuses with `too_large`,
 * `openpgp_secret_key` (the key given is unusable) or `openpgp_unreadable`, whatever was wrong with the message.
 */
export async function openOpenpgp(bytes: Uint8Array, secretKey: string): Promise<Uint8Array> {
  if (bytes.length > OPENPGP_MESSAGE_MAX_BYTES) throw new CryptoError('too_large', `an OpenPGP message of more than ${OPENPGP_MESSAGE_MAX_BYTES} bytes`);
  let decryptionKeys: openpgp.PrivateKey;
  try {
    decryptionKeys = await openpgp.readPrivateKey({ armoredKey: secretKey });
  } catch {
    throw new CryptoError('openpgp_secret_key', 'not an OpenPGP secret key');
  }
  try {
    const config = { maxDecompressedMessageSize: OPENPGP_MESSAGE_MAX_BYTES };
    const message = await openpgp.readMessage({ armoredMessage: new TextDecoder().decode(bytes), config });
    const { data } = await openpgp.decrypt({ message, decryptionKeys, format: 'binary', config });
    return new Uint8Array(data);
  } catch {
    throw new CryptoError('openpgp_unreadable', 'the OpenPGP message does not open with this key');
  }
}

// The library encrypts to a whole key only if it still has the user ids, which are stripped here; a subkey's own packet is asked instead.
async function wrappedSessionKey(session: Uint8Array, subkey: openpgp.Subkey): Promise<openpgp.PublicKeyEncryptedSessionKeyPacket> {
  const packet = Object.assign(new openpgp.PublicKeyEncryptedSessionKeyPacket(), {
    version: 3,
    publicKeyID: subkey.getKeyID(),
    publicKeyAlgorithm: subkey.keyPacket.algorithm,
    sessionKey: session,
    sessionKeyAlgorithm: openpgp.enums.symmetric.aes256,
  });
  // Its types call this method private; the library's own encryption calls it in the same way.
  await Reflect.apply(packet['encrypt'], packet, [subkey.keyPacket]);
  return packet;
}
